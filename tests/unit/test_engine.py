"""The engine: phases in order, cleanup exactly once whatever fails, each failure in its place."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay import engine
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import skipped
from kubectl_replay.engine import refuse, rehearse, replay, summarize
from kubectl_replay.errors import Failure
from kubectl_replay.interruption import INTERRUPTION, Interrupted, Interruption
from kubectl_replay.kubectl import Connection
from kubectl_replay.phases import PHASES
from kubectl_replay.process import ProgramMissing
from kubectl_replay.reasons import REASONS, Phase, Reason
from kubectl_replay.request import RunRequest
from kubectl_replay.result import Cleanup, Detection, Overall, PhaseResult, Plan, Status, exit_code
from kubectl_replay.run import Created
from kubectl_replay.scenario.problem import Problem, ScenarioInvalid
from tests.unit.runs import new_run, pinned_run
from tests.unit.samples import scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.result import Result
    from kubectl_replay.run import Run

STEPS: list[Phase] = [phase for phase in Phase if phase is not Phase.CLEANUP]


class Told:
    """Who is told, and remembers it; may fail at one of the events."""

    def __init__(self, fails_at: str = "") -> None:
        self.events: list[str] = []
        self._fails_at = fails_at

    def notice(self, text: str) -> None:
        self._hear(f"notice {text}")

    def began(self, phase: Phase) -> None:
        self._hear(f"began {phase}")

    def ended(self, phase: PhaseResult) -> None:
        self._hear(f"ended {phase.name} {phase.status}")

    def _hear(self, event: str) -> None:
        self.events.append(event)
        if event == self._fails_at:
            raise OSError("the terminal is gone")


class Stage:
    """An engine whose phases do what they are told, and whose cleanup counts."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.does: dict[Phase, Callable[[Run], Status]] = {}
        self.done: list[str] = []
        self.cleanup: Cleanup | Exception = Cleanup("clean")
        patch.setattr(engine, "PHASES", tuple(map(self._step, STEPS)))
        patch.setattr(engine, "clean", self._clean)

    def _step(self, phase: Phase) -> Callable[[Run], Status]:
        def step(run: Run) -> Status:
            self.done.append(phase)
            return self.does[phase](run) if phase in self.does else Status.PASS

        step.__name__ = str(phase)
        return step

    def _clean(self, run: Run) -> Cleanup:
        self.done.append("clean")
        assert run.cleanup.status == ("unproven" if run.created.sent else "clean")
        if isinstance(self.cleanup, Exception):
            raise self.cleanup
        return self.cleanup

    def fail(self, phase: Phase, error: Exception) -> None:
        def failing(_run: Run) -> Status:
            raise error

        self.does[phase] = failing


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def failed(result: Result) -> tuple[Phase, Reason | None, str]:
    assert result.failed is not None
    return result.failed.name, result.failed.reason, result.failed.message


def test_the_phases_are_the_contract_s_in_order() -> None:
    assert [step.__name__ for step in PHASES] == STEPS


def test_a_run_goes_through_all_phases_and_is_cleaned_up(stage: Stage) -> None:
    told = Told()
    result = replay(pinned_run(), told)
    assert stage.done == [*STEPS, "clean"]
    assert [item.status for item in result.phases] == [Status.PASS] * 7
    expected = [event for phase in Phase for event in (f"began {phase}", f"ended {phase} pass")]
    assert told.events == expected


def test_notices_are_told_before_the_end_of_the_phase_that_has_them(stage: Stage) -> None:
    def noticing(run: Run) -> Status:
        run.notices += ["a", "b"]
        return Status.PASS

    stage.does[Phase.PREFLIGHT] = noticing
    told = Told()
    run = pinned_run()
    replay(run, told)
    assert told.events[:5] == [
        "began preflight",
        "notice a",
        "notice b",
        "ended preflight pass",
        "began deploy",
    ]
    assert run.notices == []


@pytest.mark.usefixtures("stage")
def test_how_long_each_phase_took_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(1000))
    monkeypatch.setattr("kubectl_replay.engine.time.monotonic", lambda: float(next(moments)))
    result = replay(pinned_run(), Told())
    assert [item.duration_seconds for item in result.phases] == [1.0] * 7


