"""What is looked at when Falco said nothing of a run: would it have been seen, and why was there nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kubectl_replay import words
from kubectl_replay.backends import agent_log
from kubectl_replay.detection import agents
from kubectl_replay.detection.check import Check
from kubectl_replay.detection.falco_log import FalcoLog
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.sieve import Sieve
from kubectl_replay.kubectl import Log
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kubectl_replay.backends.listening import Lines
    from kubectl_replay.backends.question import Question
    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed
    from kubectl_replay.scenario.detection import FalcoExpectation

NEEDS_TERMINAL: Final = {"Terminal shell in container"}
"""Falco's own rules whose condition has `proc.tty != 0`."""


@dataclass(frozen=True)
class Heard:
    """An agent as it was when it was found, its lines as they were followed, and what they told of it."""

    agent: Agent
    lines: Lines
    log: FalcoLog = field(default_factory=FalcoLog)


def examine(
    kubectl: Kubectl,
    here: Sequence[Heard],
    expectation: FalcoExpectation,
    feed: Callable[[Alert], bool],
    question: Question,
) -> tuple[Check, ...]:
    """Check the agent of the pod's node; what its log still holds of this run is fed as well."""
    if not here:
        return (Check(Missed.NO_AGENT_ON_NODE, passed=False),)
    opens, nonce = question.window.opens, question.target.nonce
    heard = next((item for item in here if item.agent.owner.startswith("DaemonSet/")), here[0])
    log = FalcoLog(sieve=Sieve(question.target))
    answer = _read_all(
        kubectl, heard.agent, log, lambda alert: _is_recent(alert, opens, nonce) and feed(alert)
    )
    return (
        Check(Missed.NO_AGENT_ON_NODE, passed=True),
        Check(Missed.CONTAINER_UNKNOWN, passed=bool(question.target.container_ids)),
        *_of_reading(answer),
        *_of_agent(kubectl, heard, log, opens, read=_is_read(answer)),
        *_of_log(heard.agent, log, opens, read=_is_read(answer)),
        *_causes(log, expectation, tty=question.tty),
    )


def _is_recent(alert: Alert, opens: int, nonce: str) -> bool:
    """Whether a line was written in the window or after it: what is older is not even noise."""
    return alert.stamp is None or alert.stamp >= opens or alert.carries(nonce)


def _read_all(
    kubectl: Kubectl, agent: Agent, log: FalcoLog, feed: Callable[[Alert], bool]
) -> Completed | None:
    """Read an agent's log from its beginning; None where it took too long."""

    def take(_: int, line: str) -> None:
        alert = log.feed(line)
        if alert is not None:
            feed(alert)

    (answer,) = agent_log.read(kubectl, [(agent, Log(agent.pod, agent.container))], take)
    return answer


def _of_reading(answer: Completed | None) -> Iterator[Check]:
    said = agent_log.explain(answer)
    denied = answer is not None and words.read(answer.err) is Reason.RBAC_DENIED
    yield Check(Missed.LOGS_DENIED, passed=not denied, words=said if denied else "")
    read = _is_read(answer)
    yield Check(Missed.LOG_UNREADABLE, passed=read, words=said)


def _is_read(answer: Completed | None) -> bool:
    return answer is not None and answer.code == 0


def _never(*, seen: bool, looked: bool) -> bool | None:
    """Judge something that must not have happened: it was seen, it was not, or nobody could look."""
    return False if seen else True if looked else None


def _of_agent(kubectl: Kubectl, heard: Heard, log: FalcoLog, opens: int, *, read: bool) -> Iterator[Check]:
    """Compare the agent with what it was when it was found."""
    before, now = heard.agent, _look_again(kubectl, heard.agent)
    ready = None if now is None else before.ready and now.ready
    restarted = log.restarted_since(opens) or bool(now and now.restarts != before.restarts)
    yield Check(
        Missed.AGENT_NOT_READY, passed=ready, words="" if ready else f"{before.namespace}/{before.pod}"
    )
    yield Check(Missed.RESTARTED, passed=_never(seen=restarted, looked=read and now is not None))
    is_young = log.first_time is None or log.first_time > opens
    rotated = heard.lines.broken and is_young and not restarted
    yield Check(Missed.LOG_ROTATED, passed=_never(seen=read and rotated, looked=read))


def _look_again(kubectl: Kubectl, agent: Agent) -> Agent | None:
    answer = kubectl.within(agent.namespace).pod(agent.pod)
    if answer.code or answer.late:
        return None
    found = agents.find([json.loads(answer.out)])
    return next(iter(found), None)


def _of_log(agent: Agent, log: FalcoLog, opens: int, *, read: bool) -> Iterator[Check]:
    told = re.match(r"(\d+)\.(\d+)", log.version)
    version = tuple(map(int, told.groups())) if told else agent.version
    held = agents.holds_back(version, unbuffered=agent.terminal or agent.unbuffered)
    named = f"Falco {'.'.join(map(str, version))}" if version else f"unknown version, image {agent.image}"
    yield Check(Missed.STDOUT_OUTPUT_OFF, passed=True if log.mode else _never(seen=read, looked=read))
    yield Check(Missed.STDOUT_BUFFERED, passed=None if held is None else not held, words=named)
    yield Check(Missed.DROPS, passed=_never(seen=log.dropped_since(opens), looked=read))


def _causes(log: FalcoLog, expectation: FalcoExpectation, *, tty: bool) -> Iterator[Check]:
    """Say what explains silence, as far as the log and the scenario tell; the rest needs --diagnose."""
    if log.sources:
        loaded = expectation.source in log.sources
        yield Check(Missed.SOURCE_NOT_LOADED, passed=loaded, words=f"loaded: {', '.join(log.sources)}")
    wants_terminal = bool(NEEDS_TERMINAL.intersection(expectation.rules))
    yield Check(Missed.TRIGGER_WITHOUT_TERMINAL, passed=tty or not wants_terminal)
