"""A namespace for one test, and what must not be left in it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.e2e.api import Api, Object
    from tests.e2e.cluster import Target
    from tests.e2e.programs import Ended

OURS = "app.kubernetes.io/managed-by=kubectl-replay"


@dataclass(frozen=True)
class Namespace:
    """A name that no other test uses; whether such a namespace exists is the test's affair."""

    target: Target = field(repr=False)
    api: Api = field(repr=False)
    kinds: Sequence[str] = field(repr=False)
    name: str = field(default_factory=lambda: f"e2e-{secrets.token_hex(4)}")

    @property
    def path(self) -> str:
        """Its own path in the API."""
        return f"/api/v1/namespaces/{self.name}"

    def create(self, **policy: str) -> None:
        """Create it, as a foreign one, and wait until pods can be created in it."""
        labels = {f"pod-security.kubernetes.io/{mode}": level for mode, level in policy.items()}
        body: Object = {"metadata": {"name": self.name, "labels": labels}}
        status, answer = self.api.ask("POST", "/api/v1/namespaces", body)
        assert status == 201, answer
        until(lambda: self.api.read(f"{self.path}/serviceaccounts/default"), "ServiceAccount default")

    def kubectl(self, *words: str, stdin: str | None = None) -> Ended:
        """Ask kubectl as the administrator, in this namespace."""
        return self.target.kubectl("-n", self.name, *words, stdin=stdin)

    @property
    def labels(self) -> dict[str, str]:
        """Its labels, the one that every namespace has aside; it must exist."""
        found = self.api.read(self.path)
        assert found
        return {
            key: value for key, value in found["metadata"]["labels"].items() if "metadata.name" not in key
        }

    @property
    def pods(self) -> list[Object]:
        """The pods in it."""
        return self._list("/api/v1 pods")

    def left(self) -> list[str]:
        """What is in it: any pod, and any other object that carries our label."""
        pods = [f"pods/{pod['metadata']['name']}" for pod in self.pods]
        ours = [
            f"{kind.split()[1]}/{item['metadata']['name']}"
            for kind in self.kinds
            for item in self._list(kind, f"?labelSelector={quote(OURS)}")
        ]
        return sorted({*pods, *ours})

    def remove(self) -> None:
        """Remove it with all that is in it, without waiting."""
        for pod in self.pods:
            name = pod["metadata"]["name"]
            self.api.ask("DELETE", f"{self.path}/pods/{name}?gracePeriodSeconds=0")
        self.api.ask("DELETE", self.path)

    def _list(self, kind: str, selector: str = "") -> list[Object]:
        version, resource = kind.split()
        listed = self.api.read(f"{version}/namespaces/{self.name}/{resource}{selector}")
        items: list[Object] = (listed or {}).get("items", [])
        return items
