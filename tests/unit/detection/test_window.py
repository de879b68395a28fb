"""The time in which an alert counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.timestamp import SECOND
from kubectl_replay.detection.window import Window

AT = 1_795_502_551 * SECOND


def test_a_window_opens_before_the_moment_by_resolution_and_skew() -> None:
    assert Window(AT).opens == AT
    assert Window(AT, resolution=SECOND, skew=3).opens == AT - SECOND - 3
    assert Window(AT, skew=-3).opens == AT - 3


@pytest.mark.parametrize(("time", "inside"), [(AT - SECOND - 1, False), (AT - SECOND, True), (AT * 2, True)])
def test_a_window_has_a_beginning_and_no_end(time: int, inside: bool) -> None:
    assert Window(AT, resolution=SECOND).contains(time) is inside


@pytest.mark.parametrize(("time", "after"), [(AT, False), (AT + 5, False), (AT + 6, True)])
def test_strictly_after_the_moment_is_after_the_skew_as_well(time: int, after: bool) -> None:
    assert Window(AT, resolution=SECOND, skew=-5, same_clock=False).is_after(time) is after


def test_latency_is_measured_on_one_clock() -> None:
    assert Window(AT).latency(AT + SECOND // 4) == 0.25
    assert Window(AT).latency(AT) == 0.0


def test_latency_is_unknown_across_clocks_and_within_the_resolution() -> None:
    assert Window(AT, same_clock=False).latency(AT + 1) is None
    assert Window(AT, resolution=SECOND).latency(AT - 1) is None


@given(st.integers(0, 2**70), st.integers(0, 2**40), st.integers(-(2**40), 2**40), st.integers(0, 2**70))
def test_what_is_after_the_moment_is_in_the_window(at: int, resolution: int, skew: int, time: int) -> None:
    window = Window(at, resolution, skew)
    assert window.contains(time) or not window.is_after(time)
