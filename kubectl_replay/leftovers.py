"""What earlier runs left in a namespace: pure functions over what the API server lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from kubectl_replay.ownership import KEEP_LABEL, RUN_LABEL, SCENARIO_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Item = dict[str, Any]
"""An object as the API server prints it."""

YOUNG = timedelta(seconds=60)
"""Objects without a pod may belong to a run that is just being created."""

OVERDUE = timedelta(seconds=60)
"""How long after its deadline a pod counts as forgotten: its kubelet may be away."""


class Life(StrEnum):
    """How far a run is."""

    LIVE = "live"
    KEPT = "kept"
    FINISHED = "finished"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Leftover:
    """The objects of one run, as `kind/name`."""

    scenario: str
    run: str
    life: Life
    names: tuple[str, ...]


def group(items: Iterable[Item], now: datetime) -> tuple[Leftover, ...]:
    """Sort our objects by the run they belong to, and say how far each run is."""
    runs: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        labels = item["metadata"].get("labels", {})
        runs.setdefault((labels.get(SCENARIO_LABEL, ""), labels.get(RUN_LABEL, "")), []).append(item)
    return tuple(
        Leftover(scenario, run, _life(mine, now), tuple(map(_name, mine)))
        for (scenario, run), mine in sorted(runs.items())
    )


def _name(item: Item) -> str:
    """Name an object as kubectl takes it, with its API group where it has one."""
    group, _, _ = str(item.get("apiVersion", "")).rpartition("/")
    kind = f"{item['kind'].lower()}.{group}" if group else item["kind"].lower()
    return f"{kind}/{item['metadata']['name']}"


def _life(items: Sequence[Item], now: datetime) -> Life:
    if any(KEEP_LABEL in item["metadata"].get("labels", {}) for item in items):
        return Life.KEPT
    pods = [item for item in items if item["kind"] == "Pod"]
    if not pods:
        return Life.LIVE if any(now - _created(item) < YOUNG for item in items) else Life.FINISHED
    running = [pod for pod in pods if pod.get("status", {}).get("phase") not in {"Failed", "Succeeded"}]
    if not running:
        return Life.FINISHED
    return Life.OVERDUE if all(_is_overdue(pod, now) for pod in running) else Life.LIVE


def _is_overdue(pod: Item, now: datetime) -> bool:
    deadline = pod.get("spec", {}).get("activeDeadlineSeconds")
    return deadline is not None and now > _created(pod) + timedelta(seconds=deadline) + OVERDUE


def _created(item: Item) -> datetime:
    return datetime.fromisoformat(item["metadata"]["creationTimestamp"])


_DEFAULT_OBJECTS = {
    "serviceaccount/default",
    "configmap/kube-root-ca.crt",
    "configmap/openshift-service-ca.crt",
}


def foreign(names: Iterable[str]) -> tuple[str, ...]:
    """Return what is in a namespace beside the objects that every namespace has."""
    return tuple(
        name
        for name in names
        if name not in _DEFAULT_OBJECTS and not name.startswith(("event/", "event.events.k8s.io/"))
    )
