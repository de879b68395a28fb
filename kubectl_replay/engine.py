"""The engine: a run goes through the phases, is cleaned up from wherever it stopped, and becomes a result."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from kubectl_replay.cleanup import clean, removal_command
from kubectl_replay.errors import Failure
from kubectl_replay.interruption import INTERRUPTION, Interrupted
from kubectl_replay.phases import PHASES
from kubectl_replay.phases.preflight import preflight
from kubectl_replay.planning import plan
from kubectl_replay.process import ProgramMissing
from kubectl_replay.reasons import REASONS, Phase, Reason
from kubectl_replay.result import Cleanup, PhaseResult, Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kubectl_replay.request import RunRequest
    from kubectl_replay.run import Run
    from kubectl_replay.scenario.problem import ScenarioInvalid

    Step = Callable[[Run], Status]


class Progress(Protocol):
    """Who is told how a run goes on."""

    def notice(self, text: str) -> None:
        """Hear something that the user must know now."""

    def began(self, phase: Phase) -> None:
        """Hear that a phase begins."""

    def ended(self, phase: PhaseResult) -> None:
        """Hear how a phase ended."""


def replay(run: Run, progress: Progress) -> Result:
    """Take one run through its phases and clean up after it, whatever happens; say what it ended as."""
    with run.stack:
        try:
            _go_through_phases(run, progress)
        finally:
            ended = _timed(run, Phase.CLEANUP, _clean)
    progress.ended(ended)
    return summarize(run)


def rehearse(run: Run, progress: Progress) -> Result:
    """Go through preflight and plan the rest: what a dry run does. Nothing is asked of the server."""
    with run.stack:
        if _go_through(run, preflight, progress):
            planned = _attempt(run, Phase.DEPLOY, plan)
            if planned.status is Status.FAIL:
                run.phases[planned.name] = planned
                progress.ended(planned)
    return summarize(run)


def _go_through_phases(run: Run, progress: Progress) -> None:
    for step in PHASES:
        if not _go_through(run, step, progress):
            break
    progress.began(Phase.CLEANUP)


def _go_through(run: Run, step: Step, progress: Progress) -> bool:
    """Perform one phase and tell how it went; False ends the run."""
    phase = Phase(step.__name__)
    progress.began(phase)
    ended = _timed(run, phase, step)
    for notice in run.notices:
        progress.notice(notice)
    run.notices.clear()
    progress.ended(ended)
    return ended.status is not Status.FAIL


def _timed(run: Run, phase: Phase, step: Step) -> PhaseResult:
    """Perform one phase and record how it ended."""
    begin = time.monotonic()
    ended = replace(_attempt(run, phase, step), duration_seconds=time.monotonic() - begin)
    run.phases[ended.name] = ended
    return ended


def _attempt(run: Run, phase: Phase, step: Step) -> PhaseResult:
    """Run a phase: the one place where whatever ends it becomes data."""
    try:
        return PhaseResult(phase, step(run))
    except Failure as failure:
        return _failed(phase, failure)
    except ProgramMissing as missing:
        return _failed(phase, Failure(Reason.KUBECTL_MISSING, f"{missing}."))
    except Interrupted as stopped:
        run.signum = stopped.signum
        return _ended(phase, Reason.INTERRUPTED, f"{stopped} ended the run.")
    except Exception as bug:  # noqa: BLE001 - a bug must not keep cleanup from running; `main` reports it
        run.bug = bug
        return _ended(phase, Reason.INTERNAL_ERROR, f"{type(bug).__name__}: {bug}")


def _failed(phase: Phase, failure: Failure) -> PhaseResult:
    """Place a failure: one that belongs to another phase (a server that never answered) stands there."""
    belongs = REASONS[failure.reason].phases
    where = phase if phase in belongs else belongs[0]
    return _ended(where, failure.reason, failure.message)


def _ended(phase: Phase, reason: Reason, message: str) -> PhaseResult:
    return PhaseResult(phase, Status.FAIL, reason=reason, message=message)


def _clean(run: Run) -> Status:
    if run.created.sent:  # what is known should cleanup itself fail
        run.cleanup = Cleanup("unproven", run.created.names, removal_command(run))
    run.cleanup = clean(run)
    if INTERRUPTION.signum is not None and run.signum is None:
        raise Interrupted(INTERRUPTION.signum)
    if run.cleanup.status == "incomplete":
        left = ", ".join(run.cleanup.left) or "what this run made"
        raise Failure(Reason.OBJECTS_LEFT, f"This could not be removed: {left}.", words=run.cleanup.message)
    return Status.PASS if run.cleanup.status == "clean" else Status.SKIP


def refuse(scenario: str, request: RunRequest, invalid: ScenarioInvalid, progress: Progress) -> Result:
    """Say what a run ended as whose scenario could not even be read."""
    problems = "\n".join(str(problem) for problem in invalid.problems)
    failure = Failure(Reason.SCENARIO_INVALID, f'The folder of "{scenario}" has errors.', words=problems)
    ended = _failed(Phase.PREFLIGHT, failure)
    progress.ended(ended)
    return Result(
        scenario=scenario,
        context=request.connection.context,
        namespace=request.connection.namespace,
        phases=_all_phases({Phase.PREFLIGHT: ended}),
    )


def _all_phases(ended: Mapping[Phase, PhaseResult]) -> tuple[PhaseResult, ...]:
    return tuple(ended.get(phase, PhaseResult(phase)) for phase in Phase)


def summarize(run: Run) -> Result:
    """Say what a run ended as."""
    scenario = run.scenario
    return Result(
        scenario=scenario.id,
        run_id=run.identity.run,
        context=run.cluster.context if run.cluster else run.request.connection.context,
        namespace=run.namespace,
        pod=run.pod if f"pod/{run.pod}" in run.created.names or run.reused else "",
        node=run.node,
        started_at=run.started_at,
        duration_seconds=time.monotonic() - run.started,
        phases=_all_phases(run.phases),
        proofs=run.proofs,
        detection=run.detection,
        cleanup=run.cleanup,
        behavior=scenario.behavior.description,
        expectations=scenario.detection.semantics,
        attack=scenario.attack,
        plan=run.plan,
        signum=run.signum,
    )
