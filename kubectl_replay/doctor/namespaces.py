"""The namespaces in which scenarios work: whether they exist or can be made, and what they admit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_replay import words
from kubectl_replay.doctor.finding import Finding, explain, fail, not_made, ok, warn
from kubectl_replay.doctor.permissions import Right
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_replay.doctor.permissions import Verdict
    from kubectl_replay.process import Completed

CHECK, SECURITY = "namespace", "pod security"

MAKE = Right("create", "namespaces")

LEVEL = "pod-security.kubernetes.io/enforce"
"""https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces"""


@dataclass(frozen=True)
class About:
    """What is known of a namespace before the API server is asked for it."""

    name: str
    needed: bool = True
    """Not only by privileged scenarios, which run only where somebody allows them."""
    make: Verdict | None = None
    """Whether this user may create one."""


def examine_namespace(about: About, answer: Completed) -> Iterator[Finding]:
    """Judge one namespace by what the API server answered."""
    name = about.name
    if answer.code or answer.late:
        yield _unseen(name, answer)
        yield not_made(SECURITY, f"the labels of {name} could not be read", "ask for the right to get it")
    elif not answer.out.strip():
        yield _absent(about)
        yield ok(SECURITY, f"{name} does not exist yet, so no label of it asks for anything")
    else:
        yield from _present(name, json.loads(answer.out))


def _unseen(name: str, answer: Completed) -> Finding:
    if words.read(answer.err) is Reason.RBAC_DENIED:
        why = f"this user may not look whether {name} exists"
        return not_made(
            CHECK, why, f"nothing, if it exists; else have it made: kubectl create namespace {name}"
        )
    return not_made(CHECK, f"{name}: {explain(answer)}", "run this again")


def _absent(about: About) -> Finding:
    name, make = about.name, about.make
    command = f"kubectl create namespace {name}"
    if make is None or (make.why and not make.allowed):
        why = f"{name} does not exist, and whether this user may create it is not known"
        return not_made(CHECK, why, f"have it made: {command}")
    if make.allowed:
        return ok(CHECK, f"{name} does not exist; the first run creates it")
    find = fail if about.needed else warn
    message = f"{name} does not exist, and this user may not create it"
    return find(CHECK, message, f"have it made ({command}), or name another one with --namespace")


def _present(name: str, namespace: Mapping[str, Any]) -> Iterator[Finding]:
    if namespace.get("status", {}).get("phase") == "Terminating":
        yield fail(CHECK, f"{name} is being deleted", "wait until it is gone, or name another one")
    else:
        yield ok(CHECK, f"{name} exists")
    level = namespace["metadata"].get("labels", {}).get(LEVEL)
    if level in {"restricted", "baseline"}:
        message = (
            f"{name} enforces the level {level}: which pods it refuses is only known when they are created"
        )
        yield warn(
            SECURITY, message, "should a run end 21 admission_denied, name another one with --namespace"
        )
    elif level:
        yield ok(SECURITY, f"{name} enforces the level {level}")
    else:
        yield ok(SECURITY, f"{name} has no label that enforces a level")
