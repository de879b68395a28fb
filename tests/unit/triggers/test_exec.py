"""A command in the container: its own exit code, or why kubectl could not run it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay import process
from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Left, Trace
from kubectl_replay.phases.trigger import trigger
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Status
from kubectl_replay.scenario.spec import Behavior, Evidence, Timeouts, Trigger
from kubectl_replay.triggers import KINDS
from kubectl_replay.triggers.exec import run_exec
from tests.unit.fakes import ScriptedKubectl, Silence
from tests.unit.runs import PIN, POD, PROOF, pinned_run, watched
from tests.unit.samples import FORBIDDEN, UNREACHABLE, answer, pod, ready_pod, scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run

WORDS = ["sh", "-c", ": nnnn; printf %s%s bcdf ghjk"]
ENDED = "command terminated with exit code"
TTY = "Unable to use a TTY - input is not a terminal or the right kind of file\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """The programs that were run; `says` is what they answer."""
    found: list[tuple[list[str], dict[str, Any]]] = []

    def run(argv: list[str], **how: object) -> Completed:
        found.append((list(argv), how))
        return answer("out")

    monkeypatch.setattr(process, "run", run)
    return found


def says(monkeypatch: pytest.MonkeyPatch, said: Completed) -> None:
    monkeypatch.setattr(process, "run", lambda *_, **__: said)


def ready_run(monkeypatch: pytest.MonkeyPatch, **trigger_fields: Any) -> tuple[Run, ScriptedKubectl]:  # noqa: ANN401
    of = scenario()
    wanted = Trigger(**({"kind": of.trigger.kind, "command": of.trigger.command} | trigger_fields))
    run = pinned_run(scenario(trigger=wanted, timeouts=Timeouts(trigger_seconds=7)))
    kubectl = watched(run)
    kubectl.clock.rule(monkeypatch, "watch")
    run.watch.pods[POD] = ready_pod()
    return run, kubectl


def test_the_command_is_sent_once_with_its_placeholders_filled(
    asked: list[tuple[list[str], dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, kubectl = ready_run(monkeypatch)
    assert run_exec(run) == Left((*WORDS, ""), 0, "out")
    ((argv, how),) = asked
    assert argv == ["kubectl", "exec", POD, "-c", "target", *PIN, "--", *WORDS]
    assert (how["timeout"], how["tty"], how["stdin"]) == (7, False, None)
    assert kubectl.calls == []


def test_a_terminal_and_input_are_asked_for_where_wanted(
    asked: list[tuple[list[str], dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = ready_run(monkeypatch, tty=True)
    run_exec(run)
    run, _ = ready_run(monkeypatch, stdin="run {{replay.run}}\n")
    assert run_exec(run).sent == (*WORDS, "run r1\n")
    assert [argv[2:4] for argv, _ in asked] == [["-i", "-t"], ["-i", POD]]
    assert [(how["tty"], how["stdin"]) for _, how in asked] == [(True, None), (False, "run r1\n")]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer("out"), 0),
        (answer("out", "some warning of kubectl\n"), 0),
        (answer("out", f"{ENDED} 1\n", 1), 1),
        (answer("out", f"curl: connection refused\n{ENDED} 7\n", 7), 7),
        (answer("out", f"Unable to use a TTY, says the command\n{ENDED} 3\n", 3), 3),
    ],
)
def test_the_command_s_own_code_is_kept_and_its_words_decide_nothing(
    monkeypatch: pytest.MonkeyPatch, said: Completed, code: int
) -> None:
    run, kubectl = ready_run(monkeypatch)
    says(monkeypatch, said)
    assert run_exec(run).code == code
    assert kubectl.calls == []


def code_alone(
    monkeypatch: pytest.MonkeyPatch, exists: Completed, *evidence: Evidence
) -> tuple[Run, list[str]]:
    """A run whose command ends with 0, and what was asked after it."""
    run, _ = ready_run(monkeypatch)
    told = Behavior("it happens", evidence or (Evidence("exit_code", 0),))
    run.scenario = replace(run.scenario, behavior=told)
    asked: list[str] = []

    def say(argv: list[str], **_: object) -> Completed:
        if argv[1] == "exec":
            return answer("out")
        asked.append(" ".join(argv[1:3]))
        return exists

    monkeypatch.setattr(process, "run", say)
    return run, asked


@pytest.mark.parametrize("kind", ["exit_code", "exec_succeeded"])
def test_a_code_of_0_that_alone_must_prove_is_taken_only_from_a_server_that_still_answers(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    weak = (Evidence(kind, 0), Evidence("pod", {"spec.hostNetwork": "true"}))
    run, asked = code_alone(monkeypatch, answer(f"pod/{POD}\n"), *weak)
    assert run_exec(run).code == 0
    assert asked == [f"get pod/{POD}"]


def test_a_connection_that_broke_silently_is_lost_and_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = code_alone(monkeypatch, answer("", UNREACHABLE, 1))
    found = failure(run)
    assert (found.reason, found.words) == (Reason.CONNECTION_LOST, UNREACHABLE.strip())
    assert found.message.splitlines()[0] == "The connection to the container broke off while the command ran."


def test_a_server_that_forbids_to_look_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = code_alone(monkeypatch, answer("", FORBIDDEN, 1))
    assert run_exec(run).code == 0
    assert asked == [f"get pod/{POD}"]


def test_a_pod_that_went_silently_under_the_command_was_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = code_alone(monkeypatch, answer(""))
    assert failure(run).reason is Reason.POD_DELETED


@pytest.mark.parametrize("kind", ["proof", "output_contains", "output_matches", "file_readable", "api_call"])
def test_where_an_output_must_be_there_nothing_more_is_asked(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    run, asked = code_alone(monkeypatch, answer(""), Evidence("exit_code", 0), Evidence(kind, "x"))
    assert run_exec(run).code == 0
    assert asked == []


def failure(run: Run) -> Failure:
    with pytest.raises(Failure) as raised:
        run_exec(run)
    return raised.value


@pytest.mark.parametrize("said", [answer("out", TTY), answer("out", f"{TTY}{ENDED} 1\n", 1)])
def test_a_terminal_that_kubectl_refuses_is_a_failure_whatever_the_command_did(
    monkeypatch: pytest.MonkeyPatch, said: Completed
) -> None:
    run, _ = ready_run(monkeypatch, tty=True)
    says(monkeypatch, said)
    assert failure(run).reason is Reason.NO_TERMINAL


def test_a_command_that_takes_too_long_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = ready_run(monkeypatch)
    says(monkeypatch, answer("out", code=-9, late=True))
    found = failure(run)
    assert found.reason is Reason.TRIGGER_TIMEOUT
    assert found.next_step == "raise timeouts.trigger_seconds in scenario.yaml"


@pytest.mark.parametrize(
    ("err", "reason"),
    [
        (UNREACHABLE, Reason.CONNECTION_LOST),
        ("error: unexpected EOF\n", Reason.CONNECTION_LOST),
        (FORBIDDEN, Reason.RBAC_DENIED),
        ('error: unable to upgrade connection: container not found ("target")\n', Reason.EXEC_FAILED),
        ("Error from server (BadRequest): container x is not valid for pod y\n", Reason.EXEC_FAILED),
        ("Error from server: error dialing backend: dial tcp: connection refused\n", Reason.EXEC_FAILED),
        ("error: You must be logged in to the server (Unauthorized)\n", Reason.EXEC_FAILED),
        (f"{ENDED} 0\nerror: unexpected EOF\n", Reason.CONNECTION_LOST),
        ("", Reason.EXEC_FAILED),
    ],
)
def test_where_the_command_did_not_end_kubectl_s_last_words_say_why(
    monkeypatch: pytest.MonkeyPatch, err: str, reason: Reason
) -> None:
    run, kubectl = ready_run(monkeypatch)
    kubectl.will_watch()
    run.watch.open()
    says(monkeypatch, answer("not told", err, 1))
    found = failure(run)
    assert (found.reason, found.words) == (reason, err.strip())
    assert kubectl.clock.now == 1003


def test_an_exec_that_a_policy_refuses_is_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    run, kubectl = ready_run(monkeypatch)
    err = "The pods \"p\" is invalid: : ValidatingAdmissionPolicy 'v' with binding 'b' denied request: no\n"
    says(monkeypatch, answer("", err, 1))
    found = failure(run)
    assert (found.reason, found.words) == (Reason.BLOCKED_BY_POLICY, err.strip())
    assert kubectl.calls == []


def gone() -> str:
    return json.dumps({"type": "DELETED", "object": ready_pod()}) + "\n"


def ended() -> str:
    return json.dumps({"type": "MODIFIED", "object": pod(phase="Failed")}) + "\n"


@pytest.mark.parametrize(
    "said", [answer("", f"{ENDED} 137\n", 137), answer("", "error: unexpected EOF\n", 1)]
)
@pytest.mark.parametrize(("event", "reason"), [(gone, Reason.POD_DELETED), (ended, Reason.POD_ENDED)])
def test_an_exec_that_its_pod_s_end_has_ended_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch,
    said: Completed,
    event: Callable[[], str],
    reason: Reason,
) -> None:
    run, kubectl = ready_run(monkeypatch)
    kubectl.will_watch(Silence(0.4), event())
    run.watch.open()
    says(monkeypatch, said)
    assert failure(run).reason is reason
    assert kubectl.clock.now == pytest.approx(1000.4)


def test_a_command_that_was_killed_in_a_living_pod_ended_with_137(monkeypatch: pytest.MonkeyPatch) -> None:
    run, kubectl = ready_run(monkeypatch)
    kubectl.will_watch()
    run.watch.open()
    says(monkeypatch, answer("", f"{ENDED} 137\n", 137))
    assert run_exec(run).code == 137


def test_the_phase_keeps_what_was_left_with_the_proof_and_the_pod(
    asked: list[tuple[list[str], dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = ready_run(monkeypatch)
    assert trigger(run) is Status.PASS
    assert run.trace == Trace((*WORDS, ""), 0, "out", PROOF, ready_pod())
    assert len(asked) == 1


@pytest.mark.parametrize("kind", ["kubectl-exec", "curl", "api-call", "file-read"])
def test_the_predecessor_s_kinds_are_all_an_exec(kind: str) -> None:
    assert KINDS[kind] is run_exec
