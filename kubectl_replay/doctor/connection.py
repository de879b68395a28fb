"""The way to the cluster, step by step; what comes after a step that failed says that it was not reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import ownership
from kubectl_replay.doctor import namespaces, permissions, scenarios, versions
from kubectl_replay.doctor.approach import approach
from kubectl_replay.doctor.finding import Finding, explain, failed, not_made
from kubectl_replay.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_replay.cluster import View
    from kubectl_replay.doctor.permissions import Right, Verdict
    from kubectl_replay.doctor.scenarios import Need
    from kubectl_replay.kubectl import Connection, Kubectl

STEPS = (
    "kubectl",
    "context",
    "server",
    "version skew",
    scenarios.CHECK,
    namespaces.CHECK,
    namespaces.SECURITY,
)
"""What is looked at on the way, in this order."""


def examine(
    asked: Connection, environ: Mapping[str, str], needs: Sequence[Need], version: View, view: View
) -> Iterator[Finding]:
    """Go as far as it leads: kubectl, the guard, the server, and what this user may do there."""
    reached = yield from approach(asked, environ, version, view)
    if isinstance(reached, str):
        yield from _not_reached(reached)
        return
    yield versions.examine_skew(reached.client, reached.server)
    yield from _examine_rights(reached.kubectl, needs, environ)


def _not_reached(step: str) -> Iterator[Finding]:
    for later in STEPS[STEPS.index(step) + 1 :]:
        yield not_made(later, f"{step} stands in the way", f"mend {step} first")


def _examine_rights(kubectl: Kubectl, needs: Sequence[Need], environ: Mapping[str, str]) -> Iterator[Finding]:
    refused = dict(_refused(needs, environ))
    wanted = [need for need in needs if need.namespace not in refused]
    verdicts, problem = _review(kubectl, wanted)
    if problem:
        yield problem
    for need in [] if problem else wanted:
        yield scenarios.judge(need, verdicts)
    for need in needs:
        if need.namespace in refused:
            message = f"{need.scenario}: the namespace {need.namespace} is refused"
            yield not_made(scenarios.CHECK, message, "name another one with --namespace")
    yield from refused.values()
    needed = {need.namespace for need in wanted if not need.privileged}
    for name in dict.fromkeys(need.namespace for need in wanted):
        about = namespaces.About(name, needed=name in needed, make=verdicts.get(namespaces.MAKE))
        yield from namespaces.examine_namespace(about, kubectl.read_namespace(name))


def _refused(needs: Sequence[Need], environ: Mapping[str, str]) -> Iterator[tuple[str, Finding]]:
    for need in needs:
        try:
            ownership.check_namespace(need.namespace, environ)
        except Failure as failure:
            yield need.namespace, failed(namespaces.CHECK, failure)


def _review(kubectl: Kubectl, needs: Sequence[Need]) -> tuple[Mapping[Right, Verdict], Finding | None]:
    """Ask for all rights at once; the finding says why there is no answer."""
    declared = [right for need in needs for rights in need.rights.values() for right in rights]
    rights = dict.fromkeys([*declared, namespaces.MAKE])  # scenarios share most of theirs
    answer = kubectl.review([right.review for right in rights])
    if answer.code or answer.late:
        step = "see `kubectl auth can-i --list`"
        return {}, not_made(scenarios.CHECK, explain(answer), step)
    return permissions.read_verdicts(answer.out), None
