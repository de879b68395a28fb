"""Whether an alert or a request is what the scenario expects."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.audit import ANSWERED

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert, AuditRecord
    from kubectl_replay.scenario.detection import AuditExpectation, FalcoExpectation

_STREAMED: Final = {"exec", "attach", "portforward"}
_OPENED_BY: Final = {"create", "get"}
"""The verbs that open a stream to a pod: create for POST (SPDY), get for GET (WebSocket, kubectl since 1.31).

https://kubernetes.io/blog/2024/08/20/websockets-transition/: the user chooses neither, and kubectl falls back
from one to the other, so an expectation of one is an expectation of both.
"""


class Fit(StrEnum):
    """How an alert meets an expectation."""

    EXPECTED = "expected"
    WEAK = "weak"
    """Only a word of the output is expected, and it is there."""
    OTHER = "other"
    UNKNOWN = "unknown"
    """The expectation names rules, and the log is text, which names none."""


def expects_of_falco(expectation: FalcoExpectation) -> bool:
    """Whether the scenario expects anything of Falco."""
    named = (*expectation.rules, *expectation.output_prefixes, *_patterns(expectation))
    return expectation.enabled and any(named)


def expects_of_audit(expectation: AuditExpectation) -> bool:
    """Whether the scenario expects anything of the audit log."""
    return bool(expectation.events)


def fit(alert: Alert, expectation: FalcoExpectation) -> Fit:
    """Say how an alert of the target meets the expectation: by its rule, else by how its output begins."""
    rules, prefixes = _words(expectation.rules), _words(expectation.output_prefixes)
    if alert.rule and rules:
        return Fit.EXPECTED if alert.rule in rules else Fit.OTHER
    if prefixes:
        return Fit.EXPECTED if alert.message.startswith(prefixes) else Fit.OTHER
    if rules:
        return Fit.UNKNOWN
    is_there = any(_has_word(alert.message, word) for word in _patterns(expectation))
    return Fit.WEAK if is_there else Fit.OTHER


def _patterns(expectation: FalcoExpectation) -> tuple[str, ...]:
    return _words(expectation.search_patterns + expectation.output_patterns)


def _words(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Drop empty texts, with which everything would begin."""
    return tuple(text for text in texts if text.strip())


def _has_word(text: str, word: str) -> bool:
    """Find a word as a whole: `exec` is not in `evt_type=execve`."""
    return bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE))


def fits(record: AuditRecord, expectation: AuditExpectation) -> bool:
    """Whether a request is one of the expected ones, was answered, and was not refused.

    Any stage with an answer will do, and also none, as clouds write that keep no stages.
    """
    if record.stage not in {"", *ANSWERED} or (record.code or 0) >= 400:  # noqa: PLR2004 - HTTP: refused
        return False
    about = (record.resource, record.subresource)
    verbs = {record.verb}
    if record.resource == "pods" and record.subresource in _STREAMED and verbs <= _OPENED_BY:
        verbs = _OPENED_BY
    return any(
        event.verb in verbs and (event.resource, event.subresource or "") == about
        for event in expectation.events
    )
