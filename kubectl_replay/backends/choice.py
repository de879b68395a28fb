"""The alerts of certain runs, picked with what the API server knows of the pods that still exist."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.selection import Selection, containers

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

LOOK_SECONDS: Final = 2.0
"""How old may be what is known of the pods when an alert comes that names none."""


@dataclass
class Choice:
    """Picks alerts. `selector` finds the pods of the runs; `tell` hears once where they cannot be listed."""

    kubectl: Kubectl
    selection: Selection
    selector: str
    tell: Callable[[Completed], None]
    unknown: int = 0
    """How many alerts name no pod and no container that still exists."""
    _looked: float | None = None
    _told: bool = field(default=False)

    def has(self, alert: Alert) -> bool:
        """Whether an alert is of one of the runs."""
        found = self.selection.judge(alert)
        if found is None and self._is_due():
            self._look()
            found = self.selection.judge(alert)
        self.unknown += found is None
        return bool(found)

    def _is_due(self) -> bool:
        return self._looked is None or time.monotonic() - self._looked >= LOOK_SECONDS

    def _look(self) -> None:
        """List the pods; a pod's container keeps its place when the pod is gone."""
        found = set(self.selection.containers)
        for namespace in sorted(self.selection.namespaces):
            answer = self.kubectl.within(namespace).objects(["pods"], self.selector)
            if answer.code or answer.late:
                self._complain(answer)
            else:
                found |= containers(json.loads(answer.out or '{"items": []}')["items"])
        self.selection = replace(self.selection, containers=frozenset(found))
        self._looked = time.monotonic()

    def _complain(self, answer: Completed) -> None:
        if not self._told:
            self.tell(answer)
        self._told = True
