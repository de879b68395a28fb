"""What a run ended as: the one word, the reason, the exit code, for every combination that matters."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import Verdict, Word, inconclusive, skipped
from kubectl_replay.reasons import Phase, Reason
from kubectl_replay.result import (
    CODES,
    Cleanup,
    Detection,
    Overall,
    PhaseResult,
    Plan,
    Result,
    Status,
    exit_code,
)
from tests.unit.samples import phases, result

STOPS = [
    (Phase.PREFLIGHT, Reason.GUARD_REFUSED, "preflight_failed", 20),
    (Phase.DEPLOY, Reason.ADMISSION_DENIED, "deploy_failed", 21),
    (Phase.READY, Reason.IMAGE_PULL_FAILED, "ready_timeout", 22),
    (Phase.TRIGGER, Reason.NO_TERMINAL, "trigger_failed", 23),
    (Phase.BEHAVIOR, Reason.EXEC_NOT_CONFIRMED, "behavior_not_observed", 24),
    (Phase.CLEANUP, Reason.OBJECTS_LEFT, "cleanup_incomplete", 25),
]


def ended(of: Result, require: str = "detection") -> tuple[str, str, int]:
    return str(of.overall), of.failure_reason, exit_code(of, require)


def of(verdict: Word | None) -> Detection:
    return Detection(Verdict(verdict, "Falco") if verdict else None)


@pytest.mark.parametrize(("phase", "reason", "overall", "code"), STOPS)
@pytest.mark.parametrize("require", ["behavior", "detection"])
def test_a_phase_that_fails_names_the_end(
    phase: Phase, reason: Reason, overall: str, code: int, require: str
) -> None:
    assert ended(result(phases=phases(phase, reason)), require) == (overall, str(reason), code)


@pytest.mark.parametrize(
    ("verdict", "overall", "code"),
    [
        ("detected", "scenario_passed_detection_verified", 0),
        ("skipped", "scenario_passed_detection_skipped", 10),
        ("detected_by_other_rule", "scenario_passed_detection_not_verified", 11),
        ("not_detected", "scenario_passed_detection_not_verified", 11),
        ("inconclusive", "scenario_passed_detection_not_verified", 11),
        (None, "scenario_passed_detection_not_verified", 11),
    ],
)
def test_a_run_that_passed_is_named_after_its_detection(
    verdict: Word | None, overall: str, code: int
) -> None:
    passed = result(detection=of(verdict))
    assert ended(passed) == (overall, "", code)
    assert ended(passed, "behavior") == (overall, "", 0)


@pytest.mark.parametrize(
    ("detection", "backend"),
    [
        (Detection(), "unknown"),
        (Detection(inconclusive("Falco", Missed.BACKEND_DISCOVERY_DENIED)), "unknown"),
        (Detection(inconclusive("Falco", Missed.BACKEND_DISCOVERY_FAILED)), "unknown"),
        (Detection(inconclusive("Falco", Missed.LOGS_DENIED)), "Falco"),
        (Detection(skipped("none", Missed.NO_BACKEND)), "none"),
        (Detection(skipped("disabled", Missed.DISABLED)), "disabled"),
        (of("detected"), "Falco"),
    ],
)
def test_a_detector_is_named_only_where_it_was_found(detection: Detection, backend: str) -> None:
    assert detection.backend == backend


def test_a_dry_run_ends_well_and_is_named_so() -> None:
    rehearsed = result(plan=Plan(("kubectl create",), ""), detection=Detection())
    assert ended(rehearsed) == ("dry_run", "", 0)


def test_a_dry_run_that_fails_is_named_after_its_failure() -> None:
    failed = result(plan=None, phases=phases(Phase.DEPLOY, Reason.MANIFEST_REFUSED))
    assert ended(failed) == ("deploy_failed", "manifest_refused", 21)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_an_interrupted_run_ends_with_its_signal(phase: Phase, signum: signal.Signals, code: int) -> None:
    stopped = result(phases=phases(phase, Reason.INTERRUPTED), signum=signum)
    assert ended(stopped) == ("interrupted", "interrupted", code)
    assert ended(stopped, "behavior") == ("interrupted", "interrupted", code)


@pytest.mark.parametrize("phase", Phase)
def test_a_bug_in_any_phase_ends_with_3(phase: Phase) -> None:
    assert ended(result(phases=phases(phase, Reason.INTERNAL_ERROR))) == (
        "internal_error",
        "internal_error",
        3,
    )


def with_failures(**reasons: Reason) -> Result:
    items = (PhaseResult(phase, Status.PASS) for phase in Phase)
    return result(
        phases=tuple(
            replace(item, status=Status.FAIL, reason=reasons[item.name]) if item.name in reasons else item
            for item in items
        ),
        signum=signal.SIGTERM if Reason.INTERRUPTED in reasons.values() else None,
    )


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (
            {"trigger": Reason.EXEC_FAILED, "cleanup": Reason.OBJECTS_LEFT},
            ("trigger_failed", "exec_failed", 23),
        ),
        (
            {"trigger": Reason.EXEC_FAILED, "cleanup": Reason.INTERRUPTED},
            ("interrupted", "interrupted", 143),
        ),
        (
            {"trigger": Reason.EXEC_FAILED, "cleanup": Reason.INTERNAL_ERROR},
            ("internal_error", "internal_error", 3),
        ),
        (
            {"trigger": Reason.INTERNAL_ERROR, "cleanup": Reason.INTERRUPTED},
            ("interrupted", "interrupted", 143),
        ),
        (
            {"trigger": Reason.INTERRUPTED, "cleanup": Reason.OBJECTS_LEFT},
            ("interrupted", "interrupted", 143),
        ),
        (
            {"preflight": Reason.CLUSTER_UNREACHABLE, "cleanup": Reason.OBJECTS_LEFT},
            ("preflight_failed", "cluster_unreachable", 20),
        ),
    ],
)
def test_of_two_failures_the_worst_names_the_end_and_else_the_first(
    reasons: dict[str, Reason], expected: tuple[str, str, int]
) -> None:
    assert ended(with_failures(**reasons)) == expected


@pytest.mark.parametrize("status", ["kept", "unproven", "clean"])
def test_what_is_kept_or_unproven_changes_no_code(status: str) -> None:
    kept = result(cleanup=Cleanup(status))  # type: ignore[arg-type]
    assert ended(kept) == ("scenario_passed_detection_skipped", "", 10)


def test_every_end_but_an_interruption_has_its_code() -> None:
    assert set(CODES) == set(Overall) - {Overall.INTERRUPTED}


REASONS = st.none() | st.sampled_from(Reason)


@given(
    st.lists(st.tuples(st.sampled_from(Status), REASONS), min_size=6, max_size=6),
    st.sampled_from(["detected", "skipped", "not_detected", None]),
)
def test_the_reason_is_empty_exactly_when_the_run_passed(
    ends: list[tuple[Status, Reason | None]], verdict: Word | None
) -> None:
    """Detection never fails a run, so its phase is left out."""
    failing = [phase for phase in Phase if phase is not Phase.DETECTION]
    items = [
        PhaseResult(phase, status, reason=(reason or Reason.EXEC_FAILED) if status is Status.FAIL else None)
        for phase, (status, reason) in zip(failing, ends, strict=True)
    ]
    items.insert(5, PhaseResult(Phase.DETECTION, Status.SKIP))
    found = result(phases=tuple(items), detection=of(verdict))
    passed = found.overall.startswith("scenario_passed")
    assert passed == (found.failure_reason == "")
    assert passed == (exit_code(found, "behavior") == 0)
    assert exit_code(found, "detection") in {0, 3, 10, 11, 20, 21, 22, 23, 24, 25, 130}
