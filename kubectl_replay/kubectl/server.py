"""What is asked of a cluster as a whole, and of kubectl itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kubectl_replay import process
from kubectl_replay.kubectl.pinned import GRACE_SECONDS, Pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

LOGIN_SECONDS = 300.0
"""A person may have to find a browser tab and a second factor."""


class Server(Pinned):
    """kubectl, for what a cluster is and lets its user do."""

    def view(self) -> AbstractContextManager[Callable[[], process.Completed]]:
        """Begin to read the merged kubeconfig; kubectl leaves secrets out and asks no server."""
        kubeconfig = ("--kubeconfig", self.connection.kubeconfig) if self.connection.kubeconfig else ()
        argv = ("kubectl", "config", "view", "-o", "json", *kubeconfig)
        return process.begin(argv, timeout=GRACE_SECONDS * 2, env=self.environment)

    def log_in(self, *, foreground: bool) -> process.Completed:
        """Contact the server; in the foreground a credential plugin has the user's terminal to itself."""
        argv = self.argv("get", "--raw", "/version")
        return process.run(argv, timeout=LOGIN_SECONDS, env=self.environment, foreground=foreground)

    def client_version(self) -> AbstractContextManager[Callable[[], process.Completed]]:
        """Begin to ask kubectl for its own version as JSON; asks no server."""
        argv = ("kubectl", "version", "--client", "-o", "json")
        return process.begin(argv, timeout=GRACE_SECONDS * 2, env=self.environment)

    def versions(self) -> process.Completed:
        """Ask for kubectl's and the server's version as JSON."""
        return self.ask("version", "-o", "json")

    def kinds(self) -> process.Completed:
        """List the kinds that live in namespaces and can be listed and deleted, one a line."""
        return self.ask("api-resources", "--namespaced", "--verbs=list,delete", "-o", "name", requests=4)

    def nodes(self) -> process.Completed:
        """Read all nodes as one JSON list."""
        return self.ask("get", "nodes", "-o", "json")

    def boot_ids(self) -> AbstractContextManager[Callable[[], process.Completed]]:
        """Begin to ask for the boot ids of all nodes' kernels, in one line."""
        path = "jsonpath={.items[*].status.nodeInfo.bootID}"
        argv = self.request("get", "nodes", "-o", path)
        return process.begin(argv, timeout=GRACE_SECONDS * 2, env=self.environment)

    def read_namespace(self, name: str) -> process.Completed:
        """Read a namespace as JSON; empty if there is none."""
        return self.ask("get", "namespace", name, "-o", "json", "--ignore-not-found")

    def review(self, reviews: Sequence[Mapping[str, object]]) -> process.Completed:
        """Have access reviews answered, all in one call: JSON documents one after the other.

        To create one is to ask: the server answers and stores nothing. Without kubectl's own validation,
        which would fetch the server's whole schema and double the time.
        """
        reviewed = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(reviews)})
        words = ("create", "--validate=false", "-o", "json", "-f", "-")
        return self.ask(*words, stdin=reviewed, requests=len(reviews) + 1)
