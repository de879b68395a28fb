"""Asking Falco itself: what is run in its container, and what its answers explain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.backends.diagnosis import Answer, ask, checks
from kubectl_replay.detection.agents import find
from kubectl_replay.detection.check import Check
from kubectl_replay.detection.falco_rules import Configuration, Rule
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.scenario.detection import FalcoExpectation
from tests.unit.backends.samples import agent_pod
from tests.unit.detection.samples import OTHER_RULE, RULE
from tests.unit.fakes import ScriptedKubectl
from tests.unit.samples import FORBIDDEN, answer, refused

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

(AGENT,) = find([agent_pod()])
EXPECTED = FalcoExpectation(rules=(RULE, "My shell"))
LISTED = answer(json.dumps({"rules": [{"info": {"name": RULE, "priority": "Notice", "enabled": True}}]}))
LOADED = Rule(RULE, "Notice", enabled=True)
OTHER = Rule(OTHER_RULE, "Warning", enabled=True)
FALCO_YAML = "/etc/falco/falco.yaml"


def asked(*answers: Completed, more: tuple[str, ...] = ()) -> tuple[Answer, list[object]]:
    """Return the answer, and the words of every command that was run in the agent's container."""
    kubectl = ScriptedKubectl(execs=list(answers))
    found = ask(cast("Kubectl", kubectl), AGENT, more)
    assert all(call[:4] == ("exec", "falco", "falco-a", "falco") for call in kubectl.asked)
    return found, [call[4] for call in kubectl.asked]


def test_falco_is_asked_for_its_rules_and_its_configuration() -> None:
    assert asked(LISTED, answer("priority: debug\n")) == (
        Answer((LOADED,), Configuration(priority="debug")),
        [("falco", "-L", "-o", "json_output=true"), ("cat", FALCO_YAML)],
    )


def test_later_files_are_stronger() -> None:
    found, words = asked(
        LISTED, answer("priority: debug\nrule_matching: all\n"), answer("priority: error\n"), more=("/more",)
    )
    assert found.configuration == Configuration(priority="error", matching="all")
    assert words[1:] == [("cat", FALCO_YAML), ("cat", "/more")]


@pytest.mark.parametrize("failed", [refused(), answer(late=True)])
def test_a_falco_that_cannot_be_asked_is_asked_nothing_more(failed: Completed) -> None:
    found, words = asked(failed)
    assert found == Answer(failed=failed)
    assert len(words) == 1


@pytest.mark.parametrize("failed", [answer(code=1), answer(late=True), answer("- no mapping\n")])
def test_a_file_that_cannot_be_read_leaves_the_configuration_unknown(failed: Completed) -> None:
    found, words = asked(LISTED, answer("priority: debug\n"), failed, answer(""), more=("/a", "/b"))
    assert found == Answer((LOADED,), None)
    assert len(words) == 3


def explained(answered: Answer, expectation: FalcoExpectation = EXPECTED) -> list[Check]:
    return list(checks(answered, expectation))


HAS_RULE = [Check(Missed.RULE_NOT_LOADED, passed=True), Check(Missed.SOURCE_NOT_LOADED, passed=True)]


def test_a_rule_that_is_loaded_and_grave_enough_explains_nothing() -> None:
    found = explained(Answer((OTHER, LOADED), Configuration(priority="debug", stdout=True)))
    least = "minimum debug, the rule has Notice"
    assert found == [*HAS_RULE, Check(Missed.MINIMUM_PRIORITY, passed=True, words=least)]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((OTHER,), "not among the 1 rules that are loaded"),
        ((OTHER, Rule(RULE, "Notice", enabled=False)), "disabled"),
    ],
)
def test_a_rule_that_is_not_loaded_or_not_enabled_is_told(rules: tuple[Rule, ...], words: str) -> None:
    found = explained(Answer(rules, Configuration(priority="error")))
    assert found == [Check(Missed.RULE_NOT_LOADED, passed=False, words=words)]


def test_a_rule_below_the_minimum_priority_is_told() -> None:
    found = explained(Answer((LOADED,), Configuration(priority="error")))
    least = "minimum error, the rule has Notice"
    assert found == [*HAS_RULE, Check(Missed.MINIMUM_PRIORITY, passed=False, words=least)]


def test_one_rule_that_speaks_is_enough() -> None:
    rules = (LOADED, Rule("My shell", "Critical"))
    *_, last = explained(Answer(rules, Configuration(priority="error")))
    assert (last.about, last.passed) == (Missed.MINIMUM_PRIORITY, True)


@pytest.mark.parametrize(
    ("rule", "configuration", "words"),
    [
        (Rule(RULE), Configuration(priority="error"), "minimum error, the rule has ?"),
        (LOADED, Configuration(), "minimum ?, the rule has Notice"),
        (LOADED, None, "/etc/falco/falco.yaml cannot be read"),
    ],
)
def test_a_priority_that_nobody_told_is_a_check_that_was_not_made(
    rule: Rule, configuration: Configuration | None, words: str
) -> None:
    unmade = Check(Missed.MINIMUM_PRIORITY, passed=None, words=words)
    assert explained(Answer((rule,), configuration)) == [*HAS_RULE, unmade]


def test_alerts_that_are_not_printed_are_told() -> None:
    _, _, stdout, *_ = explained(Answer((LOADED,), Configuration(stdout=False)))
    assert stdout == Check(Missed.STDOUT_OUTPUT_OFF, passed=False, words="stdout_output.enabled: false")


def test_what_kept_falco_from_being_asked_is_told() -> None:
    found = explained(Answer(failed=refused()))
    assert found == [Check(Missed.RULE_NOT_LOADED, passed=None, words=FORBIDDEN.strip())]


def test_an_answer_without_rules_is_a_check_that_was_not_made() -> None:
    words = "the answer of `falco -L` names no rule"
    assert explained(Answer()) == [Check(Missed.RULE_NOT_LOADED, passed=None, words=words)]


def test_an_expectation_of_no_rule_is_not_explained() -> None:
    assert explained(Answer((LOADED,)), FalcoExpectation(output_prefixes=("A shell",))) == []
