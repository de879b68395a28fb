"""Waiting until the agents of a release are ready, or never will be."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay import words
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason
from kubectl_replay.removal import patiently
from kubectl_replay.rollout import state
from kubectl_replay.rollout.explanation import refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.rollout.state import Rollout

PAUSE_SECONDS: Final = 0.5
TELL_SECONDS: Final = 10.0
"""How long nothing is said while nothing changes."""

STEADY_SECONDS: Final = 3.0
"""How long agents must stay ready, and not be restarted. Without probes a container is ready as soon as it
runs, and a Falco whose driver does not load ends a moment later."""


def wait(
    kubectl: Kubectl, selector: str, seconds: float, tell: Callable[[str], None], known: Collection[str] = ()
) -> Rollout:
    """Wait so long at most until the agents are steady, or never will be; tell how far they are.

    Pods that were `known` before are given the whole time. Raises `Failure` where that cannot be read.
    """
    vigil = _Vigil(kubectl, tell, time.monotonic())
    while True:
        found = state.read(_look(kubectl, selector), known)
        vigil.note(found)
        if vigil.is_over(found, seconds):
            return replace(found, steady=vigil.steady(found))
        time.sleep(PAUSE_SECONDS)


@dataclass
class _Vigil:
    """A wait for agents: what was told of it and when, and since when they are ready, if they are."""

    kubectl: Kubectl
    tell: Callable[[str], None]
    began: float
    told: str = ""
    told_at: float = 0.0
    ready_at: float = 0.0
    lives: frozenset[str] | None = None

    def note(self, found: Rollout) -> None:
        """Tell what has changed, and now and then that nothing has."""
        now = time.monotonic()
        overdue = bool(self.told) and now >= self.told_at + TELL_SECONDS
        if found.state != self.told or overdue:
            self.told, self.told_at = found.state, now
            refused = list(refusals(self.kubectl))[:1] if overdue and found.incomplete else []
            said = "; ".join([found.state, *refused])
            self.tell(f"waiting for Falco: {said} ({now - self.began:.0f} s)")

    def is_over(self, found: Rollout, seconds: float) -> bool:
        """Whether the agents have been ready for a while, cannot be, or have had their time."""
        deadline = self.began + seconds
        if not found.complete:
            self.lives = None
            return found.hopeless or time.monotonic() >= deadline
        if found.lives != self.lives:
            self.ready_at, self.lives = time.monotonic(), found.lives
        return self.steady(found) or time.monotonic() >= deadline + STEADY_SECONDS

    def steady(self, found: Rollout) -> bool:
        """Whether they have been ready for a while."""
        return found.complete and time.monotonic() >= self.ready_at + STEADY_SECONDS


def _look(kubectl: Kubectl, selector: str) -> list[dict[str, Any]]:
    answer = patiently(lambda: kubectl.objects(state.KINDS, selector))
    if answer.code or answer.late:
        raise Failure(
            Reason.FALCO_NOT_READY,
            "Falco was installed, but whether it is ready could not be read.",
            command=answer.command,
            words="\n".join(words.errors(answer.err)) or answer.err,
            next_step="ask for a Role there: pods, daemonsets, deployments list; then run this again",
        )
    items: list[dict[str, Any]] = json.loads(answer.out)["items"] if answer.out.strip() else []
    return items
