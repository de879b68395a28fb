"""One agent that is listened to for as long as somebody wants to hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay.backends.agent_log import explain
from kubectl_replay.backends.following import Following
from kubectl_replay.detection.falco_log import FalcoLog
from kubectl_replay.detection.line import split
from kubectl_replay.detection.repeats import Repeats

if TYPE_CHECKING:
    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed


class Followed:
    """An agent, its log since a moment of `time.monotonic`, and what keeps it from being heard."""

    def __init__(self, kubectl: Kubectl, agent: Agent, since: float) -> None:
        self.agent = agent
        self.log = FalcoLog()
        self.lines = Following(kubectl, agent, since)
        self.lines.open()
        self._repeats = Repeats()
        self._overcome: Completed | None = None
        self._told = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells its pod from others."""
        return self.agent.namespace, self.agent.pod

    @property
    def name(self) -> str:
        """Its pod and where that runs, for a person."""
        return f"{self.agent.namespace}/{self.agent.pod} on {self.agent.node or 'no node yet'}"

    def is_new(self, line: str) -> bool:
        """Whether a line that came was not read before; whatever it is, the log can be heard."""
        self._overcome = self.lines.last
        return self._repeats.is_new(split(line))

    @property
    def trouble(self) -> str:
        """What kubectl said when the log last ended, empty where it ended well or was heard since."""
        last = self.lines.last
        return "" if last is None or last is self._overcome else explain(last)

    @property
    def news(self) -> str:
        """The trouble, where it was not asked for before."""
        trouble, told = self.trouble, self._told
        self._told = trouble
        return trouble if trouble != told else ""
