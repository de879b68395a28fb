"""The one error a user can meet."""

from __future__ import annotations

from kubectl_replay.errors import Failure
from kubectl_replay.reasons import REASONS, Reason
from tests.unit.samples import answer


def test_the_message_is_the_sentence_the_tool_s_words_the_command_and_what_to_do() -> None:
    failure = Failure(
        Reason.POD_ENDED, "It ended.", command="kubectl x", words="\n  a\n\n b\n", next_step="look at it"
    )
    assert failure.message == "It ended.\n  a\n   b\ncommand: kubectl x\nnext: look at it"
    assert str(failure) == "It ended."


def test_what_is_empty_is_left_out() -> None:
    assert Failure(Reason.POD_ENDED, "It ended.").message == "It ended."


def test_the_table_s_advice_stands_in_for_one_that_was_not_given() -> None:
    assert Failure(Reason.POD_DELETED, "It is gone.").message == "It is gone.\nnext: run again"
    assert Failure(Reason.POD_DELETED, "It is gone.", next_step="wait").next_step == "wait"


def test_a_call_that_ended_badly_is_told_with_the_table_s_sentence() -> None:
    asked = answer(
        out="not told: it may be a secret", err="error: no\n", code=1, argv=("kubectl", "get", "a b")
    )
    failure = Failure.of(Reason.RBAC_DENIED, asked)
    assert failure.reason is Reason.RBAC_DENIED
    assert failure.message == (
        "The API server forbids this to the user.\n"
        "  error: no\n"
        "command: kubectl get 'a b'\n"
        "next: ask for a Role: pods create, get, list, watch, delete and pods/exec create, get"
    )


def test_another_command_stands_in_for_one_that_cannot_be_pasted() -> None:
    failure = Failure.of(Reason.CREATE_FAILED, answer(argv=("kubectl", "create", "-k", "/gone")), command="x")
    assert failure.message == f"{REASONS[Reason.CREATE_FAILED].sentence}\ncommand: x"
