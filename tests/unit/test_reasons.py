"""The closed table of reasons: complete, sound, and used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kubectl_replay
from kubectl_replay.reasons import FAILURE_CODES, REASONS, Phase, Reason

PACKAGE = Path(kubectl_replay.__file__).parent
SOURCES = {path: path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if path.name != "reasons.py"}

MISSED_DETECTION = {
    reason for reason in Reason if REASONS.get(reason) and REASONS[reason].phases == (Phase.DETECTION,)
}


def test_every_reason_has_its_row() -> None:
    assert list(REASONS) == list(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_named_like_its_constant(reason: Reason) -> None:
    assert reason.value == reason.name.lower()


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_stands_in_phases_in_their_order_each_once(reason: Reason) -> None:
    phases = REASONS[reason].phases
    assert phases
    assert list(phases) == [phase for phase in Phase if phase in phases]


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in MISSED_DETECTION])
def test_a_failure_has_an_exit_code_in_every_phase_but_those_where_anything_may_happen(
    reason: Reason,
) -> None:
    phases = set(REASONS[reason].phases)
    assert phases == set(Phase) or phases <= set(FAILURE_CODES)


@pytest.mark.parametrize("reason", Reason)
def test_a_sentence_is_one(reason: Reason) -> None:
    sentence = REASONS[reason].sentence
    assert re.fullmatch(r"[A-Zk][^\n]*[^.\s]\.", sentence)
    assert sentence.startswith(("kubectl ",)) or sentence[0].isupper()


@pytest.mark.parametrize("reason", Reason)
def test_advice_is_what_to_do_in_one_line(reason: Reason) -> None:
    advice = REASONS[reason].advice
    assert re.fullmatch(r"([a-z][^\n]*[^.\s])?", advice)


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_given_somewhere_in_the_code(reason: Reason) -> None:
    constant = re.compile(rf"\bReason\.{reason.name}\b")
    assert [path.name for path, text in SOURCES.items() if constant.search(text)]


def test_no_code_spells_a_reason_out() -> None:
    spelled = re.compile("|".join(rf'Reason\("{reason}"\)' for reason in Reason))
    assert [path.name for path, text in SOURCES.items() if spelled.search(text)] == []


def test_every_phase_but_detection_has_its_exit_code_in_order() -> None:
    assert (
        dict(zip([p for p in Phase if p is not Phase.DETECTION], range(20, 26), strict=True)) == FAILURE_CODES
    )
