"""What the detectors said, for a person and for a program: only what identifies an alert, never its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay.detection.alert import Alert
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.detection.timestamp import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.detection.alert import AuditRecord
    from kubectl_replay.detection.check import Check
    from kubectl_replay.detection.verdict import Verdict
    from kubectl_replay.result import Detection


def lines(detection: Detection) -> Iterator[str]:
    """Yield what a person reads: the verdict with its rule or reason, what each said, and the next step."""
    if detection.together is None:
        return
    several = len(detection.each) > 1
    for verdict in detection.each if several else (detection.together,):
        yield _said(verdict)
        yield from (f"  {line}" for line in _seen(verdict))
    if detection.together.next_step:
        yield f"next: {detection.together.next_step}"


def _said(verdict: Verdict) -> str:
    preposition = "for" if verdict.verdict == "skipped" else "by"
    by = "" if verdict.backend in {"none", "disabled"} else f" {preposition} {verdict.backend}"
    rule = f' "{verdict.rule}"' if verdict.rule else ""
    if verdict.verdict == "detected":
        return (
            f"detected{by}:{rule}{_after(verdict)}{' (weak: known by a word alone)' if verdict.weak else ''}"
        )
    word = f"{verdict.verdict}{by}"
    if verdict.reason is None:
        return word
    sentence = MEANINGS[verdict.reason].sentence.rstrip(".")
    return f"{word}:{f'{rule}:' if rule else ''} {sentence} ({verdict.reason})"


def _seen(verdict: Verdict) -> Iterator[str]:
    """Yield what the check saw that decided, or what kubectl said of it; which were not made, if that did."""
    for check in verdict.checks:
        if verdict.reason is Missed.CHECK_NOT_MADE:
            yield f"{check.about}: {' '.join(check.words.split()) or 'not checked'}"
        elif verdict.reason is check.about:
            yield from check.words.splitlines()


def _after(verdict: Verdict) -> str:
    """Say how fast it was, as far as it could be measured."""
    if verdict.latency_seconds is not None:
        return f", {verdict.latency_seconds:.3f} s after the trigger"
    if verdict.readable_seconds is not None:
        return f", readable {verdict.readable_seconds:.1f} s after the trigger"
    return ""


def document(detection: Detection) -> dict[str, object]:
    """Return the block of the result document."""
    together = detection.together
    return {
        "verdict": together.verdict if together else None,
        "reason": together.reason if together else None,
        "rule": together.rule if together else "",
        "weak": together.weak if together else False,
        "backends": [_backend(verdict) for verdict in detection.each],
        "alerts": [alert for verdict in detection.each for alert in _alerts(verdict)],
        "latency_seconds": _rounded(together.latency_seconds) if together else None,
        "readable_seconds": _rounded(together.readable_seconds) if together else None,
        "noise": together.noise if together else 0,
        "next_step": together.next_step if together else "",
    }


def _backend(verdict: Verdict) -> dict[str, object]:
    return {
        "name": verdict.backend,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "rule": verdict.rule,
        "latency_seconds": _rounded(verdict.latency_seconds),
        "readable_seconds": _rounded(verdict.readable_seconds),
        "checks": [_check(check) for check in verdict.checks],
        "next_step": verdict.next_step,
    }


def _check(check: Check) -> dict[str, object]:
    return {"about": check.about, "passed": check.passed, "words": check.words}


def _alerts(verdict: Verdict) -> Iterator[dict[str, object]]:
    """Yield the alerts of this run; `expected` are those for which it counts as detected."""
    for place, alert in enumerate(verdict.alerts):
        expected = place < verdict.counted
        yield {"backend": verdict.backend, "rule": alert.label, "expected": expected, **_facts(alert)}


def _facts(alert: Alert | AuditRecord) -> dict[str, object]:
    if isinstance(alert, Alert):
        own: dict[str, object] = {"priority": alert.priority, "source": alert.source}
        where = {"namespace": alert.namespace, "pod": alert.pod, "container_id": alert.container_id}
    else:
        own = {"user": alert.user, "code": alert.code}
        where = {"namespace": alert.namespace, "name": alert.name}
    return {"time": None if alert.time is None else text(alert.time), **where, **own}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
