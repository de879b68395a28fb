"""What the logs of all agents have of the last minutes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.backends.recent import Recent, read_recent
from kubectl_replay.detection.agents import Agent, End, find
from tests.unit.backends.samples import agent_pod
from tests.unit.fakes import NO_PREVIOUS, ScriptedKubectl
from tests.unit.samples import answer, refused

if TYPE_CHECKING:
    from kubectl_replay.detection.falco_log import FalcoLog
    from kubectl_replay.kubectl import Kubectl

A, B = find([agent_pod(), agent_pod("falco-b", "node-b")])


@pytest.fixture
def kubectl(monkeypatch: pytest.MonkeyPatch) -> ScriptedKubectl:
    scripted = ScriptedKubectl()
    scripted.clock.rule(monkeypatch, "backends.agent_log")
    return scripted


def show(agent: Agent, log: FalcoLog, line: str) -> tuple[int | None, str] | None:
    """Print lines that are `TIME TEXT`, counted by agent; `? TEXT` has no time."""
    log.broken += 1
    time, _, text = line.strip().partition(" ")
    if not text:
        return None
    return (None if time == "?" else int(time)), f"{agent.pod} {text} {log.broken}"


def recent(kubectl: ScriptedKubectl, *agents: Agent) -> Recent:
    return read_recent(cast("Kubectl", kubectl), agents, 600, show)


def test_the_lines_of_all_agents_are_merged_by_time(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", "1 one\n", "3 three\n", how="whole")
    kubectl.will_log("falco-b", "2 two\n", "hidden\n", "4 four\n", how="whole")
    found = recent(kubectl, A, B)
    assert found.texts == ["falco-a one 1", "falco-b two 1", "falco-a three 2", "falco-b four 3"]
    assert found.unread == []
    assert [call[2:] for call in kubectl.asked] == [("falco-a", "falco", 600), ("falco-b", "falco", 600)]


def test_what_has_no_time_stays_behind_the_one_before_it(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", "? first\n", "5 five\n", "? six\n", how="whole")
    kubectl.will_log("falco-b", "4 four\n", "7 seven\n", how="whole")
    texts = [text.split()[1] for text in recent(kubectl, A, B).texts]
    assert texts == ["first", "four", "five", "six", "seven"]


def test_after_a_restart_the_log_before_it_comes_first(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", "1 before\n", how="previous")
    kubectl.will_log("falco-a", "2 after\n", how="whole")
    found = recent(kubectl, replace(A, restarts=1, last_end=End("Error", 1, None)))
    assert found.texts == ["falco-a before 1", "falco-a after 2"]  # one log, read on
    assert [call[0] for call in kubectl.asked] == ["previous", "whole"]


def test_what_cannot_be_read_is_told_beside_the_rest(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", how="previous", end=answer(err=NO_PREVIOUS, code=1))
    kubectl.will_log("falco-a", "1 one\n", how="whole")
    kubectl.will_log("falco-b", how="whole", end=refused("error: lost\n"))
    ended = replace(A, last_end=End("Error", 1, None))
    found = recent(kubectl, ended, B)
    assert found.texts == ["falco-a one 1"]
    assert found.unread == [(ended, NO_PREVIOUS.strip()), (B, "error: lost")]
