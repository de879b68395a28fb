"""Times: exact to the nanosecond, and completed only where that is sure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.timestamp import SECOND, nanoseconds, place, zone_of
from tests.unit.detection.samples import at

DAY = 86_400 * SECOND


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-24T06:42:31.262161661Z", 1795502551262161661),
        ("2026-11-24T06:42:31.262161661+0000", 1795502551262161661),
        ("2026-11-24T08:42:31.262161661+02:00", 1795502551262161661),
        ("2026-11-24T01:12:31.262161661-05:30", 1795502551262161661),
        ("2026-11-24T06:42:31.262161Z", 1795502551262161000),
        ("2026-11-24T06:42:31.2Z", 1795502551200000000),
        ("2026-11-24T06:42:31.0000000019Z", 1795502551000000001),
        ("1969-12-31T23:59:59.5Z", -500_000_000),
    ],
)
def test_a_time_is_exact_to_the_nanosecond(text: str, time: int) -> None:
    assert nanoseconds(text) == time


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-11-24", "2026-11-24T06:42:31.5", "2026-11-24 06:42:31Z", "2026-13-24T06:42:31Z",
        "0000-01-01T00:00:00Z", "2026-11-24T06:42:31Z ", "2026-11-24T06:42:31.262161661+0000:",
        "٢026-11-24T06:42:31Z",
    ],
)  # fmt: skip
def test_what_is_no_time_with_a_zone_is_none(text: str) -> None:
    assert nanoseconds(text) is None


@given(st.text())
def test_any_text_is_a_time_or_none(text: str) -> None:
    assert nanoseconds(text) is None or "T" in text


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001 - UTC is meant
    st.integers(0, 999),
)
def test_every_moment_reads_back_what_was_written(moment: datetime, rest: int) -> None:
    text = f"{moment.isoformat(timespec='microseconds')}{rest:03}Z"
    microseconds = (moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )
    assert nanoseconds(text) == microseconds * 1000 + rest


@pytest.mark.parametrize(
    ("clock", "near", "placed"),
    [
        ("06:42:31.262161661", "2026-11-24T06:42:31.27Z", "2026-11-24T06:42:31.262161661Z"),
        ("23:59:59.990000000", "2026-11-24T00:00:00.01Z", "2026-11-23T23:59:59.99Z"),
        ("00:00:00.010000000", "2026-11-23T23:59:59.99Z", "2026-11-24T00:00:00.01Z"),
        ("06:40:00.000000000", "2026-11-24T06:42:31Z", "2026-11-24T06:40:00Z"),
    ],
    ids=["at once", "midnight before its line", "midnight after a clock that is behind", "buffered"],
)
def test_a_time_of_day_is_completed_by_its_line(clock: str, near: str, placed: str) -> None:
    assert place(clock, at(near)) == at(placed)


@pytest.mark.parametrize(
    ("clock", "near"),
    [
        ("06:42:34.000000000", "2026-11-24T06:42:31Z"),
        ("08:42:31.262161661", "2026-11-24T06:42:31.27Z"),
        ("01:12:31.262161661", "2026-11-24T06:42:31.27Z"),
        ("06:27:31.262161661", "2026-11-24T06:42:31.27Z"),
        ("6:42:31", "2026-11-24T06:42:31.27Z"),
    ],
    ids=["after its line", "two hours ahead", "five and a half behind", "a quarter behind", "no time of day"],
)
def test_a_time_of_day_that_cannot_be_trusted_is_none(clock: str, near: str) -> None:
    assert place(clock, at(near)) is None


@pytest.mark.parametrize(
    ("clock", "hours"), [("08:42:31.262161661", 2), ("01:42:31.262161661", -5), ("20:42:31.262161661", 14)]
)
def test_a_known_zone_completes_a_time_of_day(clock: str, hours: int) -> None:
    near = at("2026-11-24T06:42:31.27Z")
    assert place(clock, near, hours * 3600 * SECOND) == at("2026-11-24T06:42:31.262161661Z")


@given(st.integers(0, 10**19), st.integers(0, 3600 * SECOND))
def test_a_time_is_placed_before_its_line_or_not_at_all(near: int, late: int) -> None:
    time = max(near - late, 0)
    of_day = time % DAY
    clock = f"{of_day // (3600 * SECOND):02}:{of_day // (60 * SECOND) % 60:02}:{of_day // SECOND % 60:02}"
    assert place(f"{clock}.{of_day % SECOND:09}", near) in {time, None}


def test_a_zone_is_told_by_a_local_time_and_its_stamp() -> None:
    stamp = at("2026-11-24T06:42:31.9Z")
    assert zone_of(at("2026-11-24T06:42:31Z"), stamp) == 0
    assert zone_of(at("2026-11-24T08:42:31Z"), stamp) == 7200 * SECOND
    assert zone_of(at("2026-11-24T01:12:31Z"), stamp) == -19800 * SECOND
    assert zone_of(at("2026-11-24T06:48:31Z"), stamp) is None
