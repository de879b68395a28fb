"""What `logs` prints of a line of an agent's log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_replay.detection.line import mended, split
from kubectl_replay.output import alerts

if TYPE_CHECKING:
    from kubectl_replay.backends.choice import Choice
    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.detection.falco_log import FalcoLog


@dataclass(frozen=True)
class Show:
    """What is printed of a line, if anything."""

    choice: Choice | None
    raw: bool
    width: int

    def __call__(self, agent: Agent, log: FalcoLog, line: str) -> tuple[int | None, str] | None:
        """Return when it happened, and the text."""
        alert, part = log.feed(line), split(line)
        if self.choice and (alert is None or not self.choice.has(alert)):
            return None
        if self.raw:
            return part.stamp, f"{mended(part.text)}\n"
        if alert is None:
            return None
        time = part.stamp if alert.time is None else alert.time
        return time, f"{alerts.render(alert, agent.node, self.width)}\n"
