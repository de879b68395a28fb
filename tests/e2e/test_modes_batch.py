"""Several runs in one: `--repeat`, `--parallel`, several ids, `--all`, `--tag`, `--require`."""

from __future__ import annotations

import re
import signal
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.copies import BUILT_IN
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed

PASSED = "scenario_passed_detection_skipped"
SAFE = sorted(folder.name for folder in BUILT_IN.iterdir() if folder.name != "privileged-start")
NO_PARAMETER = "the scenario has no such parameter"
LEFT_OUT = {"id": "privileged-start", "reason": "privileged_not_allowed"}


def summary(replayed: Replayed) -> dict[str, Any]:
    """Give the document's summary; fails the test where it and the results do not agree."""
    document = replayed.document
    told: dict[str, Any] = document["summary"]
    assert told["exit_code"] == replayed.code
    assert told["total"] == len(document["results"])
    assert told["overall"] == Counter(result["overall"] for result in document["results"])
    return told


def scenarios(replayed: Replayed) -> list[str]:
    return [result["scenario"] for result in replayed.document["results"]]


def test_three_at_once_are_one_document(replay: Replay, namespace: Namespace) -> None:
    replayed = replay("shell-spawn", "--repeat", "3", "--parallel", "3", "-o", "json")
    told = summary(replayed)
    assert (replayed.code, told["passed"], told["failed"], told["not_run"]) == (10, 3, 0, [])
    results = replayed.document["results"]
    assert len({result["run_id"] for result in results}) == 3
    assert {result["cleanup"]["status"] for result in results} == {"clean"}
    longest = max(result["duration_seconds"] for result in results)
    assert told["duration_seconds"] < sum(result["duration_seconds"] for result in results)
    assert told["duration_seconds"] >= longest
    assert namespace.left() == []


def test_three_boxes_stand_above_one_table(replay: Replay, namespace: Namespace) -> None:
    replayed = replay("shell-spawn", "--repeat", "3", "--parallel", "3")
    assert replayed.code == 10
    assert replayed.stdout.count("║  scenario summary ") == 3
    assert replayed.stdout.count("║  overall             SCENARIO PASS   ║") == 3
    count, *rows = replayed.stdout.splitlines()[-4:]
    assert re.fullmatch(r"3 runs in \d+\.\d s: 3 passed, 0 failed, 0 not run", count)
    assert all(re.fullmatch(r"  shell-spawn  [a-z0-9]{8}  SCENARIO PASS", row) for row in rows)
    assert namespace.left() == []


def test_one_that_is_repeated_once_is_a_document_of_several(replay: Replay) -> None:
    replayed = replay("shell-spawn", "--repeat", "1", "-o", "json")
    assert (summary(replayed)["total"], replayed.code) == (1, 10)


def test_all_leaves_the_privileged_one_out_and_says_so(replay: Replay, namespace: Namespace) -> None:
    namespace.create(enforce="restricted")
    replayed = replay("run", "--all", "--parallel", "3", "--set", "target=sink", "-o", "json")
    told = summary(replayed)
    assert (replayed.code, told["not_run"]) == (10, [LEFT_OUT])
    assert scenarios(replayed) == SAFE
    assert told["overall"] == {PASSED: len(SAFE)}
    assert namespace.left() == []


def test_a_tag_means_all_that_have_it(replay: Replay) -> None:
    replayed = replay("run", "--tag", "execution", "--tag", "privilege", "--parallel", "2")
    assert replayed.code == 10
    *_, count, first, second, left_out = replayed.stdout.splitlines()
    assert count.endswith(": 2 passed, 0 failed, 1 not run")
    assert [first.split()[0], second.split()[0]] == ["kubectl-exec", "shell-spawn"]
    assert left_out == "  privileged-start  not run: privileged_not_allowed"
    unknown = replay("run", "--tag", "none")
    assert (unknown.code, unknown.stdout) == (2, "")
    assert "No scenario has the tag none." in unknown.stderr


def test_one_whose_pod_fails_fails_alone_and_its_code_counts(
    replay: Replay, draft: Draft, namespace: Namespace
) -> None:
    draft.container.update(command=["false"], readinessProbe={"exec": {"command": ["false"]}})
    _, *flags = draft.write()
    words = ("run", "kubectl-exec", "probe", "shell-spawn", *flags, "--parallel", "3", "-o", "json")
    replayed = replay(*words, "--require", "behavior")
    told = summary(replayed)
    assert (replayed.code, told["passed"], told["failed"]) == (22, 2, 1)
    assert scenarios(replayed) == ["kubectl-exec", "probe", "shell-spawn"]
    good, bad, other = replayed.document["results"]
    assert (good["overall"], other["overall"]) == (PASSED, PASSED)
    assert (bad["overall"], bad["failure_reason"]) == ("ready_timeout", "pod_ended")
    assert namespace.left() == []


def test_a_broken_folder_fails_alone(replay: Replay, draft: Draft) -> None:
    draft.scenario["nonsense"] = 1
    _, *flags = draft.write()
    replayed = replay("run", "shell-spawn", "probe", *flags, "-o", "json")
    assert (replayed.code, summary(replayed)["failed"]) == (20, 1)
    passed, broken = replayed.document["results"]
    assert (passed["overall"], broken["failure_reason"]) == (PASSED, "scenario_invalid")


def test_where_the_behavior_is_enough_all_of_them_end_with_0(replay: Replay) -> None:
    words = ("run", "shell-spawn", "kubectl-exec", "--no-detection", "-o", "json")
    replayed = replay(*words, "--require", "behavior")
    assert (replayed.code, summary(replayed)["overall"]) == (0, {PASSED: 2})


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["shell-spawn", "--set", "target=x"], f"--set target: {NO_PARAMETER}; there are none."),
        (["curl-egress", "--set", "tarjet=x"], f"--set tarjet: {NO_PARAMETER}; they are target."),
        (["curl-egress", "--set", "target"], "--set target: wanted NAME=VALUE."),
        (["run", "shell-spawn", "--all"], "Name scenarios, or --all, or --tag."),
        (["run", "--parallel", "0", "--all"], "Invalid value for '--parallel'"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(replay: Replay, words: list[str], error: str) -> None:
    replayed = replay(*words, "-o", "json")
    assert (replayed.code, replayed.stdout) == (2, "")
    assert f"Error: {error}" in replayed.stderr


@pytest.mark.parametrize("output", ["json", "box"])
def test_an_interruption_ends_those_under_way_and_lists_those_that_were_not_begun(
    replay: Replay, draft: Draft, namespace: Namespace, output: str
) -> None:
    draft.pod["spec"]["nodeSelector"] = {"e2e": "no-such-node"}
    running = replay.start(*draft.write(), "--repeat", "4", "--parallel", "2", "-o", output)
    until(lambda: len(namespace.pods) == 2, "two pods")
    until(lambda: _deployed(running.child.lines) == 2, "two deployed")
    running.signal(signal.SIGINT)
    replayed = running.end()
    assert replayed.code == 130
    assert namespace.left() == []
    if output == "box":
        assert replayed.stdout.count("║  overall             INTERRUPTED     ║") == 2
        assert replayed.stdout.count("  probe  not run: interrupted\n") == 2
        return
    told = summary(replayed)
    assert (told["overall"], told["failed"]) == ({"interrupted": 2}, 2)
    assert told["not_run"] == [{"id": "probe", "reason": "interrupted"}] * 2
    assert {result["cleanup"]["status"] for result in replayed.document["results"]} == {"clean"}


def _deployed(lines: list[str]) -> int:
    return sum(line.startswith("deploy     PASS") for line in lines)
