"""Whether an alert or a request is of this run's target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert, AuditRecord

SHORT: Final = 12
"""Falco prints this many characters of a container's id."""
_COMMAND_FIELDS: Final = ("proc.cmdline", "proc.pcmdline", "proc.args", "ka.uri", "ka.uri.param[command]")
_COMMAND_WORDS: Final = re.compile(r"[\s(](?:p?cmdline|p?command|args)=")


@dataclass(frozen=True)
class Target:
    """What the trigger of one run acts on.

    `container_ids` are the target container's, with or without their scheme; several if it was restarted.
    `nonce_sent` says that the trigger's words carry the nonce; `reused` that earlier runs acted on the same
    pod (`--fast`).
    """

    namespace: str
    pod: str
    container: str
    container_ids: tuple[str, ...]
    nonce: str
    run: str
    nonce_sent: bool = True
    reused: bool = False


def is_ours(alert: Alert, target: Target) -> bool:
    """Whether an alert is of the target container.

    An id decides alone: `host` is one, and so is another container's of the same pod. Without an id nothing
    that the alert does say may speak of another place, and its pod or this run's nonce must be there.
    """
    if alert.container_id is not None:
        return any(same_container(alert.container_id, ours) for ours in target.container_ids)
    said = (
        (alert.namespace, target.namespace),
        (alert.pod, target.pod),
        (alert.container_name, target.container),
    )
    if any(value not in {None, ours} for value, ours in said):
        return False
    return (alert.namespace is not None and alert.pod is not None) or alert.carries(target.nonce)


def same_container(seen: str, ours: str) -> bool:
    """Compare an id as Falco prints it with a whole one, before which the API server writes the runtime."""
    return len(seen) >= SHORT and ours.rpartition("://")[2].startswith(seen)


def can_carry_nonce(alert: Alert, target: Target) -> bool:
    """Whether the alert shows a command, and the nonce was in the one that was sent."""
    shown = any(alert.fields.get(name) is not None for name in _COMMAND_FIELDS)
    return target.nonce_sent and (shown or bool(_COMMAND_WORDS.search(alert.message)))


def is_our_request(record: AuditRecord, target: Target) -> bool:
    """Whether a request to the API server is of this run.

    What is done to a pod (exec and the like) must name the target pod, and no other container of it. Other
    requests are known by the nonce, by their object, which carries the run's id as all objects of a run do,
    or by the pod whose token was used.
    """
    if record.resource == "pods" and record.subresource:
        named = parse_qs(record.request_uri.partition("?")[2]).get("container", [])
        is_target = (record.namespace, record.name) == (target.namespace, target.pod)
        return is_target and named in ([], [target.container])
    account = f"system:serviceaccount:{target.namespace}:"
    is_caller = record.caller_pod == target.pod and record.user.startswith(account)
    return is_caller or request_carries_nonce(record, target) or _is_our_object(record, target)


def _is_our_object(record: AuditRecord, target: Target) -> bool:
    if record.resource == "pods" and record.name == target.pod:
        return record.namespace == target.namespace
    has_suffix = bool(target.run) and record.name.endswith(f"-{target.run}")
    return has_suffix and record.namespace in {"", target.namespace}


def request_carries_nonce(record: AuditRecord, target: Target) -> bool:
    """Whether a request shows the nonce of this run."""
    return bool(target.nonce) and (target.nonce in record.request_uri or target.nonce in record.user_agent)
