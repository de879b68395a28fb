"""Which cluster a command means: resolved once, before anything is asked of a server, and then pinned."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kubectl_replay.errors import Failure
from kubectl_replay.kubectl import Connection, Kubectl
from kubectl_replay.process import Completed
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager


@dataclass(frozen=True)
class Cluster:
    """A cluster that is meant, as the kubeconfig describes it."""

    context: str
    name: str
    server: str
    credential_plugin: bool = False
    audit_log: str = ""
    """The file in which a cluster on this machine keeps its audit log, where its kubeconfig names it."""


AUDIT_LOG = "kubectl-replay/audit-log"
"""The extension of a kubeconfig's cluster that names the file, under `path`."""

IN_CLUSTER = "in-cluster"
"""The name under which a pod's own service account is a context."""

View = Callable[[], Completed]
"""`kubectl config view` under way: 50 ms that are spent while the scenario is read. It is asked once."""


def look(connection: Connection) -> AbstractContextManager[View]:
    """Begin to read the kubeconfig; the answer is given inside the block."""
    return Kubectl(connection).view()


def resolve(connection: Connection, view: View, environ: Mapping[str, str]) -> tuple[Cluster, Kubectl]:
    """Find the cluster that the connection flags and the kubeconfig mean, and kubectl pinned to it.

    Raises `Failure` when kubectl cannot read the kubeconfig, or when no context is named anywhere.
    """
    config = _read_config(view())
    context = connection.context or str(config.get("current-context") or "")
    contexts = _by_name(config, "contexts", "context")
    if not contexts and not connection.kubeconfig and environ.get("KUBERNETES_SERVICE_HOST"):
        pinned = replace(connection, context="", in_cluster=True)
        return _in_cluster(connection, context, environ), Kubectl(pinned)
    cluster = _from_config(context, contexts, config)
    return cluster, Kubectl(replace(connection, context=cluster.context))


def _read_config(answer: Completed) -> dict[str, object]:
    if answer.code or answer.late:
        raise Failure.of(Reason.KUBECONFIG_INVALID, answer)
    config: dict[str, object] = json.loads(answer.out or "{}") or {}
    return config


def _by_name(config: Mapping[str, object], listing: str, key: str) -> dict[str, dict[str, object]]:
    entries = config.get(listing)
    named = entries if isinstance(entries, list) else []
    return {str(entry.get("name")): entry.get(key) or {} for entry in named}


def _in_cluster(connection: Connection, context: str, environ: Mapping[str, str]) -> Cluster:
    if context not in {"", IN_CLUSTER}:
        raise _no_context(
            f'There is no context "{context}": this is a pod without a kubeconfig.', [IN_CLUSTER]
        )
    if connection.user or connection.groups:
        raise Failure(
            Reason.NO_CONTEXT,
            "kubectl cannot impersonate with a pod's own service account.",
            next_step="leave out --as and --as-group, or give the pod a kubeconfig",
        )
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ.get("KUBERNETES_SERVICE_PORT", "443")
    shown = f"[{host}]" if ":" in host else host
    return Cluster(IN_CLUSTER, IN_CLUSTER, f"https://{shown}:{port}")


def _from_config(
    context: str, contexts: Mapping[str, Mapping[str, object]], config: Mapping[str, object]
) -> Cluster:
    if not context:
        raise _no_context("The kubeconfig names no current context.", contexts)
    if context not in contexts:
        raise _no_context(f'The kubeconfig has no context "{context}".', contexts)
    name = str(contexts[context].get("cluster", ""))
    cluster = _by_name(config, "clusters", "cluster").get(name, {})
    user = _by_name(config, "users", "user").get(str(contexts[context].get("user", "")), {})
    return Cluster(
        context,
        name,
        str(cluster.get("server", "")),
        credential_plugin=bool(user.get("exec")),
        audit_log=_audit_log(cluster),
    )


def _audit_log(cluster: Mapping[str, object]) -> str:
    path = _by_name(cluster, "extensions", "extension").get(AUDIT_LOG, {}).get("path")
    return path if isinstance(path, str) else ""


def _no_context(sentence: str, known: object) -> Failure:
    names = ", ".join(map(str, known)) if isinstance(known, (list, dict)) else ""
    advice = f"name one with --context: {names}" if names else "start a cluster, for example with `make demo`"
    return Failure(Reason.NO_CONTEXT, sentence, command="kubectl config get-contexts", next_step=advice)
