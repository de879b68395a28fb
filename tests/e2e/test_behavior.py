"""Exit code 24: a command that ran, but left no proof that the behavior happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.drafts import Draft
    from tests.e2e.replay import Replay, Replayed

PROOF = {"proof": True}


def assert_not_observed(replayed: Replayed, *message: str) -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (24, "exec_not_confirmed")
    assert document["overall"] == "behavior_not_observed"
    assert (document["trigger"], document["behavior_verification"]) == ("pass", "fail")
    assert document["detection_verification"] == "pending"
    assert document["detection"]["verdict"] is None
    assert document["cleanup"]["status"] == "clean"
    assert replayed.message.splitlines() == [
        "The command left no proof that the behavior happened.",
        *(f"  {line}" for line in message),
    ]


def test_a_command_that_prints_no_proof(replay: Replay, draft: Draft) -> None:
    draft.run("true", "{{replay.proof_a}}", "{{replay.proof_b}}")
    draft.prove({"exit_code": 0}, PROOF)
    replayed = replay(*draft.write(), "-o", "json")
    assert_not_observed(replayed, "not held: proof", "the command ended with exit code 0")
    assert [proof["held"] for proof in replayed.document["evidence"]] == [True, False]


@pytest.mark.parametrize(
    ("command", "tty"),
    [
        (["sh", "-c", "no-such-command-{{replay.nonce}} {{replay.proof_a}} {{replay.proof_b}}"], True),
        (["sh", "-c", "no-such-{{replay.proof_a}}; no-such-{{replay.proof_b}}"], True),
        (["sh", "-c", "{{replay.proof_a}}.{{replay.proof_b}} 2>&1"], False),
        (["sh", "-c", "echo {{replay.proof_a}} {{replay.proof_b}}"], False),
        (["cat", "/{{replay.proof_a}}/{{replay.proof_b}}"], True),
    ],
)
def test_a_command_that_only_echoes_what_it_was_sent(
    replay: Replay, draft: Draft, command: list[str], tty: bool
) -> None:
    draft.run(*command, tty=tty)
    draft.prove(PROOF)
    replayed = replay(*draft.write(), "-o", "json")
    assert replayed.code == 24
    assert replayed.document["failure_reason"] == "exec_not_confirmed"
    assert [proof["held"] for proof in replayed.document["evidence"]] == [False]


def test_a_command_that_holds_the_whole_proof_is_refused(replay: Replay, draft: Draft) -> None:
    draft.run("sh", "-c", "echo {{replay.proof_a}}{{replay.proof_b}}")
    draft.prove(PROOF)
    replayed = replay(*draft.write(), "-o", "json")
    assert (replayed.code, replayed.document["failure_reason"]) == (20, "scenario_invalid")
    assert "proof" in replayed.message


def test_a_wrong_exit_code_although_the_proof_is_there(replay: Replay, draft: Draft) -> None:
    draft.run("sh", "-c", "printf %s%s {{replay.proof_a}} {{replay.proof_b}}; exit 7")
    draft.prove({"exit_code": 0}, PROOF)
    replayed = replay(*draft.write(), "-o", "json")
    assert_not_observed(replayed, "not held: exit_code: 0", "the command ended with exit code 7")
    assert [proof["held"] for proof in replayed.document["evidence"]] == [False, True]


def test_an_exit_code_that_is_wanted_is_no_failure(replay: Replay, draft: Draft) -> None:
    draft.run("sh", "-c", "echo {{replay.nonce}}; exit 7")
    draft.prove({"exit_code": 7}, {"output_contains": "{{replay.nonce}}"}, {"output_matches": "^[a-z2-9]+$"})
    assert replay(*draft.write()).code == 10


def test_shell_spawn_without_its_terminal_is_not_observed(replay: Replay, draft: Draft) -> None:
    draft.scenario["trigger"]["tty"] = False
    replayed = replay(*draft.write(), "-o", "json")
    assert_not_observed(
        replayed,
        "not held: exit_code: 0",
        "not held: proof",
        "the command ended with exit code 1",
    )


def test_what_a_command_reads_is_what_the_scenario_says(replay: Replay, draft: Draft) -> None:
    draft.run("sh", "-c", "read -r first second; echo $first$second")
    draft.scenario["trigger"]["stdin"] = "{{replay.proof_a}} {{replay.proof_b}}\n"
    draft.prove(PROOF)
    assert replay(*draft.write()).code == 10


def test_the_output_of_the_command_is_never_printed(replay: Replay, draft: Draft) -> None:
    draft.run("sh", "-c", "echo top$(echo -secret)")
    draft.prove({"output_contains": "something else"})
    replayed = replay(*draft.write(), "-o", "json")
    assert replayed.code == 24
    assert "top-secret" not in replayed.stdout + replayed.stderr
