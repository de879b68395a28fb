"""The one result type: what a run ended as. Box, document and exit code are functions of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from signal import SIGINT
from typing import TYPE_CHECKING, Literal

from kubectl_replay.detection.reasons import Missed
from kubectl_replay.reasons import FAILURE_CODES, Phase, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_replay.detection.verdict import Verdict
    from kubectl_replay.scenario.spec import Technique


class Status(StrEnum):
    """How a phase ended; `pending`: it was never reached."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    SKIP = "skip"
    NOT_VERIFIED = "not_verified"
    PENDING = "pending"


class Overall(StrEnum):
    """How a whole run ended."""

    DETECTION_VERIFIED = "scenario_passed_detection_verified"
    DETECTION_SKIPPED = "scenario_passed_detection_skipped"
    DETECTION_NOT_VERIFIED = "scenario_passed_detection_not_verified"
    CLEANUP_INCOMPLETE = "cleanup_incomplete"
    PREFLIGHT_FAILED = "preflight_failed"
    DEPLOY_FAILED = "deploy_failed"
    READY_TIMEOUT = "ready_timeout"
    TRIGGER_FAILED = "trigger_failed"
    BEHAVIOR_NOT_OBSERVED = "behavior_not_observed"
    INTERRUPTED = "interrupted"
    INTERNAL_ERROR = "internal_error"
    DRY_RUN = "dry_run"


PASSED = {Overall.DETECTION_VERIFIED, Overall.DETECTION_SKIPPED, Overall.DETECTION_NOT_VERIFIED}

FAILED_IN = {
    Phase.PREFLIGHT: Overall.PREFLIGHT_FAILED,
    Phase.DEPLOY: Overall.DEPLOY_FAILED,
    Phase.READY: Overall.READY_TIMEOUT,
    Phase.TRIGGER: Overall.TRIGGER_FAILED,
    Phase.BEHAVIOR: Overall.BEHAVIOR_NOT_OBSERVED,
    Phase.CLEANUP: Overall.CLEANUP_INCOMPLETE,
}
"""Detection is not in the table: it never fails a run."""

CODES = {
    Overall.DETECTION_VERIFIED: 0,
    Overall.DETECTION_SKIPPED: 10,
    Overall.DETECTION_NOT_VERIFIED: 11,
    Overall.INTERNAL_ERROR: 3,
    Overall.DRY_RUN: 0,
    **{overall: FAILURE_CODES[phase] for phase, overall in FAILED_IN.items()},
}

_NOT_FOUND_OUT = {Missed.BACKEND_DISCOVERY_DENIED, Missed.BACKEND_DISCOVERY_FAILED}

BEHAVIOR_ENOUGH = {10: 0, 11: 0}
"""What `--require behavior` makes of exit codes."""


@dataclass(frozen=True)
class PhaseResult:
    """How one phase ended: how long it took, and for a failure its reason and message."""

    name: Phase
    status: Status = Status.PENDING
    duration_seconds: float = 0.0
    reason: Reason | None = None
    message: str = ""


@dataclass(frozen=True)
class Proof:
    """One piece of evidence and whether it held; `weak`: it proves less than its name says.

    `shown` is what the scenario wants to be seen of the output: the named groups of its expression.
    """

    kind: str
    wanted: str
    held: bool
    weak: bool
    reason: Reason
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Detection:
    """What the detectors said of this run together, and each of them; None: nobody was asked."""

    together: Verdict | None = None
    each: tuple[Verdict, ...] = ()

    @property
    def backend(self) -> str:
        """Who was asked; `unknown` where detection was never reached, or looking for detectors failed."""
        if self.together is None or self.together.reason in _NOT_FOUND_OUT:
            return "unknown"
        return self.together.backend


@dataclass(frozen=True)
class Cleanup:
    """What became of the objects of a run; `command` removes what is left."""

    status: Literal["clean", "kept", "incomplete", "unproven"] = "clean"
    left: tuple[str, ...] = ()
    command: str = ""
    message: str = ""


@dataclass(frozen=True)
class Plan:
    """What a run would do: its commands in order, and the objects it would create, as YAML."""

    commands: tuple[str, ...]
    manifests: str


@dataclass(frozen=True)
class Result:
    """What one run of one scenario ended as."""

    scenario: str
    context: str
    namespace: str
    phases: tuple[PhaseResult, ...]
    run_id: str = ""
    pod: str = ""
    node: str = ""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    duration_seconds: float = 0.0
    proofs: tuple[Proof, ...] = ()
    detection: Detection = field(default_factory=Detection)
    cleanup: Cleanup = field(default_factory=Cleanup)
    behavior: str = ""
    expectations: tuple[str, ...] = ()
    attack: tuple[Technique, ...] = ()
    plan: Plan | None = None
    signum: int | None = None
    """The signal that ended the run."""

    def phase(self, name: Phase) -> PhaseResult:
        """Return how this phase ended."""
        return next(item for item in self.phases if item.name is name)

    @property
    def failed(self) -> PhaseResult | None:
        """The phase that ended the run, None for a run that passed."""
        failing = [item for item in self.phases if item.status is Status.FAIL]
        worst_first = (Reason.INTERRUPTED, Reason.INTERNAL_ERROR)
        stopping = [item for reason in worst_first for item in failing if item.reason is reason]
        return next(iter([*stopping, *failing]), None)

    @property
    def overall(self) -> Overall:
        """How the run ended, in one word."""
        if self.failed is None:
            return self._passed()
        if self.failed.reason is Reason.INTERRUPTED:
            return Overall.INTERRUPTED
        if self.failed.reason is Reason.INTERNAL_ERROR:
            return Overall.INTERNAL_ERROR
        return FAILED_IN[self.failed.name]

    def _passed(self) -> Overall:
        if self.plan is not None:
            return Overall.DRY_RUN
        verdict = self.detection.together.verdict if self.detection.together else None
        if verdict == "detected":
            return Overall.DETECTION_VERIFIED
        if verdict == "skipped":
            return Overall.DETECTION_SKIPPED
        return Overall.DETECTION_NOT_VERIFIED

    @property
    def failure_reason(self) -> str:
        """The reason of a run that did not pass, empty for one that did."""
        return str(self.failed.reason) if self.failed and self.failed.reason else ""


def exit_code(result: Result, require: str) -> int:
    """Return the process's exit code; where the behavior is enough, a missing detection changes nothing."""
    if result.overall is Overall.INTERRUPTED:
        return 128 + (result.signum or SIGINT)
    code = CODES[result.overall]
    return BEHAVIOR_ENOUGH.get(code, code) if require == "behavior" else code
