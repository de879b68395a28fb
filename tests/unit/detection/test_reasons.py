"""The closed table of why a detection is missing."""

from __future__ import annotations

import re

import pytest

from kubectl_replay.detection.check import AUDIT_CAUSES, AUDIT_READING, FALCO_CAUSES, FALCO_READING
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.reasons import Phase, Reason


def test_every_reason_has_its_row() -> None:
    assert list(MEANINGS) == list(Missed)


@pytest.mark.parametrize("reason", Missed)
def test_a_reason_is_named_like_its_constant_and_belongs_to_detection(reason: Missed) -> None:
    assert reason.value == reason.name.lower()
    assert MEANINGS[reason].phases == (Phase.DETECTION,)


@pytest.mark.parametrize("reason", Missed)
def test_a_reason_has_a_sentence_and_a_next_step_in_one_line(reason: Missed) -> None:
    assert re.fullmatch(r"[A-Z][^\n]*[^.\s]\.", MEANINGS[reason].sentence)
    assert re.fullmatch(r"[a-z][^\n]*[^.\s]", MEANINGS[reason].advice)


def test_no_reason_means_two_things() -> None:
    """Looking for a Falco is forbidden to `setup falco` as it is to a run."""
    both = {reason.value for reason in Missed} & {reason.value for reason in Reason}
    assert both <= {Missed.BACKEND_DISCOVERY_DENIED}


def test_a_check_is_of_the_reading_or_of_the_cause() -> None:
    assert not set(FALCO_READING) & set(FALCO_CAUSES)
    assert not set(AUDIT_READING) & set(AUDIT_CAUSES)
