"""A command in the target container, through `kubectl exec`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import words
from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Left, looks_at_code_alone
from kubectl_replay.kubectl import Exec
from kubectl_replay.pods import Failed, judge
from kubectl_replay.reasons import Reason
from kubectl_replay.scenario.placeholders import fill

if TYPE_CHECKING:
    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run
    from kubectl_replay.watch import PodWatch

KILLED = 137
"""128 + SIGKILL: how a command ends when its pod is deleted, or when it is killed for other reasons."""

NEWS_SECONDS = 3.0
"""How long the news of a pod's end may take after the exec that ended: the kubelet looks every second."""


def run_exec(run: Run) -> Left:
    """Run the scenario's command in the target container."""
    call = exec_call(run)
    answer = run.kubectl.exec(call)
    return Left((*call.words, call.stdin or ""), _remote_code(run, call, answer), answer.out)


def exec_call(run: Run) -> Exec:
    """Build the call that sets the behavior off."""
    wanted = run.scenario.trigger
    return Exec(
        run.pod,
        run.scenario.workload.container,
        tuple(fill(word, run.values) for word in wanted.command),
        run.scenario.timeouts.trigger_seconds,
        tty=wanted.tty,
        stdin=None if wanted.stdin is None else fill(wanted.stdin, run.values),
    )


def _remote_code(run: Run, call: Exec, answer: Completed) -> int:
    """Return the command's own exit code; raise where kubectl does not say that the command ended."""
    if answer.late:
        raise Failure.of(Reason.TRIGGER_TIMEOUT, answer)
    if call.tty and words.refused_terminal(answer.err):
        raise Failure.of(Reason.NO_TERMINAL, answer)
    if answer.code == 0:
        _confirm_end(run, answer)
        return 0
    remote = words.remote_exit_code(answer.err, answer.code)
    if remote is None and words.read(answer.err) is Reason.ADMISSION_DENIED:
        raise Failure.of(Reason.BLOCKED_BY_POLICY, answer)
    if remote in {None, KILLED}:
        _raise_if_gone(run, answer)
    if remote is None:
        raise _not_run(answer)
    return remote


def _confirm_end(run: Run, answer: Completed) -> None:
    """See that the API server still answers, where nothing but the exit code 0 will be looked at.

    kubectl also ends with 0, and says nothing, where its connection breaks: an error stream that ends
    without a message is taken for success (k8s.io/client-go/tools/remotecommand/errorstream.go).
    """
    if not all(looks_at_code_alone(item) for item in run.scenario.behavior.evidence):
        return
    asked = run.kubectl.existing([f"pod/{run.pod}"])
    if words.read(asked.err) is Reason.RBAC_DENIED:
        return  # an answer as well
    if asked.code:
        raise _broke_off(answer, words.last_error(asked.err))
    if not asked.out.strip():
        raise Failure.of(Reason.POD_DELETED, answer)


def _raise_if_gone(run: Run, answer: Completed) -> None:
    """Look at the watch: an exec also ends when its pod does."""
    state = run.watch.wait(lambda watch: _ended(watch, run.pod), NEWS_SECONDS)
    if state is not None:
        raise Failure.of(state.reason, answer)


def _ended(watch: PodWatch, name: str) -> Failed | None:
    if name in watch.gone:
        return Failed(Reason.POD_DELETED, "")
    state = judge(watch.pods[name])
    return state if isinstance(state, Failed) else None


def _not_run(answer: Completed) -> Failure:
    """Say why kubectl could not run the command, or not to its end."""
    last = words.last_error(answer.err)
    if words.broke_off(last):
        return _broke_off(answer)
    meaning = words.read(last)
    reasons = {Reason.CLUSTER_UNREACHABLE: Reason.CONNECTION_LOST, Reason.RBAC_DENIED: Reason.RBAC_DENIED}
    known = reasons.get(meaning) if isinstance(meaning, Reason) else None
    return Failure.of(known or Reason.EXEC_FAILED, answer)


def _broke_off(answer: Completed, said: str = "") -> Failure:
    return Failure(
        Reason.CONNECTION_LOST,
        "The connection to the container broke off while the command ran.",
        command=answer.command,
        words=said or answer.err,
        next_step="run again; `kubectl get nodes` shows whether the node is well",
    )
