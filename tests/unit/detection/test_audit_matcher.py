"""Sorting the requests of an audit log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kubectl_replay.detection.audit_matcher import AuditMatcher
from kubectl_replay.detection.findings import Findings
from kubectl_replay.detection.timestamp import SECOND
from tests.unit.detection.samples import AUDIT_EXPECTATION, NONCE, RECORD, TARGET, TRIGGER, WINDOW

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import AuditRecord

COMPLETE = replace(RECORD, stage="ResponseComplete", time=TRIGGER + SECOND)
RECEIVED = replace(RECORD, stage="RequestReceived", code=None)
REUSED = replace(TARGET, reused=True)


def feed(*records: AuditRecord, **changes: Any) -> AuditMatcher:  # noqa: ANN401 - any field of the matcher
    matcher = replace(
        AuditMatcher(AUDIT_EXPECTATION, TARGET, WINDOW), findings=Findings(), _seen=set(), **changes
    )
    for record in records:
        matcher.feed(record)
    return matcher


def test_an_exec_is_settled_when_its_stream_opens() -> None:
    matcher = AuditMatcher(AUDIT_EXPECTATION, TARGET, WINDOW)
    assert not matcher.feed(RECEIVED)
    assert matcher.feed(RECORD)
    assert matcher.feed(COMPLETE)
    assert matcher.findings == Findings(expected=[RECORD])


def test_an_exec_whose_beginning_the_policy_omits_is_settled_at_its_end() -> None:
    assert feed(COMPLETE).findings == Findings(expected=[COMPLETE])


def test_a_websocket_and_its_fallback_are_two_requests() -> None:
    first = replace(RECORD, verb="get", audit_id="first", code=403)
    assert feed(first, RECORD).findings == Findings(expected=[RECORD], noise=1)
    opened = replace(first, code=101)
    assert feed(opened, RECORD).findings == Findings(expected=[opened, RECORD])


def test_requests_of_others_and_unexpected_ones_are_noise() -> None:
    other = replace(RECORD, name="cart", audit_id="1")
    delete = replace(RECORD, verb="delete", subresource="", audit_id="2")
    assert feed(other, delete).findings == Findings(noise=2)


def test_a_request_counts_by_when_it_was_received() -> None:
    early = replace(RECORD, received=WINDOW.opens - 1, request_uri="/exec")
    assert feed(early).findings == Findings(noise=1)
    ours = replace(RECORD, received=WINDOW.opens - 1)
    assert feed(ours).findings == Findings(expected=[ours])
    untold = replace(RECORD, received=None)
    assert feed(untold).findings == Findings(expected=[untold])
    undated = replace(RECORD, received=None, time=None)
    assert feed(undated).findings == Findings(undated=[undated])


def test_a_request_answered_after_the_deadline_is_late() -> None:
    assert feed(COMPLETE, deadline=TRIGGER + SECOND - 1).findings == Findings(late=[COMPLETE])
    assert feed(COMPLETE, deadline=TRIGGER + SECOND).findings == Findings(expected=[COMPLETE])
    untold = replace(RECORD, time=None)
    assert feed(untold, deadline=TRIGGER).findings == Findings(late=[untold])


def test_in_a_kept_pod_the_nonce_tells_the_runs_apart() -> None:
    assert feed(RECORD, target=REUSED).findings == Findings(expected=[RECORD])
    other = replace(RECORD, request_uri=RECORD.request_uri.replace(NONCE, "x"))
    assert feed(other, target=REUSED).findings == Findings(doubtful=[other])


def test_in_a_kept_pod_a_request_that_shows_no_command_is_strictly_later() -> None:
    bare = replace(RECORD, request_uri="/exec")
    assert feed(bare, target=REUSED).findings == Findings(expected=[bare])
    at_once = replace(bare, received=TRIGGER)
    assert feed(at_once, target=REUSED).findings == Findings(doubtful=[at_once])
    unsent = replace(REUSED, nonce_sent=False, nonce="never")
    assert feed(RECORD, target=unsent).findings == Findings(expected=[RECORD])


def test_latency_is_that_of_the_first_answer() -> None:
    second = replace(COMPLETE, audit_id="second")
    assert feed(second, RECORD).latency_seconds == 0.3
    assert feed(replace(RECORD, time=None)).latency_seconds is None
    assert feed().latency_seconds is None
