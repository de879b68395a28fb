"""The way to the server, which every examination of a cluster goes: kubectl, the guard, the server itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_replay import access, cluster, words
from kubectl_replay.doctor import versions
from kubectl_replay.doctor.finding import Finding, fail, failed, not_made, ok, understand, warn
from kubectl_replay.errors import Failure
from kubectl_replay.process import ProgramMissing
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from kubectl_replay.cluster import Cluster, View
    from kubectl_replay.doctor.versions import Version
    from kubectl_replay.kubectl import Connection, Kubectl


class Stopped(Exception):
    """A step of the way failed, and leads no further; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True)
class Reached:
    """A server that the guard accepts and that answers, and kubectl pinned to it."""

    kubectl: Kubectl
    client: Version | None
    server: Version | None


def approach(
    asked: Connection, environ: Mapping[str, str], version: View, view: View
) -> Generator[Finding, None, Reached | str]:
    """Yield what is found on the way to the server; return the step that leads no further, if one does."""
    try:
        found, client = _look_at_kubectl(version)
        yield found
        found, pinned = _pass_guard(asked, environ, view)
        yield found
        found, server = _ask_server(pinned)
        yield found
    except Stopped as stopped:
        yield stopped.finding
        return stopped.finding.check
    return Reached(pinned[1], client, server)


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
