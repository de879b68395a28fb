"""Whether an alert is of a pod of certain runs: by the pod's name, or by a container that still exists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay.detection.identity import same_container
from kubectl_replay.run import ALPHABET, RUN_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kubectl_replay.detection.alert import Alert

HOST: Final = "host"
"""What Falco calls the container of what runs in none."""

_LISTS: Final = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")


@dataclass(frozen=True)
class Selection:
    """The pods of runs, which have the names of the manifests with the run's id behind.

    An empty `names` stands for those of any scenario, an empty `run` for any run.
    """

    namespaces: frozenset[str]
    names: frozenset[str] = frozenset()
    run: str = ""
    containers: frozenset[str] = frozenset()
    """The ids of the containers that exist now."""

    def judge(self, alert: Alert) -> bool | None:
        """Whether an alert is of one of them; None where it does not say of which pod it is."""
        seen = alert.container_id
        if seen is not None and any(same_container(seen, ours) for ours in self.containers):
            return True
        if seen == HOST or alert.namespace not in {None, *self.namespaces}:
            return False
        return None if alert.pod is None else bool(self._pattern.fullmatch(alert.pod))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """What such a pod is called; what makes pods itself, such as a Deployment, adds to the name."""
        name = "|".join(map(re.escape, sorted(self.names))) or ".+"
        run = re.escape(self.run) or f"[{ALPHABET}]{{{RUN_LENGTH}}}"
        return re.compile(rf"(?:{name})-{run}(?:-.+)?", re.DOTALL)


def containers(pods: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the ids of all containers of these pods."""
    statuses = (item for pod in pods for name in _LISTS for item in pod.get("status", {}).get(name, ()))
    return frozenset(str(item["containerID"]) for item in statuses if item.get("containerID"))
