"""Which Falco it is, from its log or else from its pod."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_replay.doctor.falco import start
from kubectl_replay.doctor.finding import Finding, Status, ok
from tests.unit.doctor.falco.samples import OWN, START, reading

RESTART = "nothing, or restart the agent: its start tells"
AT_ONCE = "alerts are printed at once"
HELD = "Falco 0.40.0 without a terminal and without -U can print alerts minutes late"
FIX = "start Falco with -U or with a terminal (chart: --set tty=true), or use Falco 0.44 or later"


def test_the_version_is_what_the_start_says_and_else_the_tag() -> None:
    assert start.judge_version(reading(f"{OWN}Falco version: 0.43.0 (x86_64)")) == ok(
        "version", "0.43.0, as its start says"
    )
    assert start.judge_version(reading()) == ok("version", "0.44.1, as the image's tag says")
    unknown = start.judge_version(reading(image="mine/falco:latest"))
    assert unknown == Finding(
        "version",
        Status.WARN,
        "not made: neither its log nor its image mine/falco:latest tells it",
        RESTART,
    )


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"image": "falco:0.40.0"}, Status.FAIL, HELD),
        ({"image": "falco:0.40.0", "terminal": True}, Status.OK, f"{AT_ONCE}: Falco has a terminal"),
        ({"image": "falco:0.40.0", "unbuffered": True}, Status.OK, f"{AT_ONCE}: Falco has the flag -U"),
        ({"image": "falco:0.34.1"}, Status.OK, f"{AT_ONCE} by Falco 0.34.1"),
        ({"image": "falco:0.44.0"}, Status.OK, f"{AT_ONCE} by Falco 0.44.0"),
        (
            {"image": "falco:latest"},
            Status.WARN,
            "not made: it has no terminal and no flag -U, and its version is not known",
        ),
    ],
)
def test_falco_0_35_to_0_43_must_have_a_terminal_or_its_flag(
    changes: dict[str, Any], status: Status, message: str
) -> None:
    found = start.judge_buffering(reading(**changes))
    assert (found.status, found.message) == (status, message)
    assert found.fix == ("" if status is Status.OK else FIX)


def test_the_version_that_the_start_says_is_stronger_than_the_tag() -> None:
    held = start.judge_buffering(reading(f"{OWN}Falco version: 0.40.0", image="falco:0.44.1"))
    assert (held.status, held.message) == (Status.FAIL, HELD)


def test_each_source_is_named_with_its_driver_or_plugin() -> None:
    assert start.judge_sources(reading(*START)) == ok("event sources", "syscall (modern BPF probe)")
    audit = start.judge_sources(
        reading(
            f"{OWN}Enabled event sources: k8s_audit",
            f"{OWN}Opening 'k8s_audit' source with plugin 'k8saudit'",
        )
    )
    assert audit == Finding(
        "event sources",
        Status.WARN,
        "k8s_audit (plugin 'k8saudit'): no system call is seen",
        "nothing, if another Falco watches system calls; else enable the source syscall",
    )
    quiet = start.judge_sources(reading(f"{OWN}Enabled event sources: syscall"))
    assert quiet.message == "syscall (by unknown means)"


def test_rules_files_are_listed() -> None:
    assert start.judge_rules_files(reading(*START)) == ok(
        "rules files", "/etc/falco/falco_rules.yaml, /etc/falco/rules.d/shop.yaml"
    )


@pytest.mark.parametrize("look", [start.judge_sources, start.judge_rules_files])
def test_a_log_without_a_start_tells_neither(look: Any) -> None:  # noqa: ANN401 - a function
    found = look(reading(f"{OWN}anything"))
    assert (found.status, found.message, found.fix) == (
        Status.WARN,
        "not made: its log does not reach back to its start",
        RESTART,
    )
