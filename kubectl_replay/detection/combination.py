"""Which detectors decide, and what they say together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import Verdict, skipped
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

FALCO: Final = "Falco"
AUDIT: Final = "Kubernetes audit log"
_WORST_FIRST: Final = ("not_detected", "inconclusive", "detected_by_other_rule", "skipped")


def deciding(
    named: Collection[str], *, falco: bool | None, own_audit_log: bool, audit_expected: bool
) -> tuple[str, ...]:
    """Say which detectors decide, in the order in which they are shown.

    `named` are those of `--backend`. `falco`: whether it runs, None if looking was forbidden; then nobody
    else may decide in its place. `own_audit_log`: whether the cluster is the local one, whose audit log is
    at hand. A detector that does not decide is telemetry.
    """
    if named:
        return tuple(backend for backend in (FALCO, AUDIT) if backend in named)
    if falco is False and own_audit_log and audit_expected:
        return (AUDIT,)
    return (FALCO,) if falco is not False else ()


def combine(verdicts: Sequence[Verdict]) -> Verdict:
    """Say what those that decide say together: `detected` only if each that has an expectation says so."""
    if not verdicts:
        return skipped("none", Reason.NO_BACKEND)
    counted = [verdict for verdict in verdicts if verdict.reason is not Missed.NO_EXPECTATION]
    missing = [verdict for word in _WORST_FIRST for verdict in counted if verdict.verdict == word]
    spoken = next(iter([*missing, *counted, *verdicts]))
    together = replace(
        spoken,
        backend=" + ".join(verdict.backend for verdict in verdicts),
        alerts=tuple(alert for verdict in verdicts for alert in verdict.alerts),
        noise=sum(verdict.noise for verdict in verdicts),
    )
    if spoken.verdict != "detected":
        return together
    latencies = [verdict.latency_seconds for verdict in counted]
    known = [seconds for seconds in latencies if seconds is not None]
    return replace(
        together,
        rule=", ".join(verdict.rule for verdict in counted),
        latency_seconds=max(known) if len(known) == len(latencies) else None,
        weak=any(verdict.weak for verdict in counted),
    )
