"""What a scenario needs, and whether this user has it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from kubectl_replay import catalog
from kubectl_replay.doctor.finding import Finding, Status
from kubectl_replay.doctor.permissions import Right, Verdict, parse
from kubectl_replay.doctor.scenarios import Need, judge, read_needs
from kubectl_replay.kubectl import Connection
from kubectl_replay.request import RunRequest

if TYPE_CHECKING:
    from pathlib import Path

YES, NO = Verdict(allowed=True), Verdict(allowed=False)
PODS, EXEC = "pods: create get", "pods/exec: create"
ALL = (Right("create", "pods", namespace="ns"), Right("get", "pods", namespace="ns"))
ENTER = Right("create", "pods", subresource="exec", namespace="ns")


def need(*lines: str, privileged: bool = False) -> Need:
    return Need("probe", "ns", privileged, {line: parse(line, "ns") for line in lines})


def test_a_user_with_all_rights_is_ok() -> None:
    found = judge(need(PODS, EXEC), {**dict.fromkeys(ALL, YES), ENTER: YES})
    assert found == Finding("permissions", Status.OK, "probe: this user may do all it needs in ns")


@pytest.mark.parametrize(("privileged", "status"), [(False, Status.FAIL), (True, Status.WARN)])
def test_a_missing_right_fails_unless_the_scenario_is_privileged(privileged: bool, status: Status) -> None:
    verdicts = {ALL[0]: NO, ALL[1]: YES, ENTER: NO}
    message = "probe: in ns this user may not pods: create; pods/exec: create"
    found = judge(need(PODS, EXEC, privileged=privileged), verdicts)
    assert found == Finding("permissions", status, message, "ask for a Role in ns that allows it")


def test_a_right_that_the_server_is_not_certain_of_is_a_warning() -> None:
    verdicts = {ALL[0]: YES, ALL[1]: Verdict(allowed=False, why="webhook down")}
    message = "not made: probe: the API server could not say: pods: get (webhook down)"
    found = judge(need(PODS), verdicts)
    assert found == Finding("permissions", Status.WARN, message, "see `kubectl auth can-i --list`")


def test_a_right_without_an_answer_is_a_warning() -> None:
    message = "not made: probe: the API server could not say: pods: get (no answer)"
    found = judge(need(PODS), {ALL[0]: YES})
    assert found == Finding("permissions", Status.WARN, message, "see `kubectl auth can-i --list`")


def test_a_line_that_cannot_be_read_is_a_warning() -> None:
    message = 'not made: probe: no permission can be read from "do: *!"'
    fix = "write it as RESOURCE[.GROUP][/SUBRESOURCE]: VERB..."
    found = judge(need(PODS, "do: *!"), dict.fromkeys(ALL, YES))
    assert found == Finding("permissions", Status.WARN, message, fix)


def test_a_missing_right_counts_more_than_a_line_that_cannot_be_read() -> None:
    assert judge(need(PODS, "do: *!"), dict.fromkeys(ALL, NO)).status is Status.FAIL


def test_a_scenario_that_declares_nothing_is_a_warning() -> None:
    message = "not made: probe: it declares no permissions"
    fix = "declare them in scenario.yaml: requires.permissions"
    assert judge(need(), {}) == Finding("permissions", Status.WARN, message, fix)


def test_all_that_the_built_in_scenarios_declare_can_be_read(tmp_path: Path) -> None:
    entries = catalog.entries(catalog.sources([], {}, tmp_path))
    needs, findings = read_needs(entries, RunRequest())
    assert findings == []
    assert [each.scenario for each in needs] == [entry.id for entry in entries]
    assert all(rights for each in needs for rights in each.rights.values())
    assert all(each.namespace == f"k8s-replay{'-privileged' * each.privileged}" for each in needs)


def test_the_namespace_is_the_one_that_is_asked_for(tmp_path: Path) -> None:
    entries = catalog.entries(catalog.sources([], {}, tmp_path))
    needs, _ = read_needs(entries, RunRequest(Connection(namespace="mine")))
    assert {each.namespace for each in needs} <= {"mine", "mine-privileged"}
    assert {right.namespace for each in needs for some in each.rights.values() for right in some} <= {
        "mine",
        "mine-privileged",
    }


def test_a_folder_with_errors_is_a_warning_and_the_others_are_read(tmp_path: Path) -> None:
    shell = catalog.find("shell-spawn", catalog.sources([], {}, tmp_path))
    assert shell
    folder = tmp_path / "scenarios" / "broken"
    shutil.copytree(shell.folder, folder)  # the id in it is another one
    found = catalog.entries([catalog.Source(folder.parent, "flag", hooks_allowed=True)])
    needs, findings = read_needs([*found, shell], RunRequest())
    message = "not made: broken: its folder has 1 errors"
    fix = "see them with `kubectl replay show broken`"
    assert findings == [Finding("permissions", Status.WARN, message, fix)]
    assert [each.scenario for each in needs] == ["shell-spawn"]
