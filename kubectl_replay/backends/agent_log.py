"""The logs of agents as they are now, read to their end, several at once."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kubectl_replay import words
from kubectl_replay.detection.falco_log import FalcoLog
from kubectl_replay.kubectl import Log
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed, Stream

AT_ONCE: Final = 8
"""How many logs are read side by side."""

READ_SECONDS: Final = 60.0
"""How long one log may take; a kubelet keeps 10 MiB of it by default."""


@dataclass
class Reading:
    """One agent's log from its beginning, and what it told."""

    agent: Agent
    log: FalcoLog = field(default_factory=FalcoLog)
    alerts: int = 0
    last_alert: int | None = None
    """When the last of them happened, in nanoseconds UTC, as far as their times can be told."""
    answer: Completed | None = None
    """What kubectl ended with; None where the log took too long."""

    @property
    def failure(self) -> str:
        """What kept us from reading all of it, empty where nothing did."""
        return explain(self.answer)

    @property
    def denied(self) -> bool:
        """Whether the API server forbids to read it."""
        return self.answer is not None and words.read(self.answer.err) is Reason.RBAC_DENIED

    def take(self, line: str) -> None:
        """Take the next line."""
        alert = self.log.feed(line)
        if alert is not None:
            self.alerts += 1
            self.last_alert = when(alert) or self.last_alert


def when(alert: Alert) -> int | None:
    """Return when an alert's event happened, else when its line was written, in nanoseconds UTC."""
    return alert.stamp if alert.time is None else alert.time


def read_whole(kubectl: Kubectl, agents: Sequence[Agent]) -> tuple[Reading, ...]:
    """Read the whole logs of these agents."""
    readings = tuple(map(Reading, agents))
    logs = [(agent, Log(agent.pod, agent.container)) for agent in agents]
    answers = read(kubectl, logs, lambda place, line: readings[place].take(line))
    for reading, answer in zip(readings, answers, strict=True):
        reading.answer = answer
    return readings


def read(
    kubectl: Kubectl, logs: Sequence[tuple[Agent, Log]], take: Callable[[int, str], None]
) -> list[Completed | None]:
    """Give every line of these logs, with its log's place; return what kubectl ended each with.

    None stands for a log that took too long. The logs come one after the other.
    """
    answers: list[Completed | None] = []
    for first in range(0, len(logs), AT_ONCE):
        with ExitStack() as stack:
            streams = [
                stack.enter_context(kubectl.within(agent.namespace).read_log(log))
                for agent, log in logs[first : first + AT_ONCE]
            ]
            for place, stream in enumerate(streams, first):
                answers.append(_drain(stream, place, take))
    return answers


def _drain(stream: Stream, place: int, take: Callable[[int, str], None]) -> Completed | None:
    try:
        for line in _lines(stream):
            take(place, line)
    except TimeoutError:
        return None
    return stream.close()


def _lines(stream: Stream) -> Iterator[str]:
    deadline = time.monotonic() + READ_SECONDS
    while (line := stream.line(max(0.0, deadline - time.monotonic()))) is not None:
        yield line


def explain(answer: Completed | None) -> str:
    """Return kubectl's own words about a log that it could not read, empty where it could."""
    if answer is None:
        return f"it took longer than {READ_SECONDS:g} s"
    if not answer.code:
        return ""
    return " ".join(words.errors(answer.err)) or f"kubectl ended {answer.code}"
