"""Falco: the log of the agent on the pod's node, followed from before the trigger, and then of the others."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kubectl_replay import words
from kubectl_replay.backends import canary, diagnosis, falco_checks
from kubectl_replay.backends.falco_checks import Heard
from kubectl_replay.backends.following import Following
from kubectl_replay.backends.listening import listen
from kubectl_replay.clocks import now
from kubectl_replay.detection.check import FALCO_CAUSES, FALCO_READING, Check
from kubectl_replay.detection.combination import FALCO
from kubectl_replay.detection.discovery import Discovery, Search
from kubectl_replay.detection.examination import Examination
from kubectl_replay.detection.expectation import expects_of_falco
from kubectl_replay.detection.falco_matcher import FalcoMatcher
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.rules_file import advise
from kubectl_replay.detection.sieve import Sieve
from kubectl_replay.detection.timestamp import SECOND
from kubectl_replay.detection.verdict import Verdict, inconclusive, skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_replay.backends.question import Question
    from kubectl_replay.clocks import Moment
    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.detection.identity import Target
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.scenario.detection import FalcoExpectation

MOST_OTHERS: Final = 8
"""How many agents of other nodes are listened to: only alerts about requests to the API server come there."""


@dataclass(frozen=True)
class Options:
    """What may be done to learn why nothing was seen: ask Falco itself, and send a canary."""

    diagnose: bool = False
    canary: bool = False


class Falco:
    """One run's view of Falco."""

    name = FALCO

    def __init__(
        self,
        kubectl: Kubectl,
        expectation: FalcoExpectation,
        namespace: str = "",
        options: Options = Options(),
    ) -> None:
        self._kubectl = kubectl
        self._options = options
        self._expectation = expectation
        self._stack = ExitStack()
        self._search = Search(kubectl, namespace, self._stack)
        self._found: Discovery | None = None
        self._heard: list[Heard] = []
        self._node = ""
        self._since = 0.0

    @property
    def present(self) -> bool | None:
        """Whether Falco runs in the cluster, None where that could not be learned."""
        found = self._discovery()
        return None if found.failed else bool(found.agents)

    def follow(self, node: str, since: float) -> None:
        """Listen to the agents, the node's own first, from a moment of `time.monotonic` on.

        Where they are not known yet they are listened to later, from the same moment.
        """
        self._node, self._since = node, since
        self._found = self._search.look()
        if self._found:
            self._listen(late=False)

    def _discovery(self) -> Discovery:
        if self._found is None:
            self._found = self._search.finish()
            self._listen(late=True)
        return self._found

    def _listen(self, *, late: bool) -> None:
        """Follow the agents; `late`: after the trigger, so that a log may have been rotated before."""
        if not expects_of_falco(self._expectation) or self._heard:
            return
        for agent in self._nearest():
            following = Following(self._kubectl, agent, self._since)
            following.broken = late
            self._stack.callback(following.close)
            following.open()
            self._heard.append(Heard(agent, following))

    def _nearest(self) -> list[Agent]:
        """Return the agents to listen to: those of the node, then some of the others."""
        agents = self._found.agents if self._found else ()
        others = [agent for agent in agents if agent.node != self._node]
        return [agent for agent in agents if agent.node == self._node] + others[:MOST_OTHERS]

    def ask(self, question: Question) -> Verdict:
        """Read the logs until the answer is known or the time is up, and say what they mean."""
        found = self._discovery()
        if found.failed:
            reason = Missed.BACKEND_DISCOVERY_DENIED if found.forbidden else Missed.BACKEND_DISCOVERY_FAILED
            return inconclusive(self.name, reason, words.last_error(found.failed.err))
        if not found.agents:
            return skipped(self.name, Missed.NO_BACKEND)
        if not expects_of_falco(self._expectation):
            return skipped(self.name, Missed.NO_EXPECTATION)
        matcher = FalcoMatcher(
            self._expectation,
            question.target,
            question.window,
            question.request_window,
            question.deadline(question.window),
        )
        for heard in self._heard:
            heard.log.sieve = Sieve(question.target)
        readable = self._read(question.asked.steady + question.seconds, matcher.feed)
        matcher.findings.noise += sum(heard.log.others for heard in self._heard)
        checks = () if matcher.findings.settled else tuple(self._check(matcher, question))
        reading = (*FALCO_READING, Missed.CANARY_UNSEEN) if self._options.canary else FALCO_READING
        examination = Examination(self.name, reading, FALCO_CAUSES, checks)
        verdict = examination.judge(matcher.findings, matcher.latency_seconds)
        seconds = question.triggered.until(readable) / SECOND if readable else None
        return replace(advise(verdict, self._expectation.rules_file), readable_seconds=seconds)

    def _read(self, deadline: float, feed: Callable[[Alert], bool]) -> Moment | None:
        """Feed alerts until one settles it; return the moment of that, None where the time ran out."""
        for place, line in listen([heard.lines for heard in self._heard], deadline):
            alert = self._heard[place].log.feed(line)
            if alert is not None and feed(alert):
                return now()
        return None

    def _check(self, matcher: FalcoMatcher, question: Question) -> Iterator[Check]:
        """Look why nothing was found, where that must be told."""
        target = question.target
        if self._options.canary:
            yield self._send_canary(target)
        here = [heard for heard in self._heard if heard.agent.node == self._node]
        yield from falco_checks.examine(
            self._kubectl,
            here,
            self._expectation,
            lambda alert: not canary.is_canary(alert, target) and matcher.feed(alert),
            question,
        )
        if self._options.diagnose and here:
            answer = diagnosis.ask(self._kubectl, here[0].agent)
            yield from diagnosis.checks(answer, self._expectation)

    def _send_canary(self, target: Target) -> Check:
        """Do something that Falco must alert on, and wait for that alert."""
        sent = canary.send(self._kubectl, target)
        if sent.code or sent.late:
            return Check(Missed.CANARY_UNSEEN, passed=None, words=sent.err.strip())
        deadline = time.monotonic() + canary.WAIT_SECONDS
        seen = self._read(deadline, lambda alert: canary.is_canary(alert, target))
        return Check(Missed.CANARY_UNSEEN, passed=seen is not None)

    def close(self) -> None:
        """Stop listening."""
        self._stack.close()
