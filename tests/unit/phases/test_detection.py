"""Detection without any backend yet."""

from __future__ import annotations

from kubectl_replay.phases.detection import detection
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Detection, Status
from tests.unit.runs import pinned_run


def test_nobody_is_there_to_ask() -> None:
    run = pinned_run()
    assert detection(run) is Status.SKIP
    assert run.detection == Detection("none", "skipped", Reason.NO_BACKEND)


def test_nobody_is_asked_when_it_is_switched_off() -> None:
    run = pinned_run(detection=False)
    assert detection(run) is Status.SKIP
    assert run.detection == Detection("disabled", "skipped", Reason.DISABLED)
