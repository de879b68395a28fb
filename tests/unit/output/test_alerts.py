"""Alerts as lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.falco_text import parse
from kubectl_replay.detection.line import split
from kubectl_replay.output.alerts import LONGEST_BEGINNING, render, rule
from tests.unit.detection.samples import ALERT, PREFIX, RULE, falco_text, falco_text_0_40

SECRET = "hunter2"  # noqa: S105 - no password


def line(**changes: Any) -> str:  # noqa: ANN401 - the fields of an alert
    return render(replace(ALERT, **changes), "node-a", 8)


def beginning(text: str) -> str:
    alert = parse(split(text))
    assert alert
    return rule(alert)


def test_a_line_says_when_where_how_grave_which_rule_and_of_what() -> None:
    assert line() == (
        "2026-11-24T06:42:31.262Z  node-a    Notice         Terminal shell in container             "
        "  k8s-replay/kr-shell-bcdfghjk  shell"
    )


def test_what_falco_does_not_say_is_a_dash() -> None:
    silent = line(time=None, stamp=None, priority="", namespace=None, pod=None, container_name=None)
    assert silent.split() == ["-", "node-a", "-", *ALERT.rule.split(), "-", "c0ffee012345"]
    assert line(container_name=None, container_id=None).endswith("  -")
    assert "  -/lone  " in line(namespace=None, pod="lone")
    assert "  shop  " in line(namespace="shop", pod=None)
    assert render(ALERT, "").split()[1] == "-"


def test_an_event_whose_time_cannot_be_told_has_that_of_its_line() -> None:
    assert line(time=None).startswith("2026-11-24T06:42:31.264Z  ")


def test_of_text_the_beginning_stands_for_the_rule() -> None:
    assert beginning(falco_text()) == beginning(falco_text_0_40()) == PREFIX


@pytest.mark.parametrize(
    "message",
    [
        f"A shell (command=sh -c {SECRET})",
        f"A shell | command=sh -c {SECRET}",
        f"A shell command=sh -c {SECRET}",
        f"A shell was run by mallory with a long command line whose last word is the secret {SECRET}",
        f"user=root ran {SECRET}",
    ],
)
def test_no_field_of_a_message_is_shown(message: str) -> None:
    shown = line(rule="", message=message)
    assert SECRET not in shown
    assert len(rule(replace(ALERT, rule="", message=message))) <= LONGEST_BEGINNING + 1


def test_a_message_of_fields_only_is_a_dash() -> None:
    assert rule(replace(ALERT, rule="", message="user=root ran")) == "-"


@given(st.text(), st.text(), st.text(min_size=1))
def test_whatever_falco_prints_is_one_line_of_printable_characters(name: str, pod: str, node: str) -> None:
    found = render(replace(ALERT, rule=name, pod=pod, message=pod), node)
    assert found.isprintable()
    assert len(found.splitlines()) == 1


@given(st.text(alphabet="qzj", min_size=4), st.sampled_from([RULE, ""]))
def test_no_command_line_is_ever_shown(command: str, name: str) -> None:
    alert = replace(ALERT, rule=name, message=f"{PREFIX} | cmd={command}", fields={"proc.cmdline": command})
    assert command not in render(alert, "node-a")
