"""What the logs of all agents have of the last minutes, merged by time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubectl_replay.backends.agent_log import explain, read
from kubectl_replay.detection.falco_log import FalcoLog
from kubectl_replay.kubectl import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.kubectl import Kubectl

    Show = Callable[[Agent, FalcoLog, str], tuple[int | None, str] | None]


@dataclass
class Recent:
    """What was found: texts in the order of their times, and what could not be read."""

    texts: list[str] = field(default_factory=list)
    unread: list[tuple[Agent, str]] = field(default_factory=list)


def read_recent(kubectl: Kubectl, agents: Sequence[Agent], seconds: int, show: Show) -> Recent:
    """Read the last `seconds`, also from before a restart.

    `show` gives what is to be printed of a line and when it happened; where that is not known, the text
    stays behind the one before it.
    """
    logs = [(agent, log) for agent in agents for log in _logs(agent, seconds)]
    read_so_far = {_key(agent): FalcoLog() for agent in agents}
    found: list[tuple[int, str]] = []
    latest = dict.fromkeys(read_so_far, 0)

    def take(place: int, line: str) -> None:
        agent = logs[place][0]
        key = _key(agent)
        shown = show(agent, read_so_far[key], line)
        if shown:
            latest[key] = latest[key] if shown[0] is None else shown[0]
            found.append((latest[key], shown[1]))

    answers = read(kubectl, logs, take)
    troubles = [(agent, explain(answer)) for (agent, _), answer in zip(logs, answers, strict=True)]
    found.sort(key=lambda item: item[0])
    return Recent([text for _, text in found], [item for item in troubles if item[1]])


def _logs(agent: Agent, seconds: int) -> Iterator[Log]:
    if agent.last_end:
        yield Log(agent.pod, agent.container, seconds, previous=True)
    yield Log(agent.pod, agent.container, seconds)


def _key(agent: Agent) -> tuple[str, str]:
    return agent.namespace, agent.pod
