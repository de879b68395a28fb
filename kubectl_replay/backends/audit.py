"""The API server's audit log: a file that is named, or the local cluster's own, else the servers' stdout."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay import words
from kubectl_replay.backends.following import Following
from kubectl_replay.backends.growing_file import GrowingFile
from kubectl_replay.backends.listening import listen
from kubectl_replay.clocks import now
from kubectl_replay.detection import audit
from kubectl_replay.detection.audit_matcher import AuditMatcher
from kubectl_replay.detection.check import AUDIT_CAUSES, AUDIT_READING, Check
from kubectl_replay.detection.combination import AUDIT
from kubectl_replay.detection.examination import Examination
from kubectl_replay.detection.expectation import expects_of_audit
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.timestamp import SECOND
from kubectl_replay.detection.verdict import Verdict, inconclusive, skipped
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kubectl_replay.backends.listening import Lines
    from kubectl_replay.backends.question import Question
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed
    from kubectl_replay.scenario.detection import AuditExpectation

SERVERS: Final = "component=kube-apiserver"
"""What kubeadm, and with it kind, labels the pods of its API servers with."""

SERVERS_NAMESPACE: Final = "kube-system"

RIGHTS: Final = (
    "ask for a Role in kube-system: pods list and pods/log get; or name the log's file with --audit-log"
)
"""What to do where nobody may look for API servers."""


@dataclass(frozen=True)
class Server:
    """The container of an API server."""

    namespace: str
    pod: str
    container: str


class Audit:
    """One run's view of the audit log, from its beginning on."""

    name = AUDIT

    def __init__(self, kubectl: Kubectl, expectation: AuditExpectation, path: Path | None) -> None:
        self._expectation = expectation
        self._stack = ExitStack()
        self._since = time.monotonic()
        self._kubectl = kubectl.within(SERVERS_NAMESPACE)
        self._failed: Completed | None = None
        self._unreadable = ""
        self._logs: list[Lines] = []
        self._servers: Callable[[], Completed] | None = None
        if path is None:
            self._servers = self._stack.enter_context(self._kubectl.list_pods(SERVERS))
        else:
            self._open(path)

    def _open(self, path: Path) -> None:
        """Read a file on; where it cannot be read that is said when the log is asked."""
        try:
            self._keep(GrowingFile(path))
        except OSError as error:
            self._unreadable = str(error)

    def _keep(self, log: Lines) -> None:
        self._stack.callback(log.close)
        self._logs.append(log)

    def follow(self) -> None:
        """Listen to the API servers; a file is read from when it was opened."""
        if self._servers is None:
            return
        answer, self._servers = self._servers(), None
        if answer.code or answer.late:
            self._failed = answer
            return
        for pod in json.loads(answer.out)["items"]:
            following = Following(self._kubectl, _server(pod), self._since)
            self._keep(following)
            following.open()

    def ask(self, question: Question) -> Verdict:
        """Read the log until the answer is known or the time is up, and say what it means."""
        if self._failed:
            denied = words.read(self._failed.err) is Reason.RBAC_DENIED
            reason = Missed.BACKEND_DISCOVERY_DENIED if denied else Missed.BACKEND_DISCOVERY_FAILED
            verdict = inconclusive(self.name, reason, words.last_error(self._failed.err))
            return replace(verdict, next_step=RIGHTS) if denied else verdict
        if self._unreadable:
            return inconclusive(self.name, Missed.LOG_UNREADABLE, self._unreadable)
        if not self._logs:
            return skipped(self.name, Missed.NO_BACKEND)
        if not expects_of_audit(self._expectation):
            return skipped(self.name, Missed.NO_EXPECTATION)
        window = question.request_window
        matcher = AuditMatcher(self._expectation, question.target, window, question.deadline(window))
        readable = self._read(matcher, question)
        examination = Examination(self.name, AUDIT_READING, AUDIT_CAUSES, self._checks(matcher))
        verdict = examination.judge(matcher.findings, matcher.latency_seconds)
        return replace(verdict, readable_seconds=readable)

    def _read(self, matcher: AuditMatcher, question: Question) -> float | None:
        """Feed the matcher; return the seconds after the trigger at which the answer was known."""
        for _, line in listen(self._logs, question.asked.steady + question.seconds):
            for record in audit.read(line):
                if matcher.feed(record):
                    return question.triggered.until(now()) / SECOND
        return None

    def _checks(self, matcher: AuditMatcher) -> tuple[Check, ...]:
        """Say whether the log could be read, and whether it is this server's: it must show our own calls."""
        refused = [log.refused.err.strip() for log in self._logs if log.refused]
        seen = f"{matcher.ours} requests of this run, none of them the expected one"
        return (
            Check(Missed.LOGS_DENIED, passed=not refused, words="\n".join(refused)),
            Check(Missed.LOG_ROTATED, passed=not any(log.broken for log in self._logs)),
            Check(Missed.LOG_SILENT, passed=matcher.ours > 0),
            Check(Missed.AUDIT_POLICY_SILENT, passed=False, words=seen),
        )

    def close(self) -> None:
        """Stop listening."""
        self._stack.close()


def _server(pod: Mapping[str, Any]) -> Server:
    container = next(iter(pod["spec"]["containers"]))
    return Server(pod["metadata"]["namespace"], pod["metadata"]["name"], container["name"])
