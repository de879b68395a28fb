"""The detectors of one run: which are asked, and what they say together."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_replay import clocks
from kubectl_replay.backends.audit import Audit
from kubectl_replay.backends.falco import Falco, Options
from kubectl_replay.detection.combination import AUDIT, FALCO, combine, deciding
from kubectl_replay.detection.expectation import expects_of_audit, expects_of_falco
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import skipped
from kubectl_replay.guard import is_local

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.backends.question import Question
    from kubectl_replay.cluster import Cluster
    from kubectl_replay.detection.verdict import Verdict
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed
    from kubectl_replay.request import RunRequest
    from kubectl_replay.scenario.spec import Scenario

NAMES = {"falco": FALCO, "audit": AUDIT}
"""What --backend calls them."""


class Detectors:
    """Those that may have to be asked; looking for them begins when this is made."""

    def __init__(self, kubectl: Kubectl, cluster: Cluster, request: RunRequest, scenario: Scenario) -> None:
        self._stack = ExitStack()
        self._kubectl = kubectl
        self._local = is_local(cluster.context)
        self._named = [NAMES[name] for name in request.backends]
        self._nodes: Callable[[], Completed] | None = None
        falco, audit = scenario.detection.falco, scenario.detection.audit
        self._expects = {FALCO: expects_of_falco(falco), AUDIT: expects_of_audit(audit)}
        log = request.audit_log or cluster.audit_log
        self._falco = self._audit = None
        self._place = ""
        if FALCO in self._named or not self._named:
            self._place = request.environ.get("FALCO_NAMESPACE", "")
            options = Options(request.diagnose, request.canary)
            self._falco = Falco(kubectl, falco, self._place, options)
            self._stack.callback(self._falco.close)
        if AUDIT in self._named or (not self._named and cluster.audit_log and self._expects[AUDIT]):
            self._audit = Audit(kubectl, audit, Path(log) if log else None)
            self._stack.callback(self._audit.close)

    def follow(self, node: str, since: float) -> None:
        """Listen from now on, to what was said since a moment of `time.monotonic` as well."""
        if self._falco:
            self._falco.follow(node, since)
        if self._audit:
            self._audit.follow()
        if self._local and clocks.boot_id():
            self._nodes = self._stack.enter_context(self._kubectl.boot_ids())

    def share_our_clock(self) -> bool:
        """Whether every node runs on this machine's kernel, and the API server with them.

        Only asked of clusters that are local by their name. Where it cannot be learned the answer is no.
        """
        answer = self._nodes() if self._nodes else None
        return bool(answer and answer.code == 0 and set(answer.out.split()) == {clocks.boot_id()})

    def ask(self, question: Question) -> tuple[Verdict, tuple[Verdict, ...]]:
        """Return what the detectors say together, and what each of them says."""
        asked = {FALCO: self._falco, AUDIT: self._audit}
        chosen = deciding(
            self._named,
            falco=self._falco.present if self._falco else False,
            own_audit_log=self._audit is not None,
            audit_expected=self._expects[AUDIT],
        )
        pairs = [(name, backend) for name in chosen if (backend := asked[name])]
        verdicts = tuple(self._ask(name, backend, question) for name, backend in pairs)
        return self._advise(combine(verdicts)), verdicts

    def _advise(self, together: Verdict) -> Verdict:
        """Where one namespace alone was looked into, it may be the wrong one."""
        if together.reason is not Missed.NO_BACKEND or not self._place:
            return together
        step = f"Falco was looked for in the namespace {self._place} alone: see FALCO_NAMESPACE"
        return replace(together, next_step=step)

    def _ask(self, name: str, backend: Falco | Audit, question: Question) -> Verdict:
        """Ask one detector; of several, one that has nothing to say need not even be there."""
        if len(self._named) > 1 and not self._expects[name]:
            return skipped(name, Missed.NO_EXPECTATION)
        return backend.ask(question)

    def close(self) -> None:
        """Stop listening."""
        self._stack.close()
