"""How far the agents of a release are: pure functions over what the API server lists of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay import pods
from kubectl_replay.detection import agents
from kubectl_replay.pods import Failed, Pending, Ready
from kubectl_replay.reasons import REASONS, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kubectl_replay.pods import Pod

KINDS: Final = ("daemonsets.apps", "deployments.apps", "pods")
"""What is to be listed."""

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


@dataclass(frozen=True)
class Rollout:
    """The agents of a release: how many there are to be, how many of them are ready, and which are stuck."""

    workloads: tuple[str, ...] = ()
    """The DaemonSets and Deployments that run Falco, as `kind/name`."""
    seen: bool = False
    """Their controllers know the newest form, and so how many agents there are to be."""
    wanted: int = 0
    ready: int = 0
    created: int = 0
    """How many pods there are, of any form."""
    stuck: tuple[Stuck, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every agent that there is to be is ready, and there is one at all."""
        return self.seen and 0 < self.wanted <= self.ready

    @property
    def incomplete(self) -> bool:
        """Whether there are fewer pods than there are to be: something keeps them from being created."""
        return self.seen and self.created < self.wanted

    @property
    def hopeless(self) -> bool:
        """Whether waiting is in vain: nothing runs Falco, no node takes it, or a pod never will be ready."""
        nowhere = not self.workloads or (self.seen and not self.wanted)
        return not self.complete and (nowhere or any(pod.hopeless for pod in self.stuck))

    @property
    def state(self) -> str:
        """Say it in one line."""
        if not self.seen:
            return "the agents are being created"
        told = [f"; {pod.sentence}" for pod in self.stuck if pod.words]
        return f"{self.ready} of {self.wanted} agents are ready{''.join(told[:1])}"


def read(items: Iterable[dict[str, Any]]) -> Rollout:
    """Read it from the objects of these kinds that a release has."""
    listed = list(items)
    found = [item for item in listed if item["kind"] == "Pod" and agents.find([item])]
    workloads = [item for item in listed if item["kind"] != "Pod" and _runs_falco(item)]
    counts = [_count(item) for item in workloads]
    return Rollout(
        workloads=tuple(f"{item['kind']}/{item['metadata']['name']}" for item in workloads),
        seen=bool(workloads) and all(map(_is_seen, workloads)),
        wanted=sum(wanted for wanted, _ in counts),
        ready=sum(ready for _, ready in counts),
        created=len(found),
        stuck=tuple(_find_stuck(found)),
    )


def _runs_falco(workload: Mapping[str, Any]) -> bool:
    """Whether its pods would be agents."""
    template = {"metadata": workload["metadata"], "spec": workload["spec"]["template"]["spec"]}
    return bool(agents.find([template]))


def _is_seen(workload: Mapping[str, Any]) -> bool:
    observed: int = workload.get("status", {}).get("observedGeneration", 0)
    return observed >= int(workload["metadata"]["generation"])


def _count(workload: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many pods it is to have, and how many are ready, those of an older form aside."""
    status: Mapping[str, int] = workload.get("status", {})
    if workload["kind"] == "DaemonSet":
        updated, ready = status.get("updatedNumberScheduled", 0), status.get("numberReady", 0)
        return status.get("desiredNumberScheduled", 0), min(updated, ready)
    updated, ready = status.get("updatedReplicas", 0), status.get("readyReplicas", 0)
    old = status.get("replicas", 0) - updated
    return int(workload["spec"].get("replicas", 1)), max(0, min(updated, ready - old))


def _find_stuck(found: Iterable[Pod]) -> Iterator[Stuck]:
    for pod in found:
        state = pods.judge(pod)
        leaves = "deletionTimestamp" in pod["metadata"]  # the last form's, on its way out
        if not leaves and not isinstance(state, Ready):
            yield _describe(pod, state)


def _describe(pod: Pod, state: Pending | Failed) -> Stuck:
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
        hopeless=isinstance(state, Failed)
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
