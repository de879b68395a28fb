"""Looking for Falco in a cluster: by its label first, then among all pods."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_replay import words
from kubectl_replay.detection import agents
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed


@dataclass(frozen=True)
class Discovery:
    """The agents that were found; `failed` is kubectl's answer where it could not look everywhere."""

    agents: tuple[Agent, ...] = ()
    failed: Completed | None = None

    @property
    def forbidden(self) -> bool:
        """Whether the API server forbids looking."""
        return self.failed is not None and words.read(self.failed.err) is Reason.RBAC_DENIED


class Search:
    """A search under way; it is given up with its stack.

    Most installations bear the chart's label, for which the API server picks the pods. Only where no pod has
    it all pods are fetched, which in a large cluster takes seconds: other installations are known by the
    container's name or image alone.
    """

    def __init__(self, kubectl: Kubectl, namespace: str, stack: ExitStack) -> None:
        self._kubectl = kubectl.within(namespace)
        self._stack = stack
        self._selector = "" if namespace else agents.LABEL
        self._answer = self._begin(self._selector)

    def _begin(self, selector: str) -> Callable[[], Completed]:
        return self._stack.enter_context(self._kubectl.list_pods(selector))

    def look(self) -> Discovery | None:
        """Return what was found; None where all pods must be looked through, which then begins."""
        answer = self._answer()
        if answer.code or answer.late:
            return Discovery(failed=answer)
        found = agents.find(json.loads(answer.out)["items"])
        if found or not self._selector:
            return Discovery(found)
        self._selector = ""
        self._answer = self._begin("")
        return None

    def finish(self) -> Discovery:
        """Wait for the answer."""
        return self.look() or self.look() or Discovery()


def discover(kubectl: Kubectl, namespace: str = "") -> Discovery:
    """Look for Falco in one namespace, or everywhere."""
    with ExitStack() as stack:
        return Search(kubectl, namespace, stack).finish()
