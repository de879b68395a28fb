"""From findings and checks to a verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.check import AUDIT_CAUSES, AUDIT_READING, FALCO_CAUSES, FALCO_READING, Check
from kubectl_replay.detection.examination import Examination
from kubectl_replay.detection.findings import Findings
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.detection.verdict import Verdict
from tests.unit.detection.samples import ALERT, OTHER_RULE, RECORD, RULE

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert

OTHER = replace(ALERT, rule=OTHER_RULE)
GOOD = tuple(Check(reason, passed=True) for reason in (*FALCO_READING, *FALCO_CAUSES))
NOTHING: Findings[Alert] = Findings(noise=3)


def examine(*checks: Check, findings: Findings[Alert] = NOTHING, rest: tuple[Check, ...] = GOOD) -> Verdict:
    named = {check.about for check in checks}
    made = (*checks, *(check for check in rest if check.about not in named))
    return Examination("Falco", FALCO_READING, FALCO_CAUSES, made).judge(findings, 0.25)


def test_an_expected_alert_is_detected() -> None:
    second = replace(ALERT, time=1)
    findings = Findings([ALERT, second], others=[OTHER], noise=7)
    assert examine(findings=findings) == Verdict(
        "detected",
        "Falco",
        rule=RULE,
        alerts=(ALERT, second, OTHER),
        counted=2,
        latency_seconds=0.25,
        noise=7,
    )


def test_a_word_is_detected_and_marked_weak() -> None:
    verdict = examine(findings=Findings(weak=[ALERT]))
    assert (verdict.verdict, verdict.weak) == ("detected", True)


def test_what_was_seen_was_seen_whatever_the_checks_say() -> None:
    failed = tuple(Check(reason, passed=False) for reason in (*FALCO_READING, *FALCO_CAUSES))
    verdict = examine(*failed, findings=Findings([ALERT]))
    assert (verdict.verdict, verdict.reason, verdict.next_step, verdict.checks) == ("detected", None, "", ())


def test_another_rule_is_named() -> None:
    drops = Check(Missed.DROPS, passed=False)
    verdict = examine(drops, findings=Findings(others=[OTHER, replace(OTHER, time=1)]))
    assert verdict == Verdict(
        "detected_by_other_rule",
        "Falco",
        Missed.OTHER_RULE,
        MEANINGS[Missed.OTHER_RULE].advice,
        OTHER_RULE,
        (OTHER, replace(OTHER, time=1)),
        checks=(drops,),
    )


@pytest.mark.parametrize(
    ("findings", "reason"),
    [
        (Findings(late=[ALERT], others=[OTHER]), Missed.ALERT_LATE),
        (Findings(doubtful=[ALERT]), Missed.NONCE_MISSING),
        (Findings(undated=[ALERT]), Missed.TIME_UNKNOWN),
        (Findings(unnamed=[ALERT]), Missed.RULE_NOT_NAMED),
    ],
)
def test_an_alert_that_may_be_the_expected_one_is_inconclusive(
    findings: Findings[Alert], reason: Missed
) -> None:
    verdict = examine(findings=findings)
    assert (verdict.verdict, verdict.reason) == ("inconclusive", reason)
    assert verdict.next_step == MEANINGS[reason].advice
    assert ALERT in verdict.alerts
    assert verdict.latency_seconds is None


def test_silence_that_would_have_been_heard_is_not_detected() -> None:
    assert examine() == Verdict(
        "not_detected", "Falco", Missed.NO_ALERT, MEANINGS[Missed.NO_ALERT].advice, noise=3
    )


@pytest.mark.parametrize("reason", FALCO_READING)
def test_a_reading_check_that_failed_is_inconclusive(reason: Missed) -> None:
    failed = Check(reason, passed=False, words="seen")
    assert examine(failed) == Verdict(
        "inconclusive", "Falco", reason, MEANINGS[reason].advice, noise=3, checks=(failed,)
    )


@pytest.mark.parametrize("reason", FALCO_READING)
def test_a_reading_check_that_was_not_made_is_inconclusive(reason: Missed) -> None:
    unmade = Check(reason, passed=None, words="configmaps is forbidden")
    verdict = examine(unmade)
    assert (verdict.verdict, verdict.reason) == ("inconclusive", Missed.CHECK_NOT_MADE)
    assert verdict.checks == (unmade,)


def test_a_failure_stands_before_what_was_not_made() -> None:
    denied, drops = Check(Missed.LOGS_DENIED, passed=None), Check(Missed.DROPS, passed=False)
    verdict = examine(denied, drops)
    assert (verdict.reason, verdict.checks) == (Missed.DROPS, (denied, drops))


@pytest.mark.parametrize("reason", FALCO_CAUSES)
def test_a_cause_gives_silence_its_reason(reason: Missed) -> None:
    failed = Check(reason, passed=False)
    verdict = examine(failed)
    assert (verdict.verdict, verdict.reason, verdict.checks) == ("not_detected", reason, (failed,))
    assert verdict.next_step == MEANINGS[reason].advice


@pytest.mark.parametrize("cause", FALCO_CAUSES)
def test_a_cause_never_changes_the_verdict(cause: Missed) -> None:
    failed = Check(cause, passed=False)
    assert examine(failed, Check(Missed.DROPS, passed=False)).reason == Missed.DROPS
    assert examine(failed, findings=Findings([ALERT])).verdict == "detected"


def test_causes_that_were_not_looked_at_are_named() -> None:
    verdict = examine(Check(Missed.RULE_NOT_LOADED, passed=None), Check(Missed.MINIMUM_PRIORITY, passed=None))
    assert (verdict.verdict, verdict.reason) == ("not_detected", Missed.NO_ALERT)
    assert verdict.next_step == (
        "run again with --diagnose, which asks Falco itself; not checked: rule_not_loaded, minimum_priority"
    )


def test_a_cause_that_was_found_needs_no_further_look() -> None:
    verdict = examine(
        Check(Missed.SOURCE_NOT_LOADED, passed=None), Check(Missed.RULE_NOT_LOADED, passed=False)
    )
    assert (verdict.reason, len(verdict.checks)) == (Missed.RULE_NOT_LOADED, 2)


def test_no_check_at_all_is_inconclusive() -> None:
    verdict = examine(rest=())
    assert (verdict.verdict, verdict.reason) == ("inconclusive", Missed.CHECK_NOT_MADE)
    assert [check.about for check in verdict.checks] == list(FALCO_READING)


def test_the_audit_log_is_judged_alike() -> None:
    made = tuple(Check(reason, passed=True) for reason in AUDIT_READING)
    examination = Examination("Kubernetes audit log", AUDIT_READING, AUDIT_CAUSES, made)
    assert examination.judge(Findings([RECORD])).rule == "create pods/exec"
    silent: Findings[Alert] = Findings()
    assert examination.judge(silent).next_step == (
        "run again with --diagnose, which asks Falco itself; not checked: audit_policy_silent"
    )


_CHECKS = st.lists(st.builds(Check, st.sampled_from(Missed), st.sampled_from([True, False, None])))


@given(_CHECKS)
def test_no_check_upgrades_silence(checks: list[Check]) -> None:
    verdict = Examination("Falco", FALCO_READING, FALCO_CAUSES, tuple(checks)).judge(NOTHING)
    assert verdict.verdict in {"inconclusive", "not_detected"}
    passed = {about for about in FALCO_READING if any(check.about is about for check in checks)}
    assert verdict.reason
    assert verdict.next_step
    if verdict.verdict == "not_detected":
        assert passed == set(FALCO_READING)
        assert all(check.passed for check in checks if check.about in FALCO_READING)
