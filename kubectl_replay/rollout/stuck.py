"""Agents that are not ready: what is in their way, and the container that has more to say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay import pods
from kubectl_replay.pods import Failed, Pending, Ready
from kubectl_replay.reasons import REASONS, Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from kubectl_replay.pods import Pod

_RESTARTS: Final = 3
"""After so many the kubelet waits 40 s and longer before the next: nobody need wait with it."""


@dataclass(frozen=True)
class Stuck:
    """A pod that is not ready: where it is, what is in its way, and the container that has more to say."""

    pod: str
    node: str
    reason: Reason
    words: str
    container: str = ""
    previous: bool = False
    """The container runs again; what ended it stands in the log of the one before."""
    hopeless: bool = False
    """No waiting will mend it."""

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        where = f" on {self.node}" if self.node else ""
        return f"{self.pod}{where}: {self.words or REASONS[self.reason].sentence}"


def find_stuck(agents: Iterable[Pod], known: Collection[str]) -> Iterator[Stuck]:
    """Find those among the agents' pods that are not ready; only new ones can be beyond hope."""
    for pod in agents:
        state = pods.judge(pod)
        leaves = "deletionTimestamp" in pod["metadata"]  # the last form's, on its way out
        if not leaves and not isinstance(state, Ready):
            yield _describe(pod, state, new=pod["metadata"]["name"] not in known)


def find_restarted(agents: Iterable[Pod]) -> Iterator[Stuck]:
    """Find those that are ready, and of which a container ended before with an error."""
    for pod in agents:
        if isinstance(pods.judge(pod), Ready):
            for container in pod["status"].get("containerStatuses", ()):
                code = container.get("lastState", {}).get("terminated", {}).get("exitCode", 0)
                if code:
                    yield _ended(pod, container["name"], code)


def _ended(pod: Pod, container: str, code: int) -> Stuck:
    told = f"container {container} ended with exit code {code} and was restarted"
    node = pod["spec"].get("nodeName", "")
    return Stuck(pod["metadata"]["name"], node, Reason.POD_ENDED, told, container, previous=True)


def _describe(pod: Pod, state: Pending | Failed, *, new: bool) -> Stuck:
    status = next(iter(_with_more_to_say(pod)), {})
    ending = {**status.get("lastState", {}), **status.get("state", {})}.get("terminated", {})
    ended = not state.words and ending.get("exitCode", 0)  # between two restarts the pod's state has no words
    told = f"container {status.get('name')} ended with exit code {ended} and is restarted" if ended else ""
    return Stuck(
        pod=pod["metadata"]["name"],
        node=pod["spec"].get("nodeName", ""),
        reason=Reason.POD_ENDED if ended else state.reason,
        words=told or state.words,
        container=str(status.get("name", "")),
        previous="running" in status.get("state", {}) and status.get("restartCount", 0) > 0,
        hopeless=new
        and isinstance(state, Failed)
        and (state.reason is Reason.IMAGE_PULL_FAILED or status.get("restartCount", 0) >= _RESTARTS),
    )


def _with_more_to_say(pod: Pod) -> Iterator[Mapping[str, Any]]:
    """Give the containers that have run and are not as they should be, in the order in which they start."""
    status = pod.get("status", {})
    for init in status.get("initContainerStatuses", ()):
        if _has_run(init) and not init.get("ready"):
            yield init
    for container in status.get("containerStatuses", ()):
        if _has_run(container) and not container.get("ready"):
            yield container


def _has_run(container: Mapping[str, Any]) -> bool:
    ended = {**container.get("lastState", {}), **container.get("state", {})}
    return bool({"running", "terminated"} & ended.keys())
