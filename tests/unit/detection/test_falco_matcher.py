"""Sorting the alerts of Falco."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.falco_matcher import FalcoMatcher
from kubectl_replay.detection.findings import Findings
from kubectl_replay.detection.timestamp import SECOND
from kubectl_replay.scenario.detection import FalcoExpectation
from tests.unit.detection.samples import (
    ALERT,
    EXPECTATION,
    OTHER_ID,
    OTHER_RULE,
    RULE,
    STAMP,
    TARGET,
    TRIGGER,
    WINDOW,
    at,
)

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert

OTHER = replace(ALERT, rule=OTHER_RULE)
SILENT = replace(ALERT, message="A shell", fields={})
"""Neither the nonce nor a command is in it."""
WORDLESS = replace(ALERT, message="A shell | command=id", fields={"proc.cmdline": "id"})
"""A command is in it, without the nonce."""
EARLY = replace(WORDLESS, time=WINDOW.opens - 1)

REUSED = replace(TARGET, reused=True)


def feed(*alerts: Alert, **changes: Any) -> FalcoMatcher:  # noqa: ANN401 - any field of the matcher
    matcher = replace(FalcoMatcher(EXPECTATION, TARGET, WINDOW), findings=Findings(), _seen=set(), **changes)
    for alert in alerts:
        matcher.feed(alert)
    return matcher


def test_an_expected_alert_settles_the_answer() -> None:
    matcher = FalcoMatcher(EXPECTATION, TARGET, WINDOW)
    assert not matcher.feed(OTHER)
    assert matcher.feed(ALERT)
    assert matcher.findings == Findings(expected=[ALERT], others=[OTHER])
    assert matcher.findings.ours == (ALERT, OTHER)


def test_a_word_settles_the_answer_weakly() -> None:
    matcher = FalcoMatcher(FalcoExpectation(search_patterns=("shell",)), TARGET, WINDOW)
    assert matcher.feed(ALERT)
    assert matcher.findings == Findings(weak=[ALERT])


def test_alerts_of_others_are_noise() -> None:
    matcher = feed(replace(ALERT, container_id=OTHER_ID), replace(ALERT, container_id="host"))
    assert matcher.findings == Findings(noise=2)
    assert not matcher.findings.settled


def test_alerts_from_before_the_trigger_are_noise() -> None:
    assert feed(EARLY, replace(SILENT, rule=OTHER_RULE, time=0)).findings == Findings(noise=2)


def test_the_nonce_counts_whatever_a_clock_says() -> None:
    """The clocks of two machines may differ by more than anybody thought."""
    alert = replace(ALERT, time=0, stamp=0)
    assert feed(alert).findings == Findings(expected=[alert])
    assert feed(alert, target=REUSED).findings == Findings(expected=[alert])
    assert feed(replace(ALERT, time=None, stamp=0)).findings.expected
    assert feed(alert).latency_seconds is None


def test_an_alert_read_twice_counts_once() -> None:
    assert feed(ALERT, ALERT, replace(ALERT, raw="{ }")).findings.expected == [ALERT]
    noise = replace(ALERT, container_id="host")
    assert feed(noise, noise).findings.noise == 1


def test_two_alerts_of_one_trigger_count_twice() -> None:
    second = replace(ALERT, time=TRIGGER + SECOND)
    assert feed(second, ALERT).findings.expected == [second, ALERT]


def test_text_that_names_no_rule_is_kept_apart() -> None:
    text = replace(ALERT, rule="")
    matcher = feed(text, expectation=FalcoExpectation(rules=(RULE,)))
    assert matcher.findings == Findings(unnamed=[text])


def test_an_alert_without_a_time_is_kept_apart() -> None:
    alert = replace(SILENT, time=None)
    assert feed(alert).findings == Findings(undated=[alert])
    assert feed(replace(alert, rule=OTHER_RULE)).findings == Findings(noise=1)


def test_the_nonce_dates_an_alert() -> None:
    alert = replace(ALERT, time=None)
    matcher = feed(alert)
    assert matcher.findings == Findings(expected=[alert])
    assert matcher.latency_seconds is None


def test_a_line_from_before_the_trigger_holds_no_later_event() -> None:
    alert = replace(SILENT, time=None, stamp=WINDOW.opens - 1)
    assert feed(alert).findings == Findings(noise=1)
    assert feed(replace(SILENT, time=None, stamp=None)).findings.undated


def test_an_alert_written_after_the_deadline_is_late() -> None:
    deadline = at(STAMP) - 1
    assert feed(ALERT, deadline=deadline).findings == Findings(late=[ALERT])
    assert feed(ALERT, deadline=deadline + 1).findings == Findings(expected=[ALERT])
    assert feed(OTHER, deadline=deadline).findings == Findings(others=[OTHER])
    unstamped = replace(ALERT, stamp=None)
    assert feed(unstamped, deadline=deadline).findings == Findings(expected=[unstamped])


REQUEST = replace(
    ALERT, source="k8s_audit", container_id=None, container_name=None, message="Attach", fields={}
)


def test_a_request_has_the_clock_of_the_api_server() -> None:
    ahead = replace(WINDOW, at=TRIGGER + 60 * SECOND)
    assert feed(REQUEST, request_window=ahead).findings == Findings(noise=1)
    assert feed(REQUEST, request_window=WINDOW).findings == Findings(expected=[REQUEST])
    assert feed(REQUEST).findings == Findings(undated=[REQUEST])


def test_in_a_kept_pod_the_nonce_tells_the_runs_apart() -> None:
    assert feed(ALERT, target=REUSED).findings == Findings(expected=[ALERT])
    assert feed(WORDLESS, target=REUSED).findings == Findings(doubtful=[WORDLESS])
    assert feed(WORDLESS).findings == Findings(expected=[WORDLESS])
    other = replace(WORDLESS, rule=OTHER_RULE)
    assert feed(other, target=REUSED).findings == Findings(noise=1)


def test_in_a_kept_pod_an_alert_that_cannot_carry_the_nonce_is_strictly_later() -> None:
    assert feed(SILENT, target=REUSED).findings == Findings(expected=[SILENT])
    at_once = replace(SILENT, time=TRIGGER)
    assert feed(at_once, target=REUSED).findings == Findings(doubtful=[at_once])
    assert feed(at_once).findings == Findings(expected=[at_once])


def test_in_a_kept_pod_a_command_without_the_nonce_needs_its_time() -> None:
    target = replace(REUSED, nonce_sent=False)
    assert feed(WORDLESS, target=target).findings == Findings(expected=[WORDLESS])


def test_latency_is_that_of_the_first_event_whatever_the_order() -> None:
    late = replace(ALERT, time=TRIGGER + 2 * SECOND)
    assert feed(late, ALERT).latency_seconds == 0.262161661
    assert feed(OTHER).latency_seconds is None
    assert feed(ALERT, window=replace(WINDOW, same_clock=False)).latency_seconds is None


_ALERTS = [ALERT, OTHER, EARLY, SILENT, WORDLESS, REQUEST, replace(ALERT, container_id=OTHER_ID)]


@given(st.lists(st.sampled_from(_ALERTS)), st.randoms())
def test_the_order_of_the_lines_changes_nothing(alerts: list[Alert], random: Any) -> None:  # noqa: ANN401 - hypothesis' own
    mixed = list(alerts)
    random.shuffle(mixed)
    one, two = feed(*alerts).findings, feed(*mixed).findings
    assert (one.settled, one.noise, set(map(id, one.others))) == (
        two.settled, two.noise, set(map(id, two.others)),
    )  # fmt: skip


@pytest.mark.parametrize("alert", _ALERTS)
def test_every_alert_is_in_one_place(alert: Alert) -> None:
    findings = feed(alert).findings
    assert len(findings.ours) + findings.noise == 1
