"""What Falco answers of its rules and its configuration."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.falco_rules import Configuration, Rule, parse_configuration, parse_rules

TABLE = """\
Rule                                               Description
----                                               -----------
Terminal shell in container                        A shell was used as the entrypoint of an exec
                                                   that has a terminal.
Redirect STDOUT/STDIN to Network Connection in Container Detect redirecting
"""

KEYS = st.sampled_from(["info", "name", "priority", "enabled", "tags"])


def described(name: str, **info: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"info": {"name": name, **info}, "details": {"condition_operators": []}}


def test_rules_are_read_from_the_line_that_is_json() -> None:
    rules = [
        described("One", priority="Notice", source="syscall", enabled=True, tags=["T1059", "container"]),
        described("Two", priority="Warning", source="k8s_audit", enabled=False),
        described("Three"),
    ]
    answer = f"Tue Nov 24 06:31:34 2026: Falco version: 0.44.1\n{json.dumps({'rules': rules})}\n"
    assert parse_rules(answer) == (
        Rule("One", "Notice", "syscall", True, ("T1059", "container")),
        Rule("Two", "Warning", "k8s_audit", False),
        Rule("Three"),
    )


def test_a_table_gives_names_and_nothing_else() -> None:
    assert parse_rules(TABLE)[0] == Rule("Terminal shell in container")
    assert len(parse_rules(TABLE)) == 2


@pytest.mark.parametrize("answer", ["", "Error: rules could not be loaded", "{}", '{"rules": 1}', "{half"])
def test_what_is_no_list_of_rules_names_none(answer: str) -> None:
    assert parse_rules(answer) == ()


@given(st.text())
def test_any_answer_is_read(answer: str) -> None:
    assert all(rule.enabled is None for rule in parse_rules(answer))


@given(
    st.lists(st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(KEYS, inner), max_leaves=5))
)
def test_no_list_of_rules_is_too_strange_to_be_read(rules: list[object]) -> None:
    assert len(parse_rules(json.dumps({"rules": rules}))) == sum(isinstance(rule, dict) for rule in rules)


WHOLE = """\
priority: notice
json_output: false
rule_matching: all
stdout_output: {enabled: true}
load_plugins: [container]
"""


def test_a_configuration_says_how_alerts_are_printed() -> None:
    assert parse_configuration(WHOLE) == Configuration(
        priority="notice", stdout=True, json=False, matching="all", plugins=("container",)
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_an_empty_configuration_says_nothing(text: str) -> None:
    assert parse_configuration(text) == Configuration()


@pytest.mark.parametrize("text", ["a: [", "- one", "word"])
def test_what_is_no_configuration_is_none(text: str) -> None:
    assert parse_configuration(text) is None


def test_a_stronger_configuration_counts_where_it_says_something() -> None:
    weak = Configuration("notice", stdout=True, json=False, matching="all", plugins=("container",))
    assert weak.under(Configuration()) == weak
    assert weak.under(Configuration(json=True, priority="debug")) == Configuration(
        "debug", stdout=True, json=True, matching="all", plugins=("container",)
    )
    assert Configuration().under(weak) == weak


@pytest.mark.parametrize(
    ("least", "priority", "hidden"),
    [
        ("notice", "Notice", False),
        ("notice", "Informational", True),
        ("informational", "INFO", False),
        ("Warning", "Notice", True),
        ("", "Notice", None),
        ("notice", "", None),
    ],
)
def test_what_is_below_the_minimum_is_hidden(least: str, priority: str, hidden: bool | None) -> None:
    assert Configuration(least).hides(priority) is hidden
