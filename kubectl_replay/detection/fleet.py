"""Agents that belong together: the pods of one DaemonSet or Deployment, which have the same configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_replay.detection.agents import Agent


@dataclass(frozen=True)
class Fleet:
    """Agents that one thing made, at least one."""

    agents: tuple[Agent, ...]

    @property
    def name(self) -> str:
        """What made them, and where."""
        first = self.agents[0]
        return f"{first.owner or f'Pod/{first.pod}'} in the namespace {first.namespace}"

    @property
    def spokesman(self) -> Agent:
        """The agent to ask for what all have in common: one that is ready, if any is."""
        return next((agent for agent in self.agents if agent.ready), self.agents[0])


def part(agents: Iterable[Agent]) -> tuple[Fleet, ...]:
    """Part agents by what made them; pods that nothing made stand alone."""
    fleets: dict[tuple[str, str], list[Agent]] = {}
    for agent in agents:
        fleets.setdefault((agent.namespace, agent.owner or f"Pod/{agent.pod}"), []).append(agent)
    return tuple(Fleet(tuple(members)) for members in fleets.values())
