"""Scripts of a scenario's folder: what they are told, whom their kubectl reaches, and how they fail."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests.e2e import programs
from tests.e2e.copies import EXAMPLES, Copy
from tests.e2e.replay import PROGRAM, Replayed
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.cluster import Target
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

ELSEWHERE = {"name": "elsewhere", "cluster": {"server": "https://127.0.0.1:9"}}


@pytest.fixture
def hooked(tmp_path: Path) -> Copy:
    """A copy of the example with three hooks."""
    return Copy.of(EXAMPLES / "three-hooks", tmp_path / "scenarios")


def test_the_example_passes_twice_and_leaves_nothing(
    replay: Replay, namespace: Namespace, hooked: Copy
) -> None:
    for greeting in ("hello", 'a "b" $c'):
        replayed = replay(*hooked.words, "--set", f"greeting={greeting}", "-o", "json")
        assert (replayed.code, replayed.document["failure_reason"]) == (10, "")
        assert [proof["held"] for proof in replayed.document["evidence"]] == [True, True]
        assert namespace.left() == []


def test_the_example_runs_from_where_it_lies(replay: Replay) -> None:
    assert replay("three-hooks", "--scenarios", str(EXAMPLES)).code == 10


def test_a_hook_that_calls_kubectl_reaches_the_pinned_context(
    replay: Replay, target: Target, hooked: Copy, tmp_path: Path
) -> None:
    config = json.loads(target.kubeconfig.read_text("utf-8"))
    config["clusters"].append(ELSEWHERE)
    config["contexts"].append({"name": "elsewhere", "context": {"cluster": "elsewhere", "user": ""}})
    config["current-context"] = "elsewhere"
    file = tmp_path / "two-contexts"
    file.touch(0o600)
    file.write_text(json.dumps(config), "utf-8")
    assert replay(*hooked.words, "--context", target.context, env={"KUBECONFIG": str(file)}).code == 10
    words = (*hooked.words, "--context", target.context, "--kubeconfig", str(file))
    assert replay(*words, env={"KUBECONFIG": None}).code == 10


def test_a_hook_is_told_of_its_run(replay: Replay, target: Target, hooked: Copy) -> None:
    hooked.append("trigger.sh", "env | grep ^REPLAY_ | sort > told")
    document = replay(*hooked.words, "-o", "json").document
    lines = (hooked.folder / "told").read_text("utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines)
    expected = {
        "SCENARIO": "three-hooks",
        "RUN": document["run_id"],
        "NAMESPACE": document["namespace"],
        "POD": document["pod"],
        "CONTAINER": "target",
        "NODE": document["node"],
        "CONTEXT": target.context,
        "SET_GREETING": "hello",
    }
    assert {name: told[f"REPLAY_{name}"] for name in expected} == expected
    assert told["REPLAY_PROOF_A"] != told["REPLAY_PROOF_B"]
    assert told["REPLAY_NONCE"]


def test_a_trigger_hook_that_fails_ends_23_and_the_others_still_clean_up(
    replay: Replay, namespace: Namespace, hooked: Copy
) -> None:
    hooked.append("trigger.sh", "echo 'nothing to greet' >&2", "exit 7")
    replayed = replay(*hooked.words, "-o", "json")
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (23, "hook_failed")
    assert "  nothing to greet" in replayed.message.splitlines()
    assert (document["trigger"], document["behavior_verification"]) == ("fail", "pending")
    assert document["cleanup"]["status"] == "clean"
    assert namespace.left() == []


def test_a_verify_hook_that_says_no_ends_24_although_the_evidence_holds(
    replay: Replay, namespace: Namespace, hooked: Copy
) -> None:
    hooked.append("verify.sh", "echo 'not what was written' >&2", "exit 1")
    replayed = replay(*hooked.words, "-o", "json")
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (24, "hook_failed")
    assert "  not what was written" in replayed.message.splitlines()
    assert [proof["held"] for proof in document["evidence"]] == [True, True]
    assert (document["trigger"], document["behavior_verification"]) == ("pass", "fail")
    assert document["cleanup"]["status"] == "clean"
    assert namespace.left() == []


def test_a_verify_hook_is_not_asked_where_evidence_is_missing(replay: Replay, hooked: Copy) -> None:
    hooked.append("verify.sh", ": > asked")
    evidence = [{"output_contains": "nobody says this"}]
    hooked.change("scenario.yaml", lambda scenario: scenario["behavior"].update(evidence=evidence))
    replayed = replay(*hooked.words, "-o", "json")
    assert (replayed.code, replayed.document["failure_reason"]) == (24, "exec_not_confirmed")
    assert not (hooked.folder / "asked").exists()


def test_a_cleanup_hook_that_fails_ends_25_and_the_objects_are_gone_all_the_same(
    replay: Replay, namespace: Namespace, hooked: Copy
) -> None:
    hooked.append("cleanup.sh", "echo 'something is left' >&2", "exit 9")
    replayed = replay(*hooked.words, "-o", "json")
    document = replayed.document
    assert (replayed.code, document["overall"]) == (25, "cleanup_incomplete")
    assert (document["behavior_verification"], document["failure_reason"]) == ("pass", "objects_left")
    assert document["cleanup"]["status"] == "incomplete"
    first, *_, last = document["cleanup"]["message"].splitlines()
    assert (first, last) == ("cleanup.sh ended with exit code 9", "something is left")
    assert namespace.left() == []


def test_after_a_killed_run_cleanup_finds_what_the_scripts_made(
    replay: Replay, namespace: Namespace, hooked: Copy, tmp_path: Path
) -> None:
    hooked.append("trigger.sh", "sleep 60")
    running = replay.start(*hooked.words, env={"TMPDIR": str(tmp_path)})
    running.wait_for("ready      PASS")
    until(lambda: [name for name in namespace.left() if name.startswith("configmaps/note-")], "the note")
    running.signal(signal.SIGKILL)
    assert running.child.end().code == -signal.SIGKILL
    running.discard()
    assert replay("cleanup", "three-hooks", "--force").code == 0
    assert namespace.left() == []


def test_hooks_of_a_folder_that_nobody_named_are_refused(
    replay: Replay, namespace: Namespace, hooked: Copy
) -> None:
    def here(*words: str) -> Replayed:
        argv = (PROGRAM, *words, "-o", "json")
        ended = programs.run(argv, replay.surroundings(None), cwd=hooked.folder.parents[1])
        return Replayed(ended.code, ended.out, ended.err)

    refused = here("three-hooks")
    assert (refused.code, refused.document["failure_reason"]) == (20, "hooks_not_allowed")
    assert namespace.left() == []
    assert here("three-hooks", "--scenarios", "scenarios").code == 10


def test_hooks_of_a_folder_that_a_variable_names_run(replay: Replay, hooked: Copy) -> None:
    assert replay("three-hooks", env={"REPLAY_SCENARIOS_PATH": str(hooked.folder.parent)}).code == 10
