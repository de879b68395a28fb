"""Kubeconfigs, written as JSON (which is YAML), and the merge into the user's own on request."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from tests.cluster.errors import ClusterError
from tests.cluster.processes import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.certificates import Pair


AUDIT_LOG = "kubectl-replay/audit-log"
"""The extension by which kubectl-replay finds the audit log of a cluster on its own machine."""


def render_kubeconfig(
    server: str, authority: Path, client: Pair, context: str, audit_log: Path | None = None
) -> str:
    """A kubeconfig with one context, everything inside it, so that it can be copied and merged."""
    extensions = [{"name": AUDIT_LOG, "extension": {"path": str(audit_log)}}] if audit_log else []
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [
                {
                    "name": context,
                    "cluster": {
                        "server": server,
                        "certificate-authority-data": _encode(authority),
                        "extensions": extensions,
                    },
                }
            ],
            "users": [
                {
                    "name": context,
                    "user": {
                        "client-certificate-data": _encode(client.certificate),
                        "client-key-data": _encode(client.key),
                    },
                }
            ],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        },
        indent=2,
    )


def write_kubeconfig(path: Path, text: str) -> Path:
    """Write it for its owner alone: it holds a key."""
    path.touch(mode=0o600)
    path.write_text(text)
    return path


def merge_kubeconfig(kubectl: Path, own: Path, user: Path, context: str) -> None:
    """Add our context to the user's file; the user's current context stays, if there is one."""
    user.parent.mkdir(parents=True, exist_ok=True)
    remove_context(kubectl, user, context)
    text = run([kubectl, "config", "view", "--flatten"], env={"KUBECONFIG": f"{user}:{own}"})
    partial = user.with_name(f"{user.name}.partial")
    write_kubeconfig(partial, text)
    partial.rename(user)


def remove_context(kubectl: Path, user: Path, context: str) -> None:
    """Take it out again, with its cluster and user of the same name."""
    if not user.exists():
        return
    command: list[str | Path] = [kubectl, "--kubeconfig", user, "config"]
    try:
        current = run([*command, "current-context"]).strip()
    except ClusterError:
        current = ""
    for kind in ("contexts", "clusters", "users"):
        run([*command, "unset", f"{kind}.{context}"])
    if current == context:
        run([*command, "unset", "current-context"])


def _encode(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
