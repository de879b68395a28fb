from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster import supervisor
from tests.cluster.supervisor import Supervisor

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Two programs, one of which waits for a file; starting one only counts."""
    pids = iter(range(100, 200))
    monkeypatch.setattr(supervisor, "spawn", lambda *_, **__: next(pids))
    programs = [("first", []), ("second", [f"file:{tmp_path}/socket"])]
    components = [{"name": name, "argv": [name], "after": after} for name, after in programs]
    return {"components": components, "environment": {}}


def test_a_program_starts_when_what_it_waits_for_is_there(plan: dict[str, Any], tmp_path: Path) -> None:
    node = Supervisor(plan)
    node.start_ready()
    assert node.states == {"first": "running", "second": "waiting"}
    (tmp_path / "socket").touch()
    node.start_ready()
    assert node.pids == {"first": 100, "second": 101}


def test_a_program_that_ended_stays_ended_until_it_is_started_again(plan: dict[str, Any]) -> None:
    node = Supervisor(plan)
    node.start_ready()
    node.bury((100, signal.SIGKILL))
    node.start_ready()
    assert node.states["first"] == "ended with code -9"
    assert node.obey({"action": "start", "name": "first"})["pids"] == {"first": 101}
    assert node.obey({"action": "start", "name": "first"})["pids"] == {"first": 101}


def test_the_end_of_an_orphan_changes_nothing(plan: dict[str, Any]) -> None:
    node = Supervisor(plan)
    node.start_ready()
    node.bury((7, 0))
    assert node.states["first"] == "running"


def test_pause_and_resume_are_signals(plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    node = Supervisor(plan)
    node.start_ready()
    assert node.obey({"action": "pause", "name": "first"})["states"]["first"] == "paused"
    assert node.obey({"action": "resume", "name": "first"})["states"]["first"] == "running"
    assert sent == [(100, signal.SIGSTOP), (100, signal.SIGCONT)]


def test_an_unknown_program_is_answered_with_those_there_are(plan: dict[str, Any]) -> None:
    answer = Supervisor(plan).obey({"action": "kill", "name": "third"})
    assert answer == {"error": "This node has no program 'third'; it has first, second."}
