"""The way to a cluster: resolve it, ask the guard, pin kubectl. Nothing is asked of a server before that."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kubectl_replay import guard, ownership, words
from kubectl_replay.cluster import look, resolve
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_replay.cluster import Cluster
    from kubectl_replay.kubectl import Connection, Kubectl


def admit(cluster: Cluster, connection: Connection, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Ask the guard; return what it wants the user to know. Raises `Failure` where it refuses."""
    names = guard.Names(cluster.context, cluster.name, cluster.server)
    verdict = guard.judge(names, chosen=connection.context or None, environ=environ)
    if not verdict.allowed:
        raise Failure(
            Reason.GUARD_REFUSED,
            f"Refused: {verdict.sentence}.",
            words=verdict.notice,
            next_step=verdict.next_step,
        )
    return (verdict.notice,) if verdict.notice else ()


def log_in(kubectl: Kubectl, *, interactive: bool) -> None:
    """Let a credential plugin ask its user before calls overlap: two prompts at once help nobody.

    With a terminal the plugin has it to itself, and what is said there is not ours to read: after a failure
    the question is put once more without one. A server that says "forbidden" has accepted the credentials.
    """
    answer = kubectl.log_in(foreground=interactive)
    if answer.code and interactive:
        answer = kubectl.log_in(foreground=False)
    meaning = words.read(answer.err)
    if answer.code and meaning is not Reason.RBAC_DENIED:
        raise Failure.of(meaning if isinstance(meaning, Reason) else Reason.CLUSTER_UNREACHABLE, answer)


def has_terminal() -> bool:
    """Whether somebody sits at our standard input."""
    return sys.stdin is not None and sys.stdin.isatty()


def enter(
    connection: Connection, namespaces: tuple[str, ...], environ: Mapping[str, str]
) -> tuple[Kubectl, tuple[str, ...]]:
    """Return kubectl, pinned to a cluster that the guard accepts, and the guard's notices."""
    for namespace in namespaces:
        ownership.check_namespace(namespace, environ)
    with look(connection) as view:
        cluster, kubectl = resolve(connection, view, environ)
    notices = admit(cluster, connection, environ)
    if cluster.credential_plugin:
        log_in(kubectl, interactive=has_terminal())
    return kubectl, notices
