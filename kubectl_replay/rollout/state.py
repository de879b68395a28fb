"""How far the agents of a release are: pure functions over what the API server lists of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay.detection import agents
from kubectl_replay.rollout.stuck import Stuck, find_restarted, find_stuck

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

KINDS: Final = ("daemonsets.apps", "deployments.apps", "pods")
"""What is to be listed."""


@dataclass(frozen=True)
class Rollout:
    """The agents of a release: how many there are to be, how many of them are ready, and which are stuck."""

    workloads: tuple[str, ...] = ()
    """The DaemonSets and Deployments that run Falco, as `kind/name`."""
    seen: bool = False
    """Their controllers know the newest form, and so how many agents there are to be."""
    mixed: bool = False
    """Pods of an older form are, or may be, still there: what is wrong with them may be mended."""
    wanted: int = 0
    ready: int = 0
    created: int = 0
    """How many pods there are, of any form."""
    stuck: tuple[Stuck, ...] = ()
    restarted: tuple[Stuck, ...] = ()
    """Pods that are ready, but not for the first time."""
    lives: frozenset[str] = frozenset()
    """Every container of every agent, with how often it was restarted."""
    steady: bool = False
    """It was complete for a while, and nothing was restarted meanwhile."""

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
        stuck = self.seen and not self.mixed and any(pod.hopeless for pod in self.stuck)
        return not self.complete and (nowhere or stuck)

    @property
    def state(self) -> str:
        """Say it in one line."""
        if not self.seen:
            return "the agents are being created"
        told = [f"; {pod.sentence}" for pod in self.stuck if pod.words]
        return f"{self.ready} of {self.wanted} agents are ready{''.join(told[:1])}"


def read(items: Iterable[dict[str, Any]], known: Collection[str] = ()) -> Rollout:
    """Read it from the objects of these kinds that a release has.

    Pods that were `known` before may be stuck for a reason that was mended since: the kubelet waits up to
    five minutes before it tries again.
    """
    listed = list(items)
    found = [item for item in listed if item["kind"] == "Pod" and agents.find([item])]
    workloads = [item for item in listed if item["kind"] != "Pod" and _runs_falco(item)]
    counts = [_count(item) for item in workloads]
    return Rollout(
        workloads=tuple(f"{item['kind']}/{item['metadata']['name']}" for item in workloads),
        seen=bool(workloads) and all(map(_is_seen, workloads)),
        mixed=any(map(_is_mixed, workloads)),
        wanted=sum(wanted for wanted, _ in counts),
        ready=sum(ready for _, ready in counts),
        created=len(found),
        stuck=tuple(find_stuck(found, known)),
        restarted=tuple(find_restarted(found)),
        lives=frozenset(life for pod in found for life in _lives(pod)),
    )


def _lives(pod: Mapping[str, Any]) -> Iterator[str]:
    for container in pod.get("status", {}).get("containerStatuses", ()):
        yield f"{pod['metadata']['name']}/{container['name']}/{container.get('restartCount', 0)}"


def _runs_falco(workload: Mapping[str, Any]) -> bool:
    """Whether its pods would be agents."""
    template = {"metadata": workload["metadata"], "spec": workload["spec"]["template"]["spec"]}
    return bool(agents.find([template]))


def _is_seen(workload: Mapping[str, Any]) -> bool:
    observed: int = workload.get("status", {}).get("observedGeneration", 0)
    return observed >= int(workload["metadata"]["generation"])


def _is_mixed(workload: Mapping[str, Any]) -> bool:
    status: Mapping[str, int] = workload.get("status", {})
    if workload["kind"] == "DaemonSet":
        return status.get("updatedNumberScheduled", 0) < status.get("currentNumberScheduled", 0)
    return status.get("updatedReplicas", 0) < status.get("replicas", 0)


def _count(workload: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many pods it is to have, and how many are ready, those of an older form aside."""
    status: Mapping[str, int] = workload.get("status", {})
    if workload["kind"] == "DaemonSet":
        updated, ready = status.get("updatedNumberScheduled", 0), status.get("numberReady", 0)
        return status.get("desiredNumberScheduled", 0), min(updated, ready)
    updated, ready = status.get("updatedReplicas", 0), status.get("readyReplicas", 0)
    old = status.get("replicas", 0) - updated
    return int(workload["spec"].get("replicas", 1)), max(0, min(updated, ready - old))
