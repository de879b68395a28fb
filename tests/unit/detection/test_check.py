"""Checks, and those that were not made."""

from __future__ import annotations

from kubectl_replay.detection.check import Check, complete
from kubectl_replay.detection.reasons import Missed

CLOSED = (Missed.LOGS_DENIED, Missed.DROPS)


def test_the_closed_list_gives_the_order() -> None:
    drops, denied = (
        Check(Missed.DROPS, passed=True),
        Check(Missed.LOGS_DENIED, passed=False, words="Forbidden"),
    )
    assert complete([drops, denied], CLOSED) == (denied, drops)


def test_a_check_that_is_missing_was_not_made() -> None:
    assert complete([], CLOSED) == (Check(Missed.LOGS_DENIED, passed=None), Check(Missed.DROPS, passed=None))


def test_a_check_of_another_list_does_not_count() -> None:
    assert complete([Check(Missed.RESTARTED, passed=False)], ()) == ()


def test_the_worst_of_several_checks_of_one_thing_counts() -> None:
    good, bad, unmade = (Check(Missed.DROPS, passed=passed) for passed in (True, False, None))
    assert complete([good, unmade, bad], (Missed.DROPS,)) == (bad,)
    assert complete([good, unmade], (Missed.DROPS,)) == (unmade,)


def test_a_check_knows_what_to_do() -> None:
    assert Check(Missed.NONCE_MISSING, passed=False).next_step == "run without --fast"
