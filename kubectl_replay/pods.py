"""How far a pod is: pure functions from a pod, as the API server prints it, to its state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

Pod = dict[str, Any]
"""A pod as the API server prints it."""


@dataclass(frozen=True)
class Pending:
    """Not ready yet; what is in the way, where the API server says so."""

    reason: Reason = Reason.READY_TIMEOUT
    words: str = ""


@dataclass(frozen=True)
class Ready:
    """Running and ready, on this node."""

    node: str


@dataclass(frozen=True)
class Failed:
    """It will never become ready."""

    reason: Reason
    words: str


State = Pending | Ready | Failed

# What the kubelet says of a pull that no waiting will mend (containerd's and CRI-O's words).
_SURE = re.compile(
    r"not found|NotFound|manifest unknown|name unknown|denied|unauthorized|authentication required"
    r"|insufficient_scope|no match for platform|invalid reference format|couldn't parse image",
    re.IGNORECASE,
)
_PULLS = {
    "ErrImagePull",
    "ImagePullBackOff",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
}
_NEVER = {"InvalidImageName", "ErrImageNeverPull"}
_NOT_STARTED = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"}


def judge(pod: Pod) -> State:
    """Say how far a pod is."""
    status: Mapping[str, Any] = pod.get("status", {})
    if "deletionTimestamp" in pod["metadata"]:
        return Failed(Reason.POD_DELETED, "the pod is being deleted")
    if status.get("phase") in {"Failed", "Succeeded"}:
        return Failed(Reason.POD_ENDED, _ending(status))
    conditions = {item["type"]: item for item in status.get("conditions", [])}
    if conditions.get("Ready", {}).get("status") == "True":
        return Ready(str(pod["spec"].get("nodeName", "")))
    if pod["spec"].get("restartPolicy") == "Never" and _ended(status.get("containerStatuses", [])):
        return Failed(Reason.POD_ENDED, _ending(status))
    return _waiting(status, conditions)


def _ended(containers: list[Mapping[str, Any]]) -> bool:
    return any("terminated" in container.get("state", {}) for container in containers)


def _waiting(status: Mapping[str, Any], conditions: Mapping[str, Mapping[str, str]]) -> State:
    scheduled = conditions.get("PodScheduled", {})
    if scheduled.get("status") == "False":
        return Pending(Reason.POD_UNSCHEDULABLE, scheduled.get("message", ""))
    found = [_container(item) for item in _containers(status)]
    failed = [state for state in found if isinstance(state, Failed)]
    named = [state for state in found if state != Pending()]
    return (failed or named or [Pending()])[0]


def _containers(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def _container(container: Mapping[str, Any]) -> State:
    waiting = container.get("state", {}).get("waiting", {})
    why, words = waiting.get("reason", ""), waiting.get("message", "")
    said = f"{why}: {words}" if words else why
    if why in _NEVER or (why in _PULLS and _SURE.search(words)):
        return Failed(Reason.IMAGE_PULL_FAILED, said)
    if why in _PULLS:
        return Pending(Reason.IMAGE_PULL_FAILED, said)
    if why == "CrashLoopBackOff":
        return Failed(Reason.POD_ENDED, _crash(container))
    return Pending(Reason.CONTAINER_NOT_STARTED, said) if why in _NOT_STARTED else Pending()


def _crash(container: Mapping[str, Any]) -> str:
    ended = container.get("lastState", {}).get("terminated")
    how = f" with exit code {ended['exitCode']}" if ended else ""
    return f"container {container.get('name')} ended{how} and is restarted"


def _ending(status: Mapping[str, Any]) -> str:
    """Say how a pod ended, in the kubelet's words where it has some."""
    if status.get("reason"):
        return f"{status['reason']}: {status.get('message', '')}".rstrip(": ")
    ended = [(item["name"], item.get("state", {}).get("terminated")) for item in _containers(status)]
    told = [_told(name, how) for name, how in ended if how]
    return "; ".join(told) or f"the pod's phase is {status.get('phase')}"


def _told(name: str, how: Mapping[str, Any]) -> str:
    why = f": {how.get('reason', '')}: {how['message']}" if how.get("message") else ""
    return f"container {name} ended with exit code {how['exitCode']}{why}"


def is_expired(pod: Pod) -> bool:
    """Whether a pod was ended by its deadline: nobody was left to delete it."""
    status = pod.get("status", {})
    return bool(status.get("phase") == "Failed" and status.get("reason") == "DeadlineExceeded")


def runs_as(pod: Pod, container: str) -> str | None:
    """Return the id under which a container runs, None if it does not run: a restarted one has another."""
    for status in pod.get("status", {}).get("containerStatuses", []):
        if status["name"] == container and "running" in status.get("state", {}):
            return str(status.get("containerID", ""))
    return None


def has_started(pod: Pod) -> bool:
    """Whether all containers of a pod run or have run."""
    found = pod.get("status", {}).get("containerStatuses", [])
    return bool(found) and all({"running", "terminated"} & item.get("state", {}).keys() for item in found)
