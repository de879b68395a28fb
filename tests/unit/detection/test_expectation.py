"""Whether an alert or a request is what a scenario expects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kubectl_replay.detection.expectation import Fit, expects_of_audit, expects_of_falco, fit, fits
from kubectl_replay.scenario.detection import AuditEvent, AuditExpectation, FalcoExpectation
from tests.unit.detection.samples import (
    ALERT,
    AUDIT_EXPECTATION,
    EXPECTATION,
    OTHER_PREFIX,
    OTHER_RULE,
    PREFIX,
    RECORD,
    RULE,
)

TEXT = replace(ALERT, rule="")


@pytest.mark.parametrize(
    "expectation",
    [
        FalcoExpectation(rules=(RULE,)),
        FalcoExpectation(output_prefixes=(PREFIX,)),
        FalcoExpectation(search_patterns=("shell",)),
        FalcoExpectation(output_patterns=("shell",)),
    ],
)
def test_anything_named_is_expected(expectation: FalcoExpectation) -> None:
    assert expects_of_falco(expectation)
    assert not expects_of_falco(replace(expectation, enabled=False))


@pytest.mark.parametrize("expectation", [FalcoExpectation(), FalcoExpectation(rules=("",))])
def test_nothing_named_is_not_expected(expectation: FalcoExpectation) -> None:
    assert not expects_of_falco(expectation)


def test_an_audit_log_is_expected_to_have_events() -> None:
    assert expects_of_audit(AUDIT_EXPECTATION)
    assert not expects_of_audit(AuditExpectation())


def test_json_names_the_rule() -> None:
    assert fit(ALERT, EXPECTATION) is Fit.EXPECTED
    assert fit(ALERT, FalcoExpectation(rules=("x", RULE))) is Fit.EXPECTED
    assert fit(replace(ALERT, rule=OTHER_RULE), EXPECTATION) is Fit.OTHER
    assert fit(replace(ALERT, rule=RULE.lower()), EXPECTATION) is Fit.OTHER


def test_text_begins_as_the_rule_does() -> None:
    assert fit(TEXT, EXPECTATION) is Fit.EXPECTED
    assert fit(replace(TEXT, message=f"{OTHER_PREFIX} | command=sh -c {PREFIX}"), EXPECTATION) is Fit.OTHER


def test_a_prefix_serves_json_where_no_rule_is_named() -> None:
    assert fit(ALERT, FalcoExpectation(output_prefixes=(PREFIX,))) is Fit.EXPECTED


def test_text_cannot_be_told_where_only_rules_are_named() -> None:
    expectation = FalcoExpectation(rules=(RULE,), search_patterns=("shell",))
    assert fit(TEXT, expectation) is Fit.UNKNOWN


@pytest.mark.parametrize("word", ["shell", "SHELL", "attached terminal", "(attached"])
@pytest.mark.parametrize("field", ["search_patterns", "output_patterns"])
def test_a_word_of_the_output_is_weak(word: str, field: str) -> None:
    alert = replace(TEXT, message="A shell with an (attached terminal")
    expectation = FalcoExpectation(**{field: (word,)})  # type: ignore[arg-type] # words
    if word == "attached terminal":
        alert = replace(alert, message=PREFIX)
    assert fit(alert, expectation) is Fit.WEAK


@pytest.mark.parametrize("word", ["exec", "hell", "", " "])
def test_a_part_of_a_word_is_none(word: str) -> None:
    alert = replace(TEXT, message="A shell was spawned | evt_type=execve")
    assert fit(alert, FalcoExpectation(search_patterns=(word,))) is Fit.OTHER


def test_a_word_is_not_looked_for_where_a_rule_is_named() -> None:
    alert = replace(ALERT, rule=OTHER_RULE)
    assert fit(alert, replace(EXPECTATION, search_patterns=("shell",))) is Fit.OTHER
    expectation = FalcoExpectation(output_prefixes=("x",), search_patterns=("shell",))
    assert fit(TEXT, expectation) is Fit.OTHER


def test_an_empty_prefix_is_none() -> None:
    assert fit(TEXT, FalcoExpectation(output_prefixes=("",), search_patterns=("nowhere",))) is Fit.OTHER


def events(verb: str, resource: str, subresource: str | None = None) -> AuditExpectation:
    return AuditExpectation((AuditEvent(verb, resource, subresource),))


@pytest.mark.parametrize("expected", ["create", "get"])
@pytest.mark.parametrize("seen", ["create", "get"])
@pytest.mark.parametrize("stream", ["exec", "attach", "portforward"])
def test_either_verb_opens_a_stream_to_a_pod(expected: str, seen: str, stream: str) -> None:
    """Kubectl opens it with POST (create) or, over WebSocket, with GET (get), and may try both."""
    assert fits(replace(RECORD, verb=seen, subresource=stream), events(expected, "pods", stream))


@pytest.mark.parametrize(
    ("changes", "expectation"),
    [
        ({"verb": "delete"}, events("create", "pods", "exec")),
        ({"subresource": ""}, events("get", "pods")),
        ({"subresource": "log"}, events("get", "pods", "log")),
        ({}, events("create", "pods")),
        ({"subresource": ""}, events("create", "pods", "exec")),
        ({"resource": "nodes"}, events("get", "nodes", "exec")),
        ({}, AuditExpectation()),
    ],
)
def test_any_other_request_must_be_named_exactly(
    changes: dict[str, str], expectation: AuditExpectation
) -> None:
    assert not fits(replace(RECORD, **changes), expectation)  # type: ignore[arg-type] # texts


def test_a_request_without_a_subresource_is_named_without() -> None:
    assert fits(replace(RECORD, subresource="", code=201), events("create", "pods"))


@pytest.mark.parametrize(
    ("stage", "enough"),
    [("ResponseStarted", True), ("ResponseComplete", True), ("", True), ("RequestReceived", False),
     ("Panic", False)],
)  # fmt: skip
def test_an_answer_must_have_begun(stage: str, enough: bool) -> None:
    assert fits(replace(RECORD, stage=stage), AUDIT_EXPECTATION) is enough


@pytest.mark.parametrize(
    ("code", "granted"), [(101, True), (201, True), (None, True), (400, False), (403, False), (500, False)]
)
def test_a_refused_request_is_not_the_behavior(code: int | None, granted: bool) -> None:
    assert fits(replace(RECORD, code=code), AUDIT_EXPECTATION) is granted
