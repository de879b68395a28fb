"""The logs of all agents, followed together."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.backends import tail
from kubectl_replay.backends.tail import Tail
from kubectl_replay.detection.agents import Agent, find
from kubectl_replay.detection.discovery import Discovery
from kubectl_replay.interruption import Interrupted
from tests.unit.backends.samples import agent_pod
from tests.unit.fakes import ScriptedKubectl, Signal, Silence
from tests.unit.samples import UNREACHABLE, answer, refused

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl

A, B = find([agent_pod(), agent_pod("falco-b", "node-b")])
GONE = answer(err='Error from server (NotFound): pods "falco-a" not found\n', code=1)
DENIED = (
    'Error from server (Forbidden): pods "falco-a" is forbidden: User "x" cannot get resource "pods/log"\n'
)
INTERRUPT = Signal(signal.SIGINT)


def stamped(second: int, text: str) -> str:
    return f"2026-11-24T06:00:{second:02}.000000000Z {text}\n"


def lost(kubectl: ScriptedKubectl) -> None:
    """Have the first agent gone for good."""
    for _ in range(40):
        kubectl.will_log("falco-a", end=GONE)


@dataclass
class Tailed:
    """A tail on a scripted kubectl; `there` is what discovery finds, one answer after the other."""

    kubectl: ScriptedKubectl
    there: list[Discovery] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    looks: int = 0

    def hear(self, *agents: Agent) -> list[tuple[str, str]]:
        """Return what was heard, each with its pod, until a signal or the end."""
        whole = Tail(cast("Kubectl", self.kubectl), self._discover, self.told.append)
        heard = []
        try:
            for item, line in whole.lines(agents, 10):
                heard.append((item.agent.pod, line.split(" ", 1)[1].strip()))
        except Interrupted:
            pass
        finally:
            whole.close()
        assert all(stream.closed for stream in self.kubectl.read)
        return heard

    def _discover(self) -> Discovery:
        self.looks += 1
        return self.there.pop(0) if len(self.there) > 1 else self.there[0]


@pytest.fixture
def tailed(monkeypatch: pytest.MonkeyPatch) -> Tailed:
    scripted = ScriptedKubectl()
    scripted.clock.rule(monkeypatch, *(f"backends.{name}" for name in ("following", "listening", "tail")))
    return Tailed(scripted, [Discovery((A, B))])


def test_all_agents_are_heard_until_a_signal(tailed: Tailed) -> None:
    tailed.kubectl.will_log(
        "falco-a", stamped(1, "one"), Silence(5), stamped(6, "two"), Silence(3), INTERRUPT
    )
    tailed.kubectl.will_log("falco-b", Silence(2), stamped(3, "other"))
    assert tailed.hear(A, B) == [("falco-a", "one"), ("falco-b", "other"), ("falco-a", "two")]
    assert tailed.told == []
    assert [call[-1] for call in tailed.kubectl.asked] == [12, 12]


def test_a_log_that_is_opened_anew_brings_no_line_twice(tailed: Tailed) -> None:
    tailed.kubectl.will_log("falco-a", stamped(1, "one"), stamped(2, "two"), end=answer())
    tailed.kubectl.will_log("falco-a", stamped(1, "one"), stamped(2, "two"), stamped(3, "three"), INTERRUPT)
    assert tailed.hear(A) == [("falco-a", "one"), ("falco-a", "two"), ("falco-a", "three")]


def test_a_broken_connection_is_no_news_where_the_log_can_be_read_again(tailed: Tailed) -> None:
    tailed.kubectl.will_log("falco-a", stamped(1, "one"), end=answer())
    tailed.kubectl.will_log("falco-a", Silence(30), INTERRUPT)
    assert tailed.hear(A) == [("falco-a", "one")]
    assert (tailed.told, tailed.looks) == ([], 0)


def test_an_agent_that_is_gone_is_left_and_its_successor_is_heard(tailed: Tailed) -> None:
    tailed.kubectl.will_log("falco-a", stamped(1, "one"), end=answer())
    lost(tailed.kubectl)
    tailed.kubectl.will_log("falco-b", stamped(2, "next"), INTERRUPT)
    tailed.there = [Discovery((A,)), Discovery((B,))]
    assert tailed.hear(A) == [("falco-a", "one"), ("falco-b", "next")]
    assert tailed.told == [
        f"falco/falco-a on node-a cannot be heard: {GONE.err.strip()}",
        "falco/falco-a on node-a is gone",
        "falco/falco-b on node-b is listened to from now on",
    ]


def test_where_all_can_be_heard_new_ones_are_looked_for_once_a_minute(tailed: Tailed) -> None:
    tailed.kubectl.will_log("falco-a", stamped(1, "one"), Silence(125), INTERRUPT)
    assert tailed.hear(A) == [("falco-a", "one")]
    assert tailed.looks == 2
    assert tailed.told == ["falco/falco-b on node-b is listened to from now on"]


def test_no_more_are_listened_to_than_this_machine_can_bear(
    tailed: Tailed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "MOST_AGENTS", 1)
    tailed.kubectl.will_log("falco-a", stamped(1, "one"), Silence(125), INTERRUPT)
    assert tailed.hear(A, B) == [("falco-a", "one")]
    assert tailed.looks == 2
    assert tailed.told == ["1 agents are not listened to: 1 at most can be at once"]


def test_where_no_agent_is_left_they_are_waited_for(tailed: Tailed) -> None:
    lost(tailed.kubectl)
    tailed.kubectl.will_log("falco-b", stamped(2, "next"), INTERRUPT)
    tailed.there = [Discovery(), Discovery(), Discovery((B,))]
    assert tailed.hear(A) == [("falco-b", "next")]
    assert tailed.looks == 3


def test_a_search_that_fails_is_told_and_nobody_is_left(tailed: Tailed) -> None:
    tailed.kubectl.will_log("falco-a", Silence(62), stamped(1, "one"), INTERRUPT)
    tailed.there = [Discovery(failed=refused(UNREACHABLE))]
    assert tailed.hear(A) == [("falco-a", "one")]
    assert tailed.told == [f"agents that came meanwhile are not known: {UNREACHABLE.strip()}"]


def test_it_ends_where_no_log_may_be_read(tailed: Tailed) -> None:
    tailed.kubectl.will_log("falco-a", end=refused(DENIED))
    tailed.kubectl.will_log("falco-b", end=refused(DENIED))
    assert tailed.hear(A, B) == []
    assert tailed.told == [
        f"falco/falco-a on node-a cannot be heard: {DENIED.strip()}",
        f"falco/falco-b on node-b cannot be heard: {DENIED.strip()}",
    ]
