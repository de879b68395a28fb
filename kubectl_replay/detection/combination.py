"""Which detectors decide, and what they say together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import Verdict, skipped

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
        return skipped("none", Missed.NO_BACKEND)
    counted = [verdict for verdict in verdicts if verdict.reason is not Missed.NO_EXPECTATION]
    missing = [verdict for word in _WORST_FIRST for verdict in counted if verdict.verdict == word]
    spoken = next(iter([*missing, *counted, *verdicts]))
    there = [verdict.backend for verdict in verdicts if verdict.reason is not Missed.NO_BACKEND]
    decided = [alert for verdict in verdicts for alert in verdict.alerts[: verdict.counted]]
    others = [alert for verdict in verdicts for alert in verdict.alerts[verdict.counted :]]
    together = replace(
        spoken,
        backend=" + ".join(there) or "none",
        alerts=(*decided, *others),
        counted=0,
        noise=sum(verdict.noise for verdict in verdicts),
    )
    if spoken.verdict != "detected":
        return together
    return replace(
        together,
        rule=", ".join(verdict.rule for verdict in counted),
        counted=len(decided),
        latency_seconds=_longest([verdict.latency_seconds for verdict in counted]),
        readable_seconds=_longest([verdict.readable_seconds for verdict in counted]),
        weak=any(verdict.weak for verdict in counted),
    )


def _longest(times: Sequence[float | None]) -> float | None:
    """Return the longest of some times; unknown if one is."""
    known = [seconds for seconds in times if seconds is not None]
    return max(known) if len(known) == len(times) else None
