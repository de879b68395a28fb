"""Lines that come again after a log was opened anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.line import Line
from kubectl_replay.detection.repeats import DISORDER, Repeats
from kubectl_replay.detection.timestamp import SECOND

START = 1_795_500_000 * SECOND


def lines(*seconds: float) -> list[Line]:
    return [Line(START + round(each * SECOND), f"at {each}") for each in seconds]


def new(repeats: Repeats, found: list[Line]) -> list[Line]:
    return [line for line in found if repeats.is_new(line)]


def test_a_log_that_is_read_again_from_further_back_brings_only_what_is_new() -> None:
    repeats, first, later = Repeats(), lines(0, 1, 5, 5.2), lines(5.3, 9)
    assert new(repeats, first) == first
    assert new(repeats, first + later) == later
    assert new(repeats, first + later) == []


def test_two_lines_of_one_moment_are_two() -> None:
    repeats = Repeats()
    same = [Line(START, "one"), Line(START, "two")]
    assert new(repeats, same) == same


def test_a_little_disorder_loses_no_line() -> None:
    repeats, found = Repeats(), lines(3, 2.5, 3.2, 2.4)
    assert new(repeats, found) == found


def test_a_line_without_a_stamp_is_always_new() -> None:
    repeats, line = Repeats(), Line(None, "same")
    assert new(repeats, [line, line]) == [line, line]


@given(st.lists(st.integers(0, 20 * SECOND), unique=True), st.integers(0, 40))
def test_no_line_is_lost_and_none_comes_twice(offsets: list[int], again: int) -> None:
    repeats = Repeats()
    written = [Line(START + offset, str(offset)) for offset in sorted(offsets)]
    assert new(repeats, written[:again]) == written[:again]
    assert new(repeats, written) == written[again:]


def test_what_is_kept_does_not_grow_with_the_time() -> None:
    repeats = Repeats()
    for number in range(10_000):
        assert repeats.is_new(Line(START + number * DISORDER // 10, "same words"))
    assert len(repeats._recent) < 100
