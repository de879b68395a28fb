"""What is told of a detection: the verdict, the rule or the reason, and never what an alert says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.check import Check
from kubectl_replay.detection.combination import AUDIT, FALCO, combine
from kubectl_replay.detection.falco_log import FalcoLog
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.detection.verdict import Verdict, inconclusive, skipped
from kubectl_replay.output import box, detected
from kubectl_replay.output import document as documents
from kubectl_replay.result import Detection
from tests.unit.detection.samples import (
    ALERT,
    EVENT,
    NAMESPACE,
    OTHER_RULE,
    POD,
    PREFIX,
    RECORD,
    RULE,
    SHORT,
    falco_json,
    falco_text,
)
from tests.unit.output.test_document import validate
from tests.unit.samples import result

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert, AuditRecord

SEEN = Verdict("detected", FALCO, rule=RULE, alerts=(ALERT,), counted=1, latency_seconds=0.0214)
LOGGED = Verdict("detected", AUDIT, rule=RECORD.label, alerts=(RECORD,), counted=1, latency_seconds=0.5)
ADVICE = MEANINGS[Missed.NO_ALERT].advice


def told(*verdicts: Verdict) -> list[str]:
    return list(detected.lines(Detection(combine(verdicts), verdicts)))


def document(*verdicts: Verdict) -> dict[str, Any]:
    """Return the block of a document that its schema admits."""
    found = result(detection=Detection(combine(verdicts), verdicts))
    validate(json.loads(documents.render(found)))
    block: dict[str, Any] = json.loads(json.dumps(detected.document(found.detection)))
    return block


def test_where_nobody_was_asked_nothing_is_told() -> None:
    assert list(detected.lines(Detection())) == []
    found = detected.document(Detection())
    assert [key for key, value in found.items() if value] == []
    assert (found["verdict"], found["latency_seconds"]) == (None, None)


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (SEEN, 'detected by Falco: "Terminal shell in container", 0.021 s after the trigger'),
        (
            replace(SEEN, latency_seconds=None, readable_seconds=1.26),
            'detected by Falco: "Terminal shell in container", readable 1.3 s after the trigger',
        ),
        (replace(SEEN, latency_seconds=0.0), f'detected by Falco: "{RULE}", 0.000 s after the trigger'),
        (
            replace(SEEN, latency_seconds=None, weak=True),
            'detected by Falco: "Terminal shell in container" (weak: known by a word alone)',
        ),
        (Verdict("not_detected", FALCO), "not_detected by Falco"),
        (
            Verdict("not_detected", FALCO, Missed.RULE_NOT_LOADED),
            (
                "not_detected by Falco: Falco has not loaded the expected rule, or has it disabled "
                "(rule_not_loaded)"
            ),
        ),
        (
            Verdict("inconclusive", FALCO, Missed.DROPS, rule=RULE),
            f'inconclusive by Falco: "{RULE}": Falco lost events during the run (drops)',
        ),
    ],
)
def test_a_verdict_is_one_line(verdict: Verdict, line: str) -> None:
    assert told(verdict) == [line]


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (skipped("disabled", Missed.DISABLED), "skipped: Detection was switched off (disabled)"),
        (skipped("none", Missed.NO_BACKEND), "skipped: No detector was found to ask (no_backend)"),
        (
            skipped(FALCO, Missed.NO_EXPECTATION),
            "skipped for Falco: The scenario expects nothing of this detector (no_expectation)",
        ),
        (
            inconclusive(AUDIT, Missed.LOGS_DENIED),
            f"inconclusive by {AUDIT}: The API server forbids reading the detector's log (logs_denied)",
        ),
    ],
)
def test_what_is_missing_comes_with_the_next_step(verdict: Verdict, line: str) -> None:
    assert told(verdict) == [line, f"next: {verdict.next_step}"]


@pytest.mark.parametrize("passed", [False, None])
def test_what_the_check_saw_that_decided_is_told_and_no_other(passed: bool | None) -> None:
    checks = (
        Check(Missed.LOGS_DENIED, passed=passed, words="Error: pods/log is\n  forbidden"),
        Check(Missed.DROPS, passed=False, words="not this"),
    )
    assert told(Verdict("inconclusive", FALCO, Missed.LOGS_DENIED, checks=checks)) == [
        "inconclusive by Falco: The API server forbids reading the detector's log (logs_denied)",
        "  Error: pods/log is",
        "    forbidden",
    ]


def test_checks_that_were_not_made_are_named_where_they_are_the_reason() -> None:
    checks = (
        Check(Missed.STDOUT_BUFFERED, passed=None, words="unknown version,\nimage x"),
        Check(Missed.DROPS, passed=None),
    )
    assert told(Verdict("inconclusive", FALCO, Missed.CHECK_NOT_MADE, checks=checks))[1:] == [
        "  stdout_buffered: unknown version, image x",
        "  drops: not checked",
    ]


def test_of_several_each_has_its_line_and_the_next_step_is_that_of_all() -> None:
    absent = skipped(FALCO, Missed.NO_BACKEND)
    assert told(absent, LOGGED) == [
        "skipped for Falco: No detector was found to ask (no_backend)",
        'detected by Kubernetes audit log: "create pods/exec", 0.500 s after the trigger',
        f"next: {absent.next_step}",
    ]


@pytest.mark.parametrize("reason", Missed)
def test_every_reason_is_told_with_its_sentence_and_its_word(reason: Missed) -> None:
    (first,) = detected.lines(Detection(Verdict("inconclusive", FALCO, reason)))
    assert first == f"inconclusive by Falco: {MEANINGS[reason].sentence.rstrip('.')} ({reason})"


def test_the_document_has_the_whole_and_each() -> None:
    unmade = Check(Missed.DROPS, passed=None, words="no words")
    blind = Verdict(
        "inconclusive", FALCO, Missed.CHECK_NOT_MADE, "look", rule=OTHER_RULE, noise=3,
        alerts=(replace(ALERT, rule=OTHER_RULE),), checks=(unmade,),
    )  # fmt: skip
    found = document(blind, replace(LOGGED, readable_seconds=1.23456, noise=4))
    assert {key: value for key, value in found.items() if key not in {"backends", "alerts"}} == {
        "verdict": "inconclusive",
        "reason": "check_not_made",
        "rule": OTHER_RULE,
        "weak": False,
        "latency_seconds": None,
        "readable_seconds": None,
        "noise": 7,
        "next_step": "look",
    }
    assert found["backends"] == [
        {
            "name": FALCO,
            "verdict": "inconclusive",
            "reason": "check_not_made",
            "rule": OTHER_RULE,
            "latency_seconds": None,
            "readable_seconds": None,
            "checks": [{"about": "drops", "passed": None, "words": "no words"}],
            "next_step": "look",
        },
        {
            "name": AUDIT,
            "verdict": "detected",
            "reason": None,
            "rule": "create pods/exec",
            "latency_seconds": 0.5,
            "readable_seconds": 1.235,
            "checks": [],
            "next_step": "",
        },
    ]
    assert [alert["expected"] for alert in found["alerts"]] == [False, True]


def test_an_alert_is_told_by_what_identifies_it() -> None:
    other = replace(ALERT, rule=OTHER_RULE, time=None, namespace=None, pod=None, container_id=None)
    found = document(replace(SEEN, alerts=(ALERT, other), counted=1))
    assert found["alerts"] == [
        {
            "backend": FALCO,
            "rule": RULE,
            "expected": True,
            "time": EVENT,
            "namespace": NAMESPACE,
            "pod": POD,
            "container_id": SHORT,
            "priority": "Notice",
            "source": "syscall",
        },
        {
            "backend": FALCO,
            "rule": OTHER_RULE,
            "expected": False,
            "time": None,
            "namespace": None,
            "pod": None,
            "container_id": None,
            "priority": "Notice",
            "source": "syscall",
        },
    ]


def test_a_request_is_told_by_what_identifies_it() -> None:
    assert document(LOGGED)["alerts"] == [
        {
            "backend": AUDIT,
            "rule": "create pods/exec",
            "expected": True,
            "time": "2026-11-24T06:42:31.300000000Z",
            "namespace": NAMESPACE,
            "name": POD,
            "user": "jane",
            "code": 101,
        }
    ]


def test_times_are_told_to_the_millisecond() -> None:
    found = document(replace(SEEN, latency_seconds=0.0214567, readable_seconds=1.9996))
    assert (found["latency_seconds"], found["readable_seconds"]) == (0.021, 2.0)


SECRET = "hunter2correcthorse"  # noqa: S105 - nobody's
"""What a command, a file or a request may have held."""


def parsed(line: str) -> Alert:
    alert = FalcoLog().feed(line)
    assert alert is not None
    assert SECRET in alert.message
    return alert


REPORTS: dict[str, Alert | AuditRecord] = {
    "json": parsed(falco_json(command=f"sh -c 'login {SECRET}'", tags=[SECRET])),
    "text": parsed(falco_text(command=f"sh -c 'login {SECRET}'")),
    "old text": replace(ALERT, rule="", message=f"{PREFIX} (user=root command={SECRET})", raw=SECRET),
    "bare text": replace(ALERT, rule="", message=f"Opened a file user=root command={SECRET}", raw=SECRET),
    "fields": replace(ALERT, message=SECRET, raw=SECRET, fields={"proc.env": SECRET}, container_name=SECRET),
    "request": replace(RECORD, request_uri=f"/exec?command={SECRET}", user_agent=SECRET, caller_pod=SECRET),
}
WORDS = ["detected", "detected_by_other_rule", "not_detected", "inconclusive"]


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("word", WORDS)
def test_what_an_alert_says_is_told_nowhere(name: str, word: Any) -> None:  # noqa: ANN401 - a literal
    report = REPORTS[name]
    verdict = Verdict(
        word, FALCO, None if word == "detected" else Missed.OTHER_RULE, rule=report.label, alerts=(report,),
        counted=1,
    )  # fmt: skip
    for each in ((verdict,), (verdict, LOGGED)):
        found = result(detection=Detection(combine(each), each))
        assert SECRET not in documents.render(found)
        assert SECRET not in box.render(found)


@given(st.text(), st.text(), st.text(), st.text())
def test_any_words_are_a_document_of_the_schema(rule: str, words: str, step: str, backend: str) -> None:
    check = Check(Missed.LOG_UNREADABLE, passed=False, words=words)
    alert = replace(ALERT, rule=rule, namespace=words, pod=step, container_id=rule)
    verdict = Verdict(
        "inconclusive", backend, Missed.LOG_UNREADABLE, step, rule, alerts=(alert,), checks=(check,)
    )
    found = document(verdict)
    assert (found["rule"], found["next_step"]) == (rule, step)
    assert found["backends"][0]["checks"][0]["words"] == words