@pytest.mark.parametrize("phase", STEPS)
def test_a_phase_that_fails_ends_the_run_and_the_later_ones_are_pending(stage: Stage, phase: Phase) -> None:
    stage.fail(phase, Failure(Reason.INTERNAL_ERROR, "no"))
    told = Told()
    result = replay(pinned_run(), told)
    before = STEPS[: STEPS.index(phase)]
    assert stage.done == [*before, phase, "clean"]
    statuses = {item.name: item.status for item in result.phases}
    assert [name for name, status in statuses.items() if status is Status.PENDING] == [
        later for later in STEPS if later not in {*before, phase}
    ]
    assert told.events[-4:] == [
        f"began {phase}",
        f"ended {phase} fail",
        "began cleanup",
        "ended cleanup pass",
    ]


def test_a_phase_that_is_skipped_does_not_end_the_run(stage: Stage) -> None:
    stage.does[Phase.DEPLOY] = lambda _: Status.SKIP
    result = replay(pinned_run(), Told())
    assert result.phase(Phase.DEPLOY).status is Status.SKIP
    assert stage.done == [*STEPS, "clean"]


def test_a_failure_is_told_in_its_phase_with_its_whole_message(stage: Stage) -> None:
    stage.fail(Phase.TRIGGER, Failure(Reason.EXEC_FAILED, "No.", command="kubectl x", words="why"))
    assert failed(replay(pinned_run(), Told())) == (
        Phase.TRIGGER,
        Reason.EXEC_FAILED,
        "No.\n  why\ncommand: kubectl x",
    )


def test_a_server_that_never_answered_is_a_matter_of_preflight(stage: Stage) -> None:
    stage.fail(Phase.DEPLOY, Failure(Reason.CLUSTER_UNREACHABLE, "No answer."))
    told = Told()
    result = replay(pinned_run(), told)
    assert failed(result)[:2] == (Phase.PREFLIGHT, Reason.CLUSTER_UNREACHABLE)
    assert result.phase(Phase.DEPLOY).status is Status.PENDING
    assert result.overall is Overall.PREFLIGHT_FAILED
    assert "ended preflight fail" in told.events


@pytest.mark.parametrize("meets", [Phase.DEPLOY, Phase.READY, Phase.TRIGGER])
def test_a_kubectl_that_is_too_old_is_a_matter_of_preflight(stage: Stage, meets: Phase) -> None:
    stage.fail(meets, Failure(Reason.KUBECTL_TOO_OLD, "It lacks a flag."))
    result = replay(pinned_run(), Told())
    assert failed(result)[:2] == (Phase.PREFLIGHT, Reason.KUBECTL_TOO_OLD)
    assert result.phase(meets).status is Status.PENDING
    assert (result.overall, exit_code(result, "detection")) == (Overall.PREFLIGHT_FAILED, 20)
    assert stage.done[-1] == "clean"


def test_a_missing_kubectl_is_a_matter_of_preflight(stage: Stage) -> None:
    stage.fail(Phase.DEPLOY, ProgramMissing("kubectl"))
    assert failed(replay(pinned_run(), Told())) == (
        Phase.PREFLIGHT,
        Reason.KUBECTL_MISSING,
        f"kubectl is not on PATH.\nnext: {REASONS[Reason.KUBECTL_MISSING].advice}",
    )


def test_a_signal_ends_the_run_where_it_was(stage: Stage) -> None:
    stage.fail(Phase.READY, Interrupted(signal.SIGTERM))
    run = pinned_run()
    result = replay(run, Told())
    assert failed(result) == (Phase.READY, Reason.INTERRUPTED, "SIGTERM ended the run.")
    assert (run.signum, result.signum, exit_code(result, "detection")) == (15, 15, 143)


def test_a_bug_ends_the_run_where_it_was_and_is_kept(stage: Stage) -> None:
    bug = KeyError("x")
    stage.fail(Phase.READY, bug)
    run = pinned_run()
    assert failed(replay(run, Told())) == (Phase.READY, Reason.INTERNAL_ERROR, "KeyError: 'x'")
    assert run.bug is bug


