"""Verdicts of detectors that were not asked, or could not be."""

from __future__ import annotations

import pytest

from kubectl_replay.detection.check import Check
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.detection.verdict import Verdict, inconclusive, skipped


@pytest.mark.parametrize("reason", [Missed.NO_BACKEND, Missed.DISABLED])
def test_a_detector_that_is_not_there_is_skipped(reason: Missed) -> None:
    assert skipped("Falco", reason) == Verdict("skipped", "Falco", reason, MEANINGS[reason].advice)


def test_a_detector_of_which_nothing_is_expected_is_skipped() -> None:
    assert skipped("Falco", Missed.NO_EXPECTATION) == Verdict(
        "skipped",
        "Falco",
        Missed.NO_EXPECTATION,
        "name what it should report under detection in scenario.yaml",
    )


def test_a_forbidden_search_is_inconclusive() -> None:
    reason = Missed.BACKEND_DISCOVERY_DENIED
    assert inconclusive("Falco", reason, "pods is forbidden") == Verdict(
        "inconclusive",
        "Falco",
        reason,
        MEANINGS[reason].advice,
        checks=(Check(reason, passed=False, words="pods is forbidden"),),
    )
