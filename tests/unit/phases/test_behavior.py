"""Behavior: every piece of evidence must hold, and a script may only say no."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kubectl_replay import hooks
from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Trace
from kubectl_replay.phases.behavior import behavior
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Status
from kubectl_replay.scenario.spec import Behavior, Evidence, Hooks
from tests.unit.runs import POD, PROOF, pinned_run, watched
from tests.unit.samples import RUNNING, answer, container, pod, ready_pod, scenario, terminated

if TYPE_CHECKING:
    from kubectl_replay.pods import Pod
    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run


def running(container_id: str) -> Pod:
    return pod(phase="Running", containers=(container(RUNNING, containerID=container_id),))


def triggered(*evidence: Evidence, output: str = PROOF, code: int | None = 0, **more: object) -> Run:
    told = Behavior("it happens", evidence or (Evidence("exit_code", 0), Evidence("proof", True)), **more)  # type: ignore[arg-type]
    run = pinned_run(scenario(behavior=told))
    run.trace = Trace(("sh",), code, output, PROOF, ready_pod())
    watched(run)
    run.ready_pod = running("first")
    run.watch.pods[run.pod] = running("first")
    return run


def failure(run: Run) -> Failure:
    with pytest.raises(Failure) as raised:
        behavior(run)
    return raised.value


def test_evidence_that_holds_passes_and_is_kept() -> None:
    run = triggered()
    assert behavior(run) is Status.PASS
    assert [(proof.kind, proof.held) for proof in run.proofs] == [("exit_code", True), ("proof", True)]


def test_all_of_it_must_hold_and_what_does_not_is_named() -> None:
    run = triggered(Evidence("exit_code", 0), Evidence("proof", True), output="sh: not found", code=127)
    found = failure(run)
    assert found.reason is Reason.EXEC_NOT_CONFIRMED
    assert found.message == (
        "The command left no proof that the behavior happened.\n"
        "  not held: exit_code: 0\n"
        "  not held: proof\n"
        "  the command ended with exit code 127"
    )
    assert [proof.held for proof in run.proofs] == [False, False]


def test_the_output_is_never_told() -> None:
    assert "s3cret" not in failure(triggered(output="s3cret")).message


def test_the_reason_is_that_of_the_first_that_does_not_hold() -> None:
    run = triggered(
        Evidence("exit_code", 0), Evidence("file_readable", "/x"), Evidence("proof", True), output=""
    )
    assert failure(run).reason is Reason.FILE_READ_NOT_CONFIRMED


def test_a_command_that_still_runs_is_told_as_such() -> None:
    assert failure(triggered(code=None)).words.endswith("\nthe command still ran")


def test_the_scenario_s_own_advice_is_told() -> None:
    assert failure(triggered(output="", next_step="try another target")).next_step == "try another target"


def test_a_command_that_was_killed_alone_looks_like_a_policy() -> None:
    found = failure(triggered(output="", code=137))
    assert found.reason is Reason.BLOCKED_BY_POLICY
    assert found.sentence == (
        "The command was killed and its container lived on: that may be a policy of the cluster."
    )


@pytest.mark.parametrize(
    ("gone", "now", "kind"),
    [
        (True, running("first"), "kubectl-exec"),
        (False, running("second"), "kubectl-exec"),
        (False, pod(containers=(container(terminated(7)),)), "kubectl-exec"),
        (False, running("first"), "pod-start"),
    ],
)
def test_what_died_with_its_container_was_not_blocked(gone: bool, now: Pod, kind: str) -> None:
    run = triggered(output="", code=137)
    object.__setattr__(run.scenario, "trigger", replace(run.scenario.trigger, kind=kind))  # type: ignore[arg-type]
    run.watch.pods[POD] = now
    run.watch.gone = {POD} if gone else set()
    assert failure(run).reason is Reason.EXEC_NOT_CONFIRMED


def test_a_command_that_was_killed_and_proved_itself_passes() -> None:
    assert behavior(triggered(Evidence("proof", True), code=137)) is Status.PASS


def test_placeholders_of_evidence_are_filled() -> None:
    run = triggered(
        Evidence("output_contains", "run {{replay.run}}"),
        Evidence("output_matches", "^{{replay.namespace}}.$"),
        Evidence("pod", {"metadata.name": "{{replay.pod}}"}),
        output="run r1\nk8s-replay!\n",
    )
    assert behavior(run) is Status.PASS
    assert [proof.wanted for proof in run.proofs] == [
        "output_contains: run r1",
        r"output_matches: ^k8s\-replay.$",
        "pod: metadata.name=demo-target-r1",
    ]


def test_without_a_trace_it_is_a_mistake_to_ask() -> None:
    with pytest.raises(LookupError, match=r"^trigger has left no trace$"):
        behavior(pinned_run())


def with_hook(monkeypatch: pytest.MonkeyPatch, said: Completed, **how: object) -> tuple[Run, list[object]]:
    run = triggered(**how)  # type: ignore[arg-type]
    asked: list[object] = []

    def run_hook(of: Run, script: str, *, stdin: str) -> Completed:
        asked.append((of is run, script, stdin))
        return said

    monkeypatch.setattr(hooks, "run_hook", run_hook)
    object.__setattr__(run.scenario, "hooks", Hooks(verify="check.sh"))
    return run, asked


def test_a_script_judges_the_output_last(monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = with_hook(monkeypatch, answer())
    assert behavior(run) is Status.PASS
    assert asked == [(True, "check.sh", PROOF)]


@pytest.mark.parametrize(
    "said", [answer(err="no file\n", code=1), answer(err="no file\n", code=-9, late=True)]
)
def test_a_script_that_says_no_fails_the_behavior(monkeypatch: pytest.MonkeyPatch, said: Completed) -> None:
    run, _ = with_hook(monkeypatch, said)
    found = failure(run)
    assert (found.reason, found.words) == (Reason.HOOK_FAILED, "no file")


def test_a_script_is_not_asked_when_the_evidence_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = with_hook(monkeypatch, answer(), output="")
    assert failure(run).reason is Reason.EXEC_NOT_CONFIRMED
    assert asked == []