def test_what_could_not_be_removed_fails_the_cleanup(stage: Stage) -> None:
    stage.cleanup = Cleanup("incomplete", ("pod/a", "service/b"), "kubectl delete x", "it is forbidden")
    result = replay(pinned_run(), Told())
    phase, reason, message = failed(result)
    assert (phase, reason) == (Phase.CLEANUP, Reason.OBJECTS_LEFT)
    assert message == (
        "This could not be removed: pod/a, service/b.\n"
        "  it is forbidden\n"
        "next: remove it with the command under Cleanup"
    )
    assert result.cleanup == stage.cleanup


def test_what_has_no_name_could_not_be_removed_either(stage: Stage) -> None:
    stage.cleanup = Cleanup("incomplete", (), "kubectl delete x")
    assert failed(replay(pinned_run(), Told()))[2].startswith(
        "This could not be removed: what this run made."
    )


@pytest.mark.parametrize("status", ["kept", "unproven"])
def test_what_is_kept_or_unproven_skips_the_cleanup(stage: Stage, status: str) -> None:
    stage.cleanup = Cleanup(status)  # type: ignore[arg-type]
    result = replay(pinned_run(), Told())
    assert result.phase(Phase.CLEANUP).status is Status.SKIP
    assert result.failed is None


def test_a_signal_during_cleanup_ends_the_run_with_it(stage: Stage) -> None:
    def last(_run: Run) -> Status:
        INTERRUPTION.receive(signal.SIGINT)
        return Status.SKIP

    stage.does[Phase.DETECTION] = last
    result = replay(pinned_run(), Told())
    assert failed(result) == (Phase.CLEANUP, Reason.INTERRUPTED, "SIGINT ended the run.")
    assert result.cleanup.status == "clean"
    assert exit_code(result, "behavior") == 130


def test_an_interrupted_run_that_left_something_says_both(stage: Stage) -> None:
    def stopped(_run: Run) -> Status:
        INTERRUPTION.receive(signal.SIGINT)
        raise Interrupted(signal.SIGINT)

    stage.does[Phase.READY] = stopped
    stage.cleanup = Cleanup("incomplete", ("pod/a",), "kubectl delete x")
    result = replay(pinned_run(), Told())
    assert result.overall is Overall.INTERRUPTED
    assert result.phase(Phase.CLEANUP).reason is Reason.OBJECTS_LEFT
    assert result.cleanup.left == ("pod/a",)


def test_a_bug_in_cleanup_leaves_it_unproven(stage: Stage) -> None:
    stage.cleanup = ValueError("oops")
    run = pinned_run()
    run.created = Created(("pod/a",), sent=True)
    result = replay(run, Told())
    assert failed(result)[:2] == (Phase.CLEANUP, Reason.INTERNAL_ERROR)
    assert (result.cleanup.status, result.cleanup.left) == ("unproven", ("pod/a",))


ERRORS = st.sampled_from(
    [
        Failure(Reason.EXEC_FAILED, "no"),
        Failure(Reason.CLUSTER_UNREACHABLE, "no"),
        Interrupted(signal.SIGINT),
        ProgramMissing("kubectl"),
        ValueError("a bug"),
    ]
)


@given(
    st.dictionaries(st.sampled_from(STEPS), ERRORS),
    st.sampled_from([Cleanup("clean"), Cleanup("incomplete"), Cleanup("kept"), ValueError("a bug")]),
)
def test_cleanup_happens_exactly_once_whatever_fails(
    errors: dict[Phase, Exception], cleanup: Cleanup | Exception
) -> None:
    vars(INTERRUPTION).update(vars(Interruption()))
    with pytest.MonkeyPatch.context() as patch:
        stage = Stage(patch)
        stage.cleanup = cleanup
        for phase, error in errors.items():
            stage.fail(phase, error)
        result = replay(pinned_run(), Told())
    first = next((phase for phase in STEPS if phase in errors), Phase.DETECTION)
    assert stage.done == [*STEPS[: STEPS.index(first) + 1], "clean"]
    assert [item.name for item in result.phases] == list(Phase)
    assert (result.failed is None) == (
        not errors and isinstance(cleanup, Cleanup) and cleanup.status != "incomplete"
    )
    for item in result.phases:
        assert item.reason is None or item.name in REASONS[item.reason].phases


