"""The logs of all agents, followed together until a signal, also where agents come and go meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from kubectl_replay.backends.followed import Followed
from kubectl_replay.backends.listening import SLICE_SECONDS, listen
from kubectl_replay.interruption import INTERRUPTION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.detection.discovery import Discovery
    from kubectl_replay.kubectl import Kubectl

ROUND_SECONDS: Final = 2.0
"""How long lines are waited for before the agents are looked at."""

MOST_AGENTS: Final = 50
"""How many are listened to: each takes a kubectl of its own, and with it some 45 MB."""

LOST_SECONDS, CALM_SECONDS = 6.0, 60.0
"""How often agents are looked for: where one cannot be heard, and where all can."""


class Tail:
    """All agents; `discover` looks for them again, `tell` hears of those that cannot be heard, come or go."""

    def __init__(
        self, kubectl: Kubectl, discover: Callable[[], Discovery], tell: Callable[[str], None]
    ) -> None:
        self._kubectl = kubectl
        self._discover = discover
        self._tell = tell
        self._looked = time.monotonic()
        self._followed: list[Followed] = []
        self._left_out = 0

    def lines(self, agents: Sequence[Agent], seconds: float) -> Iterator[tuple[Followed, str]]:
        """Yield the lines of the last `seconds` and all later ones, each once.

        Ends only where no log may be read.
        """
        self._follow(agents, time.monotonic() - seconds)
        while True:
            yield from self._round()
            for item in self._followed:
                if news := item.news:
                    self._tell(f"{item.name} cannot be heard: {news}")
            if self._followed and all(item.lines.refused for item in self._followed):
                return
            if self._is_due():
                self._look()

    def _follow(self, agents: Sequence[Agent], since: float) -> None:
        room = MOST_AGENTS - len(self._followed)
        self._followed += [Followed(self._kubectl, agent, since) for agent in agents[:room]]
        left_out = max(0, len(agents) - room)
        if left_out > self._left_out:
            self._tell(f"{left_out} agents are not listened to: {MOST_AGENTS} at most can be at once")
        self._left_out = left_out

    def _round(self) -> Iterator[tuple[Followed, str]]:
        followed, deadline = self._followed, time.monotonic() + ROUND_SECONDS
        for place, line in listen([item.lines for item in followed], deadline):
            if followed[place].is_new(line):
                yield followed[place], line
        while not followed and time.monotonic() < deadline:
            INTERRUPTION.check()
            time.sleep(SLICE_SECONDS)

    def _is_due(self) -> bool:
        lost = not self._followed or any(item.trouble for item in self._followed)
        return time.monotonic() - self._looked >= (LOST_SECONDS if lost else CALM_SECONDS)

    def _look(self) -> None:
        """Look which agents there are now: leave those that are gone, and listen to new ones."""
        before, self._looked = self._looked, time.monotonic()
        found = self._discover()
        if found.failed:
            self._tell(f"agents that came meanwhile are not known: {found.failed.err.strip()}")
            return
        now = {(agent.namespace, agent.pod): agent for agent in found.agents}
        for item in self._followed:
            if item.key not in now:
                self._tell(f"{item.name} is gone")
                item.lines.close()
        self._followed = [item for item in self._followed if item.key in now]
        known = {item.key for item in self._followed}
        new = [agent for key, agent in now.items() if key not in known]
        self._follow(new, before)
        for item in self._followed[len(known) :]:
            self._tell(f"{item.name} is listened to from now on")

    def close(self) -> None:
        """Stop listening."""
        for item in self._followed:
            item.lines.close()
