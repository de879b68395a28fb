"""What a run makes and removes: its objects, its namespace, and the watch over its pods."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from kubectl_replay import process
from kubectl_replay.kubectl.pinned import GRACE_SECONDS, Pinned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path


class Workload(Pinned):
    """kubectl, for what a run makes and removes."""

    def describe(self, pod: str) -> str:
        """Return the command that shows a person what the API server knows of a pod."""
        return shlex.join(self.argv("describe", "pod", pod))

    def try_create(self, files: Sequence[str]) -> str:
        """Return the command that asks the API server whether it would create what these files say."""
        named = [word for file in files for word in ("-f", file)]
        return shlex.join(self.argv("create", "--dry-run=server", *named))

    def create(self, folder: Path, objects: int, *, validate: bool) -> process.Completed:
        """Create the objects of a kustomization. A signal waits for the answer: a create may not be lost."""
        words = create_words(folder, validate=validate)
        return self.ask(*words, protected=True, requests=objects + 1)

    def kustomize(self, folder: Path) -> process.Completed:
        """Render a kustomization; asks no server."""
        return process.run(
            ("kubectl", "kustomize", str(folder)), timeout=GRACE_SECONDS * 2, env=self.environment
        )

    def create_namespace(self, name: str, labels: Mapping[str, str]) -> process.Completed:
        """Create a namespace with its labels from the first moment on."""
        namespace = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, "labels": dict(labels)},
        }
        return self.ask("create", "-f", "-", stdin=json.dumps(namespace), protected=True)

    def watch_pods(self, selector: str, *, protected: bool = False) -> AbstractContextManager[process.Stream]:
        """Follow the pods of a selector as events, from their present state on."""
        return process.stream(self.argv(*watch_words(selector)), env=self.environment, protected=protected)

    def delete(self, names: Sequence[str]) -> process.Completed:
        """Delete objects by `kind/name`, without waiting until they are gone."""
        return self.ask(*delete_words(names), protected=True, requests=len(names))

    def delete_labelled(self, kinds: Sequence[str], selector: str) -> process.Completed:
        """Delete the objects of these kinds that a selector finds, without waiting until they are gone."""
        words = ("delete", ",".join(kinds), "--selector", selector, "--ignore-not-found", "--wait=false")
        return self.ask(*words, protected=True, requests=2 * len(kinds))


def create_words(folder: Path | str, *, validate: bool) -> tuple[str, ...]:
    """Name what creates the objects of a kustomization.

    To validate, kubectl downloads and reads the API server's schema, which takes half of the call.
    """
    return ("create", "-k", str(folder), *(() if validate else ("--validate=false",)))


def watch_words(selector: str) -> tuple[str, ...]:
    """Name what follows the pods of a selector."""
    return ("get", "pods", "--selector", selector, "--watch", "--output-watch-events", "-o", "json")


def delete_words(names: Sequence[str]) -> tuple[str, ...]:
    """Name what deletes objects, without waiting until they are gone."""
    return ("delete", *names, "--ignore-not-found", "--wait=false")