@given(st.sampled_from([f"{event} {phase}" for phase in STEPS for event in ("began", "ended")]))
def test_cleanup_happens_even_when_nobody_can_be_told(event: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        stage = Stage(patch)
        run = pinned_run()
        closed: list[str] = []
        run.stack.callback(closed.append, "watch")
        with pytest.raises(OSError, match=r"^the terminal is gone$"):
            replay(run, Told(event if event.startswith("began") else f"{event} pass"))
    assert stage.done.count("clean") == 1
    assert stage.done[-1] == "clean"
    assert closed == ["watch"]


def rehearsed(monkeypatch: pytest.MonkeyPatch, planned: Callable[[Run], Status]) -> tuple[Result, Told]:
    def preflight(_run: Run) -> Status:
        return Status.PASS

    monkeypatch.setattr(engine, "preflight", preflight)
    monkeypatch.setattr(engine, "plan", planned)
    told = Told()
    return rehearse(pinned_run(), told), told


def test_a_dry_run_plans_after_preflight_and_creates_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def planned(run: Run) -> Status:
        run.plan = Plan(("kubectl x",), "")
        return Status.PASS

    result, told = rehearsed(monkeypatch, planned)
    assert result.overall is Overall.DRY_RUN
    assert [item.status for item in result.phases] == [Status.PASS, *[Status.PENDING] * 6]
    assert told.events == ["began preflight", "ended preflight pass"]
    assert stage.done == []


def test_where_preflight_fails_nothing_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    def preflight(_run: Run) -> Status:
        raise Failure(Reason.GUARD_REFUSED, "no")

    def planned(_run: Run) -> Status:
        raise AssertionError("it was planned")

    monkeypatch.setattr(engine, "preflight", preflight)
    monkeypatch.setattr(engine, "plan", planned)
    result = rehearse(pinned_run(), Told())
    assert failed(result)[:2] == (Phase.PREFLIGHT, Reason.GUARD_REFUSED)
    assert result.plan is None


def test_a_plan_that_fails_is_a_failure_of_deploy(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def planned(_run: Run) -> Status:
        raise Failure(Reason.MANIFEST_REFUSED, "no")

    result, _ = rehearsed(monkeypatch, planned)
    assert failed(result)[:2] == (Phase.DEPLOY, Reason.MANIFEST_REFUSED)
    assert stage.done == []


def test_a_plan_without_kubectl_is_a_failure_of_preflight(monkeypatch: pytest.MonkeyPatch) -> None:
    def planned(_run: Run) -> Status:
        raise ProgramMissing("kubectl")

    result, _ = rehearsed(monkeypatch, planned)
    assert failed(result)[:2] == (Phase.PREFLIGHT, Reason.KUBECTL_MISSING)
    assert [item.name for item in result.phases] == list(Phase)


def test_a_folder_that_cannot_be_read_is_a_result_like_any_other() -> None:
    problems = [Problem(Path("/s/scenario.yaml"), 1, 2, "a"), Problem(Path("/s/scenario.yaml"), 3, 4, "b")]
    told = Told()
    request = RunRequest(Connection("c", namespace="n"))
    result = refuse("demo", request, ScenarioInvalid(problems), told)
    assert (result.scenario, result.context, result.namespace) == ("demo", "c", "n")
    assert failed(result) == (
        Phase.PREFLIGHT,
        Reason.SCENARIO_INVALID,
        'The folder of "demo" has errors.\n  /s/scenario.yaml:1:2: a\n  /s/scenario.yaml:3:4: b',
    )
    assert (result.run_id, result.cleanup, exit_code(result, "detection")) == ("", Cleanup("clean"), 20)
    assert told.events == ["ended preflight fail"]


def test_a_result_says_what_the_run_came_to() -> None:
    run = pinned_run(scenario())
    run.created = Created(("pod/demo-target-r1",), sent=True)
    run.node = "node-1"
    run.detection = Detection(skipped("none", Missed.NO_BACKEND))
    result = summarize(run)
    assert (result.scenario, result.run_id, result.context) == ("demo", "r1", "kind-k8s-replay")
    assert (result.namespace, result.pod, result.node) == ("k8s-replay", "demo-target-r1", "node-1")
    assert result.behavior == "a program runs in a container"
    assert result.expectations == ("program execution in container",)
    assert result.detection is run.detection
    assert result.started_at is run.started_at


def test_a_run_that_pinned_nothing_names_the_context_it_was_asked_for_and_no_pod() -> None:
    result = summarize(new_run(connection=Connection("asked")))
    assert (result.context, result.pod) == ("asked", "")
