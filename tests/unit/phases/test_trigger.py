"""Trigger: the detectors listen before anything is sent, and what is left is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.clocks import Moment
from kubectl_replay.evidence import Left, Trace
from kubectl_replay.phases.trigger import trigger
from kubectl_replay.result import Status
from kubectl_replay.triggers import KINDS
from tests.unit.fakes import Clock
from tests.unit.runs import POD, PROOF, pinned_run, watched
from tests.unit.samples import ready_pod

if TYPE_CHECKING:
    from kubectl_replay.backends.detectors import Detectors
    from kubectl_replay.run import Run


class Listening:
    """Detectors that remember from when on they listen, and take their time to begin."""

    def __init__(self, clock: Clock, told: list[object]) -> None:
        self.clock = clock
        self.told = told

    def follow(self, node: str, since: float) -> None:
        self.clock.now += 2
        self.told.append((node, since))

    def close(self) -> None:
        self.told.append("closed")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    now = Clock()
    now.rule(monkeypatch, "clocks")
    return now


@pytest.fixture
def told(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What happened, in its order."""
    happened: list[object] = []

    def run_exec(_run: Run) -> Left:
        clock.now += 5
        happened.append("sent")
        return Left(("id",), 0, "out")

    monkeypatch.setitem(KINDS, "kubectl-exec", run_exec)
    return happened


def test_the_detectors_listen_before_anything_is_sent(clock: Clock, told: list[object]) -> None:
    run = pinned_run(detection=True)
    run.node, run.started = "node-1", 995.0
    run.detectors = cast("Detectors", Listening(clock, told))
    watched(run)
    run.watch.pods[POD] = ready_pod()
    assert trigger(run) is Status.PASS
    assert told == [("node-1", 995.0), "sent"]
    assert run.triggered_at == Moment(1_002_000_000_000, 1002.0)
    assert run.trace == Trace(("id",), 0, "out", PROOF, ready_pod())
    run.stack.close()
    assert told[-1] == "closed"


def test_without_detectors_the_trigger_is_sent_all_the_same(told: list[object]) -> None:
    run = pinned_run()
    watched(run)
    assert trigger(run) is Status.PASS
    assert told == ["sent"]
    assert run.triggered_at == Moment(1_000_000_000_000, 1000.0)
