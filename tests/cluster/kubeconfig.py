"""Kubeconfigs, written as JSON (which is YAML), and the merge into the user's own on request."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from tests.cluster.certificates import Pair


def render_kubeconfig(server: str, authority: Path, client: Pair, context: str) -> str:
    """A kubeconfig with one context, everything inside it, so that it can be copied and merged."""
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [
                {
                    "name": context,
                    "cluster": {"server": server, "certificate-authority-data": _encode(authority)},
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


def _encode(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
