"""Kubeconfigs that tests write: the target's own with something changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Unpack

    from tests.e2e.cluster import Target


class Changes(TypedDict, total=False):
    """What may differ: names, the server's URL, the user's credentials."""

    context: str
    cluster: str
    server: str
    user: dict[str, Any]


@dataclass(frozen=True)
class Kubeconfigs:
    """Writes kubeconfigs into one folder."""

    target: Target
    folder: Path

    def __call__(self, **changes: Unpack[Changes]) -> dict[str, str | None]:
        """Write one with one context, which is current; return the environment that names it."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"config-{len(list(self.folder.iterdir()))}"
        path.touch(0o600)
        path.write_text(json.dumps(self._change(changes)), "utf-8")
        return {"KUBECONFIG": str(path)}

    def _change(self, changes: Changes) -> dict[str, Any]:
        config: dict[str, Any] = json.loads(self.target.kubeconfig.read_text("utf-8"))
        (context,), (cluster,), (user,) = config["contexts"], config["clusters"], config["users"]
        context["name"] = config["current-context"] = changes.get("context", context["name"])
        cluster["name"] = context["context"]["cluster"] = changes.get("cluster", cluster["name"])
        cluster["cluster"]["server"] = changes.get("server", cluster["cluster"]["server"])
        user["user"] = changes.get("user", user["user"])
        return config
