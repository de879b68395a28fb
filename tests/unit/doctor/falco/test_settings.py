"""What Falco answers of its rules and its configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_replay.backends.diagnosis import Answer
from kubectl_replay.detection.falco_rules import Configuration, Rule
from kubectl_replay.detection.fleet import Fleet
from kubectl_replay.doctor.falco import settings
from kubectl_replay.doctor.falco.settings import Asked
from kubectl_replay.doctor.finding import Finding, Status, ok
from tests.unit.detection.samples import falco_json, falco_text
from tests.unit.doctor.falco.samples import AGENT, reading
from tests.unit.samples import refused

if TYPE_CHECKING:
    from kubectl_replay.backends.agent_log import Reading

RULES = (
    Rule("One", "Notice", "syscall", enabled=True),
    Rule("Two", "Warning", "syscall", enabled=False),
)
WELL = Configuration(priority="debug", stdout=True, json=True, matching="first")
DENIED = 'Error from server (Forbidden): pods "a" is forbidden: User "x" cannot create resource "pods/exec"\n'
NOT_ASKED = f"not made: falco/falco-a could not be asked: {DENIED.strip()}"
ROLE = "ask for a Role in the namespace falco: pods/exec create, get"
JSON, TEXT = reading(falco_json()), reading(falco_text())
NAMES_NO_RULE = "set json_output: true in falco.yaml (chart: --set falco.json_output=true)"


def asked(
    configuration: Configuration | None = WELL, *readings: Reading, rules: tuple[Rule, ...] = RULES
) -> Asked:
    return Asked(Fleet((AGENT,)), Answer(rules, configuration), readings)


def test_a_healthy_falco_is_ok_in_everything() -> None:
    means = "as `falco -L` in falco/falco-a says, which may raise alerts of its own"
    assert [*settings.examine(asked())] == [
        ok("rules", f"2 loaded, 1 of them disabled, {means}"),
        ok("output", "JSON, which names the rule"),
        ok("stdout_output", "alerts are printed to stdout"),
        ok("minimum priority", "debug"),
        ok("rule_matching", "first: of the rules that match an event only the first speaks"),
    ]


def test_who_may_not_ask_is_told_so_for_each_check() -> None:
    nobody = Asked(Fleet((AGENT,)), Answer(failed=refused(DENIED)), ())
    assert [*settings.examine(nobody)] == [
        Finding(check, Status.WARN, NOT_ASKED, ROLE)
        for check in ("rules", "output", "stdout_output", "minimum priority", "rule_matching")
    ]


def test_what_the_log_shows_is_known_all_the_same() -> None:
    nobody = Asked(Fleet((AGENT,)), Answer(failed=refused(DENIED)), (JSON,))
    found = {each.check: each for each in settings.examine(nobody)}
    assert found["output"] == ok("output", "JSON, which names the rule")
    assert found["stdout_output"] == ok("stdout_output", "alerts are printed to stdout: the log has some")


def test_no_rule_in_the_answer_is_no_count() -> None:
    assert settings.judge_rules(asked(rules=())) == Finding(
        "rules",
        Status.WARN,
        "not made: the answer of `falco -L` names no rule",
        "try it in the agent's container",
    )


def test_where_nothing_is_said_of_being_enabled_nothing_is_disabled() -> None:
    found = settings.judge_rules(asked(rules=(Rule("One"), Rule("Two"))))
    assert found.message.startswith("2 loaded, as ")


@pytest.mark.parametrize(
    ("configuration", "readings", "message"),
    [
        (WELL, (TEXT,), "text, which cannot name the rule: alerts are known by how they begin"),
        (
            Configuration(json=False),
            (),
            "text, which cannot name the rule: alerts are known by how they begin",
        ),
        (Configuration(), (), "text, because falco.yaml says nothing else: it cannot name the rule"),
    ],
)
def test_text_output_is_a_warning(
    configuration: Configuration, readings: tuple[Reading, ...], message: str
) -> None:
    found = settings.judge_output(asked(configuration, *readings))
    assert found == Finding("output", Status.WARN, message, NAMES_NO_RULE)


def test_what_is_printed_counts_more_than_what_is_configured() -> None:
    assert settings.judge_output(asked(Configuration(json=False), JSON)).status is Status.OK


def test_alerts_that_go_elsewhere_fail() -> None:
    fix = "set stdout_output.enabled: true in falco.yaml"
    off = settings.judge_stdout(asked(Configuration(stdout=False), JSON))
    assert off == Finding(
        "stdout_output", Status.FAIL, "it is switched off, so that no log shows an alert", fix
    )
    unsaid = settings.judge_stdout(asked(Configuration()))
    assert unsaid == Finding("stdout_output", Status.WARN, "not made: falco.yaml says nothing of it", fix)


def test_a_configuration_that_cannot_be_read_is_told() -> None:
    found = [each.message for each in settings.examine(asked(None))][1:]
    assert found == ["not made: the configuration of falco/falco-a could not be read"] * 4


@pytest.mark.parametrize(
    ("least", "rules", "message"),
    [
        ("warning", RULES, "warning: 1 of 2 rules are below it and never speak"),
        ("error", (Rule("One"),), "error: rules of the priority Notice never speak"),
    ],
)
def test_a_minimum_that_silences_rules_is_a_warning(
    least: str, rules: tuple[Rule, ...], message: str
) -> None:
    configuration = Configuration(least)
    found = settings.judge_priority(asked(configuration, rules=rules), configuration)
    assert found == Finding("minimum priority", Status.WARN, message, "lower priority in falco.yaml")


def test_without_a_minimum_it_is_falco_s_own() -> None:
    assert settings.judge_priority(asked(), Configuration()) == ok("minimum priority", "debug")


def test_all_rules_may_speak_of_an_event() -> None:
    found = settings.judge_matching(Configuration(matching="all"))
    assert found == ok("rule_matching", "all: every rule that matches an event speaks")
