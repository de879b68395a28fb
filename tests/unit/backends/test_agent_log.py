"""The logs of agents, read to their end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.backends.agent_log import AT_ONCE, READ_SECONDS, Reading, explain, read, read_whole
from kubectl_replay.detection.agents import Agent, find
from kubectl_replay.kubectl import Log
from tests.unit.backends.samples import agent_pod
from tests.unit.detection.samples import EVENT, at, falco_json, falco_text
from tests.unit.fakes import ScriptedKubectl, Silence
from tests.unit.samples import answer, refused

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

(AGENT,) = find([agent_pod()])
DENIED = (
    'Error from server (Forbidden): pods "falco-a" is forbidden: User "x" cannot get resource "pods/log"\n'
)


@pytest.fixture
def kubectl(monkeypatch: pytest.MonkeyPatch) -> ScriptedKubectl:
    scripted = ScriptedKubectl()
    scripted.clock.rule(monkeypatch, "backends.agent_log")
    return scripted


def whole(kubectl: ScriptedKubectl, *agents: Agent) -> tuple[Reading, ...]:
    found = read_whole(cast("Kubectl", kubectl), agents)
    assert all(stream.closed for stream in kubectl.read)
    return found


def test_alerts_are_counted_and_the_last_one_is_dated(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", falco_json(time="2026-11-24T06:40:00.000000000Z"), falco_text(), how="whole")
    (reading,) = whole(kubectl, AGENT)
    assert (reading.alerts, reading.last_alert, reading.log.mode) == (2, at(EVENT), "text")
    assert (reading.failure, reading.denied) == ("", False)
    assert kubectl.asked == [("whole", "falco", "falco-a", "falco", None)]


def test_an_alert_that_cannot_be_dated_is_counted(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", falco_json(), falco_text(stamp=None), how="whole")
    (reading,) = whole(kubectl, AGENT)
    assert (reading.alerts, reading.last_alert) == (2, at(EVENT))


def test_a_refusal_is_kept_with_kubectl_s_words(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", how="whole", end=refused(DENIED))
    (reading,) = whole(kubectl, AGENT)
    assert (reading.denied, reading.failure, reading.alerts) == (True, DENIED.strip(), 0)


def test_a_log_that_takes_too_long_is_given_up(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", falco_json(), Silence(READ_SECONDS + 1), falco_json(), how="whole")
    (reading,) = whole(kubectl, AGENT)
    assert (reading.failure, reading.alerts, reading.denied) == ("it took longer than 60 s", 1, False)


def test_logs_are_read_side_by_side_but_not_all_at_once(kubectl: ScriptedKubectl) -> None:
    agents = [replace(AGENT, pod=f"p{number}") for number in range(AT_ONCE + 1)]
    opened: list[int] = []
    for agent in agents:
        kubectl.will_log(agent.pod, f"{agent.pod}\n", how="whole")
    lines: list[tuple[int, str]] = []

    def take(place: int, line: str) -> None:
        opened.append(len(kubectl.read))
        lines.append((place, line))

    answers = read(cast("Kubectl", kubectl), [(agent, Log(agent.pod, "falco")) for agent in agents], take)
    assert lines == [(place, f"p{place}\n") for place in range(AT_ONCE + 1)]
    assert opened == [AT_ONCE] * AT_ONCE + [AT_ONCE + 1]
    assert answers == [answer()] * (AT_ONCE + 1)


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (answer(), ""),
        (answer(err="W1124 noise", code=0), ""),
        (answer(code=3), "kubectl ended 3"),
        (answer(err="Warning: old\nerror: one\nerror: two\n", code=1), "error: one error: two"),
    ],
)
def test_kubectl_s_words_are_one_line(ended: Completed, said: str) -> None:
    assert explain(ended) == said
