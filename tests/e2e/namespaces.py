"""A namespace for one test, and what must not be left in it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.e2e.cluster import Target
    from tests.e2e.programs import Ended

OURS = "app.kubernetes.io/managed-by=kubectl-replay"


@dataclass(frozen=True)
class Namespace:
    """A name that no other test uses; whether such a namespace exists is the test's affair."""

    target: Target
    kinds: Sequence[str]
    """All namespaced kinds of the cluster."""
    name: str = field(default_factory=lambda: f"e2e-{secrets.token_hex(4)}")

    def create(self, **labels: str) -> None:
        """Create it, as a foreign one, and wait until pods can be created in it."""
        self.target.kubectl("create", "namespace", self.name).passed()
        for key, value in labels.items():
            self.kubectl(
                "label", "namespace", self.name, f"pod-security.kubernetes.io/{key}={value}"
            ).passed()
        until(lambda: self.kubectl("get", "serviceaccount", "default").code == 0, "ServiceAccount default")

    def kubectl(self, *words: str, stdin: str | None = None) -> Ended:
        """Ask kubectl as the administrator, in this namespace."""
        return self.target.kubectl("-n", self.name, *words, stdin=stdin)

    @property
    def labels(self) -> dict[str, str]:
        """Its labels, the one that every namespace has aside."""
        labels: dict[str, str] = self.target.read("namespace", self.name)["metadata"]["labels"]
        return {key: value for key, value in labels.items() if key != "kubernetes.io/metadata.name"}

    @property
    def pods(self) -> list[dict[str, Any]]:
        """The pods in it."""
        items: list[dict[str, Any]] = self.target.read("pods", "-n", self.name)["items"]
        return items

    def left(self) -> list[str]:
        """What is in it: any pod, and any other object that carries our label."""
        pods = self.kubectl("get", "pods", "-o", "name").passed()
        ours = self.kubectl("get", ",".join(self.kinds), "--selector", OURS, "-o", "name").passed()
        return sorted({*pods.split(), *ours.split()})

    def remove(self) -> None:
        """Remove it with all that is in it, without waiting."""
        self.kubectl("delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false").passed()
        self.target.kubectl("delete", "namespace", self.name, "--ignore-not-found", "--wait=false").passed()
