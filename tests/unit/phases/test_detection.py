"""Detection: which detectors are asked, of what, and what their answer makes of the phase."""

from __future__ import annotations

from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import skipped
from kubectl_replay.phases.detection import detection
from kubectl_replay.result import Detection, Status
from tests.unit.runs import pinned_run


def test_nobody_is_asked_when_it_is_switched_off() -> None:
    run = pinned_run()
    assert detection(run) is Status.SKIP
    assert run.detection == Detection(skipped("disabled", Missed.DISABLED))
