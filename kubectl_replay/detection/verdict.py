"""The verdict of one detector. Nothing ever upgrades it to `detected` but an alert that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kubectl_replay.detection.check import Check
from kubectl_replay.detection.reasons import MEANINGS, Missed

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert, AuditRecord

Word = Literal["detected", "detected_by_other_rule", "not_detected", "inconclusive", "skipped"]


@dataclass(frozen=True)
class Verdict:
    """What one detector said of this run.

    `rule` names the rules of the alerts that decided. `noise` counts reports of others. `checks` are those
    that did not pass: they failed, or could not be made. `latency_seconds` is from the trigger to the event,
    `readable_seconds` from the trigger until the alert was read.
    """

    verdict: Word
    backend: str
    reason: Missed | None = None
    next_step: str = ""
    rule: str = ""
    alerts: tuple[Alert | AuditRecord, ...] = ()
    latency_seconds: float | None = None
    readable_seconds: float | None = None
    counted: int = 0
    """How many of the alerts, the first ones, decided that it was detected."""
    weak: bool = False
    noise: int = 0
    checks: tuple[Check, ...] = ()


def skipped(backend: str, reason: Missed) -> Verdict:
    """Say that a detector was not asked: `no_backend`, `disabled` or `no_expectation`."""
    return Verdict("skipped", backend, reason, MEANINGS[reason].advice)


def inconclusive(backend: str, reason: Missed, words: str = "") -> Verdict:
    """Say that a detector could not be asked, such as `backend_discovery_denied`."""
    return Verdict(
        "inconclusive",
        backend,
        reason,
        MEANINGS[reason].advice,
        checks=(Check(reason, passed=False, words=words),),
    )
