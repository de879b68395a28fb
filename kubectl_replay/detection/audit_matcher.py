"""Sorts the requests of an audit log, one stage at a time: expected and of this run, or noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubectl_replay.detection.audit import ANSWERED
from kubectl_replay.detection.expectation import fits
from kubectl_replay.detection.findings import Findings, least
from kubectl_replay.detection.identity import is_our_request, request_carries_nonce

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import AuditRecord
    from kubectl_replay.detection.identity import Target
    from kubectl_replay.detection.window import Window
    from kubectl_replay.scenario.detection import AuditExpectation


@dataclass
class AuditMatcher:
    """Compares the API server's requests with what the scenario expects of the audit log.

    `window` and `deadline` are on the API server's clock. Requests that nobody expects are noise: the log has
    every request, also those that the run itself makes.
    """

    expectation: AuditExpectation
    target: Target
    window: Window
    deadline: int | None = None
    findings: Findings[AuditRecord] = field(default_factory=Findings)
    ours: int = 0
    """How many requests were of this run, expected or not, also those before the trigger."""
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    def feed(self, record: AuditRecord) -> bool:
        """Sort one stage of a request; return whether the answer is known."""
        if record.stage in {"", *ANSWERED} and record.key not in self._seen:
            self._seen.add(record.key)
            self.ours += is_our_request(record, self.target)
            where = self._sort(record)
            if where is None:
                self.findings.noise += 1
            else:
                where.append(record)
        return self.findings.settled

    @property
    def latency_seconds(self) -> float | None:
        """The seconds from the trigger to the first answer that counts, None if no clock measured both."""
        times = [record.time for record in self.findings.expected]
        return least([self.window.latency(time) for time in times if time is not None])

    def _sort(self, record: AuditRecord) -> list[AuditRecord] | None:
        received = record.received if record.received is not None else record.time
        if not is_our_request(record, self.target) or not fits(record, self.expectation):
            return None
        if received is None:
            return self.findings.undated
        if not self.window.contains(received) and not request_carries_nonce(record, self.target):
            return None
        if not self._is_of_this_run(record, received):
            return self.findings.doubtful
        if self.deadline is not None and (record.time or received) > self.deadline:
            return self.findings.late
        return self.findings.expected

    def _is_of_this_run(self, record: AuditRecord, received: int) -> bool:
        """Whether no earlier run in the same pod can have made the request; its address has the command."""
        if not self.target.reused or request_carries_nonce(record, self.target):
            return True
        shows_command = self.target.nonce_sent and "command=" in record.request_uri
        return not shows_command and self.window.is_after(received)
