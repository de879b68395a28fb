"""The verdict of one detector. Nothing ever upgrades it to `detected` but an alert that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kubectl_replay.detection.check import Check
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.reasons import REASONS, Reason

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert, AuditRecord

Word = Literal["detected", "detected_by_other_rule", "not_detected", "inconclusive", "skipped"]


@dataclass(frozen=True)
class Verdict:
    """What one detector said of this run.

    `rule` names the rules of the alerts that decided. `noise` counts reports of others. `checks` are those
    that did not pass: they failed, or could not be made.
    """

    verdict: Word
    backend: str
    reason: Reason | Missed | None = None
    next_step: str = ""
    rule: str = ""
    alerts: tuple[Alert | AuditRecord, ...] = ()
    latency_seconds: float | None = None
    weak: bool = False
    noise: int = 0
    checks: tuple[Check, ...] = ()


def skipped(backend: str, reason: Reason | Missed) -> Verdict:
    """Say that a detector was not asked: `no_backend`, `disabled` or `no_expectation`."""
    meaning = MEANINGS[reason] if isinstance(reason, Missed) else REASONS[reason]
    return Verdict("skipped", backend, reason, meaning.advice)


def inconclusive(backend: str, reason: Missed, words: str = "") -> Verdict:
    """Say that a detector could not be asked, such as `backend_discovery_denied`."""
    return Verdict(
        "inconclusive",
        backend,
        reason,
        MEANINGS[reason].advice,
        checks=(Check(reason, passed=False, words=words),),
    )
