"""Which file has the rule that Falco lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kubectl_replay.detection.check import Check
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.detection.rules_file import advise, how_to_have
from kubectl_replay.detection.verdict import Verdict

INCUBATING = "falco-incubating_rules.yaml"
LOAD = "a stock Falco does not have this rule: load falco-incubating_rules.yaml"
SILENT = Verdict(
    "not_detected",
    "Falco",
    Missed.NO_ALERT,
    "run again with --diagnose",
    checks=(Check(Missed.RULE_NOT_LOADED, passed=None),),
)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("", ""),
        ("falco_rules.yaml", ""),
        (INCUBATING, LOAD),
        ("falco-sandbox_rules.yaml", "a stock Falco does not have this rule: load falco-sandbox_rules.yaml"),
        (
            "k8s_audit_rules.yaml",
            (
                "a stock Falco does not have this rule: load the plugin k8saudit with its "
                "k8s_audit_rules.yaml, and feed it the API server's audit log"
            ),
        ),
        ("README.md", "no Falco comes with this rule: add it from the scenario's README.md"),
        ("ours.yaml", "this rule is in ours.yaml: load that"),
    ],
)
def test_what_it_takes_to_have_the_rules_of_a_file(file: str, words: str) -> None:
    assert how_to_have(file) == words


def test_silence_that_a_missing_rule_may_explain_names_the_file() -> None:
    assert advise(SILENT, INCUBATING) == replace(
        SILENT,
        next_step=f"{LOAD}; where it is loaded, run again with --diagnose",
    )


@pytest.mark.parametrize("reason", [Missed.RULE_NOT_LOADED, Missed.SOURCE_NOT_LOADED])
def test_where_the_rule_is_known_to_be_missing_the_file_is_the_next_step(reason: Missed) -> None:
    unmade = Check(Missed.RULE_NOT_LOADED, passed=None)
    checks = (Check(reason, passed=False), unmade)
    verdict = Verdict("not_detected", "Falco", reason, MEANINGS[reason].advice, checks=checks)
    assert advise(verdict, INCUBATING).next_step == LOAD


def test_a_stock_falco_s_rule_needs_no_file() -> None:
    assert advise(SILENT, "falco_rules.yaml") is SILENT


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict("detected", "Falco"),
        replace(SILENT, checks=()),
        replace(
            SILENT, reason=Missed.MINIMUM_PRIORITY, checks=(Check(Missed.MINIMUM_PRIORITY, passed=False),)
        ),
        replace(SILENT, verdict="inconclusive", reason=Missed.DROPS),
        replace(
            SILENT,
            reason=Missed.RULE_NOT_LOADED,
            checks=(Check(Missed.RULE_NOT_LOADED, passed=False, words="disabled"),),
        ),
    ],
    ids=["detected", "it is loaded", "it is hidden", "nobody knows", "it is disabled"],
)
def test_where_no_rule_is_missing_nothing_is_added(verdict: Verdict) -> None:
    assert advise(verdict, INCUBATING) is verdict
