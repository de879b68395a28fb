"""What Falco says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.falco_words import Own, parse, tells_drops
from kubectl_replay.detection.line import split
from kubectl_replay.detection.timestamp import SECOND
from tests.unit.detection.samples import ALERT, STAMP, at


def test_a_line_of_falcos_own_log_has_its_local_time() -> None:
    line = split(f"{STAMP} Tue Nov 24 08:42:31 2026: SIGHUP received, restarting...")
    assert parse(line) == Own("SIGHUP received, restarting...", at(STAMP), 7200 * SECOND)


def test_a_day_of_one_digit_is_padded() -> None:
    line = split("2026-11-04T06:42:31.9Z Wed Nov  4 06:42:31 2026:    /etc/falco/falco.yaml | ok")
    assert parse(line) == Own("   /etc/falco/falco.yaml | ok", at("2026-11-04T06:42:31.9Z"), 0)


def test_without_a_stamp_a_local_time_says_nothing() -> None:
    assert parse(split("Tue Nov 24 08:42:31 2026: x")) == Own("x", None, None)


def test_the_iso_option_dates_a_line() -> None:
    line = "2026-11-24T06:42:31+0000: SIGINT received, exiting..."
    words = "SIGINT received, exiting..."
    assert parse(split(line)) == Own(words, at("2026-11-24T06:42:31Z"), None)
    assert parse(split(f"{STAMP} {line}")) == Own(words, at(STAMP), None)


@pytest.mark.parametrize("day", ["Tue Nov 31", "Tue Abc 24", "Tue Anf 24"])
def test_a_day_that_there_is_not_tells_no_zone(day: str) -> None:
    assert parse(split(f"{STAMP} {day} 06:42:31 2026: x")) == Own("x", at(STAMP), None)


@pytest.mark.parametrize("line", ["", "Events detected: 1", "   NOTICE: 1", "06:42:31.262161661: Notice x"])
def test_other_lines_are_not_falcos_log(line: str) -> None:
    assert parse(split(f"{STAMP} {line}")) is None


@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert parse(split(text)) is None


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("Falco internal: syscall event drop", "x"),
        ("", "Falco internal: syscall event drop. 7 system calls dropped in last second."),
    ],
)
def test_a_drop_is_told(rule: str, message: str) -> None:
    assert tells_drops(replace(ALERT, rule=rule, message=message, fields={}))


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({}, False),
        ({"scap.n_drops": 3, "scap.n_drops_prev": 3}, False),
        ({"scap.n_drops": 4, "scap.n_drops_prev": 3}, True),
        ({"scap.n_drops": "4", "scap.n_drops_prev": "3"}, True),
        ({"scap.n_drops": "many"}, False),
        ({"falco.outputs_queue_num_drops": 1}, True),
    ],
)
def test_metrics_tell_what_was_lost_since_the_last_ones(fields: dict[str, object], lost: bool) -> None:
    alert = replace(ALERT, rule="Falco internal: metrics snapshot", fields=fields)
    assert tells_drops(alert) is lost
