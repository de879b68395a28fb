"""Alerts in Falco's text output, which names neither the rule nor, by default, the day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.alert import INTERNAL, Alert, present
from kubectl_replay.detection.line import mended
from kubectl_replay.detection.timestamp import nanoseconds, place

if TYPE_CHECKING:
    from kubectl_replay.detection.line import Line

PRIORITIES: Final = (
    "Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug",
)  # fmt: skip
"""Falco's priorities as it prints them, the gravest first (a rule's file says INFO for Informational)."""

_ALERT: Final = re.compile(
    r"(?P<clock>\d\d:\d\d:\d\d\.\d{9}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d{4})): "
    rf"(?P<priority>{'|'.join(PRIORITIES)}) (?P<message>.+)",
    re.ASCII | re.DOTALL,
)


def _key(*names: str) -> re.Pattern[str]:
    """Match the last value of a key: an argument of a command may hold the same words earlier in the line."""
    return re.compile(rf".*(?:^|[\s(])(?:{'|'.join(map(re.escape, names))})=(?P<value>[^\s)]*)", re.DOTALL)


# Falco 0.41 and later print k8s_ns_name, Falco 0.40 k8s_ns, older ones k8s.ns and the id as container.
_CONTAINER_ID: Final = _key("container_id")
_OLD_ID: Final = _key("container")
_CONTAINER_NAME: Final = _key("container_name")
_NAMESPACE: Final = _key("k8s_ns_name", "k8s_ns", "k8s.ns")
_POD: Final = _key("k8s_pod_name", "k8s.pod")

# The rules of the k8saudit plugin print the request's object so, before the command's words.
_OBJECT_NAMESPACE: Final = re.compile(r"(?:^|[\s(])ns=([^\s)]*)")
_OBJECT_NAME: Final = re.compile(r"(?:^|[\s(])pod=([^\s)]*)")


def parse(line: Line, zone: int | None = None) -> Alert | None:
    """Read an alert, None for anything else that Falco prints. `zone`: as for `timestamp.place`."""
    found = _ALERT.fullmatch(mended(line.text))
    if not found:
        return None
    message = found["message"]
    names = identity(message)
    return Alert(
        source=_source(message, names),
        rule="",
        priority=found["priority"],
        time=_time(found["clock"], line.stamp, zone),
        message=message,
        raw=line.text,
        container_id=names[0],
        container_name=names[1],
        namespace=names[2],
        pod=names[3],
        stamp=line.stamp,
    )


def message_of(output: str) -> str:
    """Return an output without its time and priority."""
    found = _ALERT.fullmatch(output)
    return found["message"] if found else output


def identity(message: str) -> tuple[str | None, str | None, str | None, str | None]:
    """Return the container's id and name, the namespace and the pod, each None where Falco says nothing.

    What Falco knows of a container begins with its id and ends the line: whatever stands before that is a
    command's words.
    """
    found = _CONTAINER_ID.match(message)
    if found:
        known = message[found.start("value") :]
        named = (_last(pattern, known) for pattern in (_CONTAINER_NAME, _NAMESPACE, _POD))
        return (present(found["value"]), *named)  # type: ignore[return-value] # three names
    if _OLD_ID.match(message):
        return (_last(_OLD_ID, message), None, _last(_NAMESPACE, message), _last(_POD, message))
    return (None, None, _only(_OBJECT_NAMESPACE, message), _only(_OBJECT_NAME, message))


def _last(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.match(text)
    return present(found["value"]) if found else None


def _only(pattern: re.Pattern[str], text: str) -> str | None:
    """Return a value that is said once, or always the same: where two differ, one is a command's words."""
    values = set(pattern.findall(text))
    return present(values.pop()) if len(values) == 1 else None


def _source(message: str, names: tuple[str | None, ...]) -> str:
    if message.startswith(INTERNAL):
        return "internal"
    is_request = "container_id=" not in message and names[3] and not names[0]
    return "k8s_audit" if is_request else "syscall"


def _time(clock: str, stamp: int | None, zone: int | None) -> int | None:
    if "T" in clock:
        return nanoseconds(clock)
    return None if stamp is None else place(clock, stamp, zone)
