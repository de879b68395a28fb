"""Behavior: prove from the trigger's own traces that it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import evidence, hooks
from kubectl_replay.errors import Failure
from kubectl_replay.pods import runs_as
from kubectl_replay.reasons import REASONS, Reason
from kubectl_replay.result import Status
from kubectl_replay.triggers.exec import KILLED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_replay.evidence import Trace
    from kubectl_replay.result import Proof
    from kubectl_replay.run import Run


def behavior(run: Run) -> Status:
    """Judge every piece of evidence; all of them must hold."""
    if run.trace is None:
        raise LookupError("trigger has left no trace")
    wanted = [evidence.fill_in(item, run.values) for item in run.scenario.behavior.evidence]
    run.proofs = tuple(evidence.judge(item, run.trace) for item in wanted)
    missing = [proof for proof in run.proofs if not proof.held]
    if missing:
        raise _not_observed(run, run.trace, missing)
    if run.scenario.hooks.verify:
        _ask_hook(run, run.trace)
    return Status.PASS


def _not_observed(run: Run, trace: Trace, missing: Sequence[Proof]) -> Failure:
    """Say what is missing; a command that was killed alone looks like prevention at work."""
    found = (
        "the command still ran" if trace.code is None else f"the command ended with exit code {trace.code}"
    )
    words = "\n".join([*(f"not held: {proof.wanted}" for proof in missing), found])
    if _was_killed(run, trace):
        return Failure(
            Reason.BLOCKED_BY_POLICY,
            "The command was killed and its container lived on: that may be a policy of the cluster.",
            words=words,
            next_step="see what enforces policies here (Tetragon, KubeArmor, a response engine) and its log",
        )
    reason = missing[0].reason
    return Failure(reason, REASONS[reason].sentence, words=words, next_step=run.scenario.behavior.next_step)


def _was_killed(run: Run, trace: Trace) -> bool:
    """Whether the command alone was killed; with its container it is not said to be a policy's doing."""
    if trace.code != KILLED or run.scenario.trigger.kind == "pod-start" or run.pod in run.watch.gone:
        return False
    before, now = run.ready_pod, run.watch.pods.get(run.pod, trace.pod)
    container = run.scenario.workload.container
    return runs_as(now, container) is not None and runs_as(now, container) == runs_as(before, container)


def _ask_hook(run: Run, trace: Trace) -> None:
    """Let the scenario's own script judge the output; it has the last word, and only to say no."""
    answer = hooks.run_hook(run, run.scenario.hooks.verify or "verify.sh", stdin=trace.output)
    if answer.code or answer.late:
        raise Failure.of(Reason.HOOK_FAILED, answer)
