"""The way to the cluster, step by step; what comes after a step that failed says that it was not reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import access, cluster, ownership, words
from kubectl_replay.doctor import namespaces, permissions, scenarios, versions
from kubectl_replay.doctor.finding import Finding, explain, fail, failed, not_made, ok, understand, warn
from kubectl_replay.errors import Failure
from kubectl_replay.process import ProgramMissing
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_replay.cluster import Cluster, View
    from kubectl_replay.doctor.permissions import Right, Verdict
    from kubectl_replay.doctor.scenarios import Need
    from kubectl_replay.doctor.versions import Version
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


class Stopped(Exception):
    """A step of the way failed, and leads no further; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def examine(
    asked: Connection, environ: Mapping[str, str], needs: Sequence[Need], version: View, view: View
) -> Iterator[Finding]:
    """Go as far as it leads: kubectl, the guard, the server, and what this user may do there."""
    try:
        found, client = _look_at_kubectl(version)
        yield found
        found, kubectl = _pass_guard(asked, environ, view)
        yield found
        found, server = _ask_server(kubectl)
        yield found
    except Stopped as stopped:
        yield stopped.finding
        yield from _not_reached(stopped.finding.check)
        return
    yield versions.examine_skew(client, server)
    yield from _examine_rights(kubectl, needs, environ)


def _not_reached(step: str) -> Iterator[Finding]:
    for later in STEPS[STEPS.index(step) + 1 :]:
        yield not_made(later, f"{step} stands in the way", f"mend {step} first")


def _look_at_kubectl(version: View) -> tuple[Finding, Version | None]:
    try:
        return versions.examine_kubectl(version)
    except ProgramMissing as missing:
        raise Stopped(fail("kubectl", f"{missing}", versions.INSTALL)) from None


def _pass_guard(
    asked: Connection, environ: Mapping[str, str], view: View
) -> tuple[Finding, tuple[Cluster, Kubectl]]:
    try:
        meant, kubectl = cluster.resolve(asked, view, environ)
        notices = access.admit(meant, asked, environ)
    except Failure as failure:
        raise Stopped(failed("context", failure)) from None
    message = f'"{meant.context}", server {meant.server}: the guard accepts it'
    if notices:
        told = " ".join("\n".join(notices).split())
        return warn("context", f"{message}: {told}", "make sure that this is a test cluster"), (
            meant,
            kubectl,
        )
    return ok("context", message), (meant, kubectl)


def _ask_server(pinned: tuple[Cluster, Kubectl]) -> tuple[Finding, Version | None]:
    meant, kubectl = pinned
    try:
        if meant.credential_plugin:
            access.log_in(kubectl, interactive=access.has_terminal())
    except Failure as failure:
        raise Stopped(failed("server", failure)) from None
    answer = kubectl.versions()
    version = versions.parse(answer.out, "serverVersion")
    if version is not None:
        return versions.examine_server(version), version
    if words.read(answer.err) is Reason.RBAC_DENIED:
        return not_made("server", "it answers, but not to this user which version it is", "nothing"), None
    raise Stopped(failed("server", understand(answer)))


def _examine_rights(
    pinned: tuple[Cluster, Kubectl], needs: Sequence[Need], environ: Mapping[str, str]
) -> Iterator[Finding]:
    _, kubectl = pinned
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
