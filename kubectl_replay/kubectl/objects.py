"""What there is in a namespace: pods, other objects, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import process
from kubectl_replay.kubectl.pinned import GRACE_SECONDS, Pinned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager


class Objects(Pinned):
    """kubectl, for what there is."""

    def pod(self, name: str) -> process.Completed:
        """Read one pod as JSON."""
        return self.ask("get", "pod", name, "-o", "json")

    def pods(self, selector: str, *, protected: bool = False) -> process.Completed:
        """Read the pods of a selector as one JSON list."""
        return self.ask("get", "pods", "--selector", selector, "-o", "json", protected=protected)

    def list_pods(self, selector: str = "") -> AbstractContextManager[Callable[[], process.Completed]]:
        """Begin to read the pods of the namespace, else of all namespaces, as one JSON list."""
        where = () if self.connection.namespace else ("--all-namespaces",)
        which = ("--selector", selector) if selector else ()
        argv = self.request("get", "pods", *where, *which, "-o", "json")
        timeout = self.connection.request_timeout + GRACE_SECONDS
        return process.begin(argv, timeout=timeout, env=self.environment)

    def names(self, kinds: Sequence[str], selector: str) -> process.Completed:
        """List the objects of these kinds that a selector finds, as `kind/name` lines."""
        words = ("get", ",".join(kinds), "--selector", selector, "-o", "name", "--ignore-not-found")
        return self.ask(*words, protected=True, requests=len(kinds))

    def existing(self, names: Sequence[str]) -> process.Completed:
        """List those of these objects that exist, as `kind/name` lines."""
        words = ("get", *names, "-o", "name", "--ignore-not-found")
        return self.ask(*words, protected=True, requests=len(names))

    def objects(self, kinds: Sequence[str], selector: str) -> process.Completed:
        """Read the objects of these kinds that a selector finds, as one JSON list."""
        words = ("get", ",".join(kinds), "--selector", selector, "-o", "json", "--ignore-not-found")
        return self.ask(*words, requests=len(kinds))

    def everything(self, kinds: Sequence[str]) -> process.Completed:
        """List all objects of these kinds in the namespace, as `kind/name` lines."""
        return self.ask("get", ",".join(kinds), "-o", "name", "--ignore-not-found", requests=len(kinds))

    def warnings(self, reason: str) -> process.Completed:
        """Read the events that warn for this reason, as one JSON list."""
        which = f"type=Warning,reason={reason}"
        return self.ask("get", "events", "--field-selector", which, "-o", "json")
