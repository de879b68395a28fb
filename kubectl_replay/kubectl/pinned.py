"""How a call of kubectl is built and made: always of the same cluster and as the same user."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kubectl_replay import process

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from kubectl_replay.kubectl.connection import Connection

GRACE_SECONDS = 5.0
"""How much longer than its own request timeout a call may take before it is killed."""


@dataclass(frozen=True)
class Pinned:
    """kubectl, pinned to one connection."""

    connection: Connection

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of every call.

        A user's kuberc may make `delete` interactive, so that it cancels itself and exits 0; kubectl 1.33
        and 1.34 read KUBECTL_KUBERC, later ones KUBERC.
        """
        return {**os.environ, "KUBECTL_KUBERC": "false", "KUBERC": "off"}

    def within(self, namespace: str) -> Self:
        """Return kubectl pinned to this namespace as well."""
        return replace(self, connection=replace(self.connection, namespace=namespace))

    def argv(self, *words: str) -> tuple[str, ...]:
        """Build a call that may last as long as it needs, such as a watch."""
        end = words.index("--") if "--" in words else len(words)
        return ("kubectl", *words[:end], *self.pinned, *words[end:])

    @property
    def pinned(self) -> tuple[str, ...]:
        """The flags that keep every call in one namespace of one cluster, as one user."""
        namespace = ("--namespace", self.connection.namespace) if self.connection.namespace else ()
        return (*namespace, *self.connection.flags)

    def request(self, *words: str) -> tuple[str, ...]:
        """Build a call of single requests, each bounded by the request timeout.

        Never for watch, logs or exec: kubectl ends those silently, with code 0, at this limit.
        """
        if self.connection.in_cluster:
            return self.argv(*words)
        return (*self.argv(*words), "--request-timeout", f"{self.connection.request_timeout:.16g}s")

    def ask(
        self, *words: str, stdin: str | None = None, protected: bool = False, requests: int = 1
    ) -> process.Completed:
        """Make a call of so many single requests, one after the other."""
        return process.run(
            self.request(*words),
            timeout=self.connection.request_timeout * requests + GRACE_SECONDS,
            stdin=stdin,
            env=self.environment,
            protected=protected,
        )
