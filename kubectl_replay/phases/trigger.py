"""Trigger: set the behavior off, once, and keep what it left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import words
from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Trace
from kubectl_replay.kubectl import Exec
from kubectl_replay.pods import Failed, judge
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Status
from kubectl_replay.scenario.placeholders import fill
from kubectl_replay.words import Word

if TYPE_CHECKING:
    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run
    from kubectl_replay.watch import PodWatch

KILLED = 137
"""128 + SIGKILL: how a command ends when its pod is deleted, or when it is killed for other reasons."""

DELETION_SECONDS = 1.0
"""How long the news of a deletion may take after the exec that it ended."""


def trigger(run: Run) -> Status:
    """Run the scenario's command in the target container."""
    call = _call(run)
    answer = run.kubectl.exec(call)
    code = _remote_code(run, answer)
    pod = run.watch.pods.get(run.pod, {})
    proof = run.identity.proof_a + run.identity.proof_b
    run.trace = Trace(call.words, code, answer.out, proof, pod)
    return Status.PASS


def _call(run: Run) -> Exec:
    wanted = run.scenario.trigger
    return Exec(
        run.pod,
        run.scenario.workload.container,
        tuple(fill(word, run.values) for word in wanted.command),
        wanted_timeout(run),
        tty=wanted.tty,
        stdin=None if wanted.stdin is None else fill(wanted.stdin, run.values),
    )


def wanted_timeout(run: Run) -> float:
    """Return how many seconds the command may take."""
    return run.scenario.timeouts.trigger_seconds


def _remote_code(run: Run, answer: Completed) -> int:
    """Return the command's own exit code; raise where kubectl does not say that the command ended."""
    meaning = words.read(answer.err)
    remote = words.remote_exit_code(answer.err)
    if answer.late:
        raise Failure.of(Reason.TRIGGER_TIMEOUT, answer)
    if meaning is Reason.NO_TERMINAL:
        raise Failure.of(Reason.NO_TERMINAL, answer)
    if answer.code == 0:
        return 0
    if remote == KILLED or meaning is Word.NOT_FOUND or remote is None:
        _raise_if_gone(run, answer)
    if remote is None:
        raise _not_run(meaning, answer)
    return remote


def _raise_if_gone(run: Run, answer: Completed) -> None:
    """Look at the watch: an exec also ends when its pod does."""
    state = run.watch.wait(lambda watch: _ended(watch, run.pod), DELETION_SECONDS)
    if state is not None:
        raise Failure.of(state.reason, answer)


def _ended(watch: PodWatch, name: str) -> Failed | None:
    if name in watch.gone:
        return Failed(Reason.POD_DELETED, "")
    state = judge(watch.pods[name])
    return state if isinstance(state, Failed) else None


def _not_run(meaning: Reason | Word, answer: Completed) -> Failure:
    if meaning is Reason.CLUSTER_UNREACHABLE:
        return Failure.of(Reason.CONNECTION_LOST, answer)
    if meaning is Reason.RBAC_DENIED:
        return Failure.of(Reason.RBAC_DENIED, answer)
    return Failure.of(Reason.EXEC_FAILED, answer)
