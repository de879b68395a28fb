"""From what was found and what was checked to the verdict of one detector."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kubectl_replay.detection.check import Check, complete
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.detection.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubectl_replay.detection.findings import Findings, Report


@dataclass(frozen=True)
class Examination:
    """The checks made of one detector, and the closed lists of those that there are."""

    backend: str
    reading: tuple[Missed, ...]
    causes: tuple[Missed, ...]
    checks: tuple[Check, ...] = ()

    def judge(self, findings: Findings[Report], latency_seconds: float | None = None) -> Verdict:
        """Say what the findings mean. What was seen was seen, whatever the checks say."""
        found = findings.expected or findings.weak
        if found:
            return Verdict(
                "detected",
                self.backend,
                rule=_names(found),
                alerts=findings.ours,
                counted=len(found),
                latency_seconds=latency_seconds,
                weak=not findings.expected,
                noise=findings.noise,
            )
        missed = Verdict(
            "inconclusive",
            self.backend,
            rule=_names(findings.ours),
            alerts=findings.ours,
            noise=findings.noise,
            checks=_not_passed(complete(self.checks, self.reading)),
        )
        doubt = _doubt(findings)
        if doubt:
            return _because(missed, doubt)
        if findings.others:
            return _because(replace(missed, verdict="detected_by_other_rule"), Missed.OTHER_RULE)
        return self._silent(missed)

    def _silent(self, missed: Verdict) -> Verdict:
        """Explain silence: it means something only if every reading check was made and passed."""
        if missed.checks:
            return _because(missed, _failed(missed.checks) or Missed.CHECK_NOT_MADE)
        causes = _not_passed(complete(self.checks, self.causes))
        missed = replace(missed, verdict="not_detected", checks=causes)
        reason = _failed(causes)
        if causes and not reason:
            return replace(missed, reason=Missed.NO_ALERT, next_step=_to_check(causes))
        return _because(missed, reason or Missed.NO_ALERT)


def _to_check(unmade: tuple[Check, ...]) -> str:
    """Say what was not checked, and why, where somebody tried to."""
    named = f"not checked: {', '.join(check.about for check in unmade)}"
    said = " ".join(word for check in unmade for word in check.words.split())
    return f"{named} ({said})" if said else f"run again with --diagnose, which asks Falco itself; {named}"


def _because(verdict: Verdict, reason: Missed) -> Verdict:
    return replace(verdict, reason=reason, next_step=MEANINGS[reason].advice)


def _doubt(findings: Findings[Report]) -> Missed | None:
    """Return why a report that may be the expected one does not count."""
    doubts = (
        (findings.late, Missed.ALERT_LATE),
        (findings.doubtful, Missed.NONCE_MISSING),
        (findings.undated, Missed.TIME_UNKNOWN),
        (findings.unnamed, Missed.RULE_NOT_NAMED),
    )
    return next((reason for reports, reason in doubts if reports), None)


def _names(reports: Iterable[Report]) -> str:
    """Name the rules of reports, each once."""
    return ", ".join(dict.fromkeys(report.label for report in reports))


def _not_passed(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    return tuple(check for check in checks if not check.passed)


def _failed(checks: tuple[Check, ...]) -> Missed | None:
    return next((check.about for check in checks if check.passed is False), None)
