"""What we ask of kubectl, always of the same pinned cluster and as the same user."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kubectl_replay import process

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

GRACE_SECONDS = 5.0
"""How much longer than its own request timeout a call may take before it is killed."""

LOGIN_SECONDS = 300.0
"""A person may have to find a browser tab and a second factor."""


@dataclass(frozen=True)
class Connection:
    """The connection flags as they were given: what is empty is kubectl's own affair."""

    context: str = ""
    kubeconfig: str = ""
    namespace: str = ""
    user: str = ""
    groups: tuple[str, ...] = ()
    request_timeout: float = 10.0
    in_cluster: bool = False
    """kubectl uses a pod's own service account only where no flag overrides anything, timeouts included."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that every call carries, the namespace aside."""
        return (
            *(("--kubeconfig", self.kubeconfig) if self.kubeconfig else ()),
            *(("--context", self.context) if self.context else ()),
            *(("--as", self.user) if self.user else ()),
            *(word for group in self.groups for word in ("--as-group", group)),
        )


@dataclass(frozen=True)
class Kubectl:
    """kubectl, pinned to one connection."""

    connection: Connection

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of every call.

        A user's kuberc may make `delete` interactive, so that it cancels itself and exits 0; kubectl 1.33
        and 1.34 read KUBECTL_KUBERC, later ones KUBERC.
        """
        return {**os.environ, "KUBECTL_KUBERC": "false", "KUBERC": "off"}

    def within(self, namespace: str) -> Kubectl:
        """Return kubectl pinned to this namespace as well."""
        return Kubectl(replace(self.connection, namespace=namespace))

    def describe(self, pod: str) -> str:
        """Return the command that shows a person what the API server knows of a pod."""
        return shlex.join(self.argv("describe", "pod", pod))

    def try_create(self, files: Sequence[str]) -> str:
        """Return the command that asks the API server whether it would create what these files say."""
        named = [word for file in files for word in ("-f", file)]
        return shlex.join(self.argv("create", "--dry-run=server", *named))

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

    def view(self) -> AbstractContextManager[Callable[[], process.Completed]]:
        """Begin to read the merged kubeconfig; kubectl leaves secrets out and asks no server."""
        kubeconfig = ("--kubeconfig", self.connection.kubeconfig) if self.connection.kubeconfig else ()
        argv = ("kubectl", "config", "view", "-o", "json", *kubeconfig)
        return process.begin(argv, timeout=GRACE_SECONDS * 2, env=self.environment)

    def log_in(self, *, foreground: bool) -> process.Completed:
        """Contact the server; in the foreground a credential plugin has the user's terminal to itself."""
        argv = self.argv("get", "--raw", "/version")
        return process.run(argv, timeout=LOGIN_SECONDS, env=self.environment, foreground=foreground)

    def create(self, folder: Path, objects: int, *, validate: bool) -> process.Completed:
        """Create the objects of a kustomization. A signal waits for the answer: a create may not be lost."""
        words = create_words(folder, validate=validate)
        return self.ask(*words, protected=True, requests=objects + 1)

    def kustomize(self, folder: Path) -> process.Completed:
        """Render a kustomization; asks no server."""
        return process.run(
            ("kubectl", "kustomize", str(folder)), timeout=GRACE_SECONDS * 2, env=self.environment
        )

    def watch_pods(self, selector: str, *, protected: bool = False) -> AbstractContextManager[process.Stream]:
        """Follow the pods of a selector as events, from their present state on."""
        return process.stream(self.argv(*watch_words(selector)), env=self.environment, protected=protected)

    def create_namespace(self, name: str, labels: Mapping[str, str]) -> process.Completed:
        """Create a namespace with its labels from the first moment on."""
        namespace = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, "labels": dict(labels)},
        }
        return self.ask("create", "-f", "-", stdin=json.dumps(namespace), protected=True)

    def read_log(self, log: Log) -> AbstractContextManager[process.Stream]:
        """Read the log of a container, each line with the time at which the kubelet received it."""
        return process.stream(self.log_argv(log), env=self.environment)

    def log_argv(self, log: Log) -> tuple[str, ...]:
        """Build the call that reads the log of a container."""
        flags = (
            *(("--follow",) if log.follow else ()),
            *(("--previous",) if log.previous else ()),
            *(() if log.since is None else (f"--since={max(1, log.since)}s",)),
        )
        return self.argv("logs", log.pod, "-c", log.container, "--timestamps", *flags)

    def follow_log(self, pod: str, container: str) -> AbstractContextManager[process.Stream]:
        """Follow the log of a container from its first line."""
        return process.stream(self.argv("logs", "--follow", pod, "-c", container), env=self.environment)

    def end_of_log(self, pod: str, container: str, *, previous: bool) -> process.Completed:
        """Read the last lines of a container's log, or of the one that ran before its last restart."""
        words = ("logs", pod, "-c", container, "--tail=20", *(("--previous",) if previous else ()))
        timeout = self.connection.request_timeout + GRACE_SECONDS
        return process.run(self.argv(*words), timeout=timeout, env=self.environment)

    def warnings(self, reason: str) -> process.Completed:
        """Read the events that warn for this reason, as one JSON list."""
        which = f"type=Warning,reason={reason}"
        return self.ask("get", "events", "--field-selector", which, "-o", "json")

    def exec(self, call: Exec) -> process.Completed:
        """Run a command in a container."""
        argv = self.exec_argv(call)
        return process.run(argv, timeout=call.timeout, tty=call.tty, stdin=call.stdin, env=self.environment)

    def exec_argv(self, call: Exec) -> tuple[str, ...]:
        """Build the call that runs a command in a container."""
        flags = ("-i", "-t") if call.tty else ("-i",) if call.stdin is not None else ()
        return self.argv("exec", *flags, call.pod, "-c", call.container, "--", *call.words)

    def delete(self, names: Sequence[str]) -> process.Completed:
        """Delete objects by `kind/name`, without waiting until they are gone."""
        return self.ask(*delete_words(names), protected=True, requests=len(names))

    def delete_labelled(self, kinds: Sequence[str], selector: str) -> process.Completed:
        """Delete the objects of these kinds that a selector finds, without waiting until they are gone."""
        words = ("delete", ",".join(kinds), "--selector", selector, "--ignore-not-found", "--wait=false")
        return self.ask(*words, protected=True, requests=2 * len(kinds))

    def names(self, kinds: Sequence[str], selector: str) -> process.Completed:
        """List the objects of these kinds that a selector finds, as `kind/name` lines."""
        words = ("get", ",".join(kinds), "--selector", selector, "-o", "name", "--ignore-not-found")
        return self.ask(*words, protected=True, requests=len(kinds))

    def existing(self, names: Sequence[str]) -> process.Completed:
        """List those of these objects that exist, as `kind/name` lines."""
        words = ("get", *names, "-o", "name", "--ignore-not-found")
        return self.ask(*words, protected=True, requests=len(names))

    def kinds(self) -> process.Completed:
        """List the kinds that live in namespaces and can be listed and deleted, one a line."""
        return self.ask("api-resources", "--namespaced", "--verbs=list,delete", "-o", "name", requests=4)

    def objects(self, kinds: Sequence[str], selector: str) -> process.Completed:
        """Read the objects of these kinds that a selector finds, as one JSON list."""
        words = ("get", ",".join(kinds), "--selector", selector, "-o", "json", "--ignore-not-found")
        return self.ask(*words, requests=len(kinds))

    def everything(self, kinds: Sequence[str]) -> process.Completed:
        """List all objects of these kinds in the namespace, as `kind/name` lines."""
        return self.ask("get", ",".join(kinds), "-o", "name", "--ignore-not-found", requests=len(kinds))

    def read_namespace(self, name: str) -> process.Completed:
        """Read a namespace as JSON; empty if there is none."""
        return self.ask("get", "namespace", name, "-o", "json", "--ignore-not-found")

    def nodes(self) -> process.Completed:
        """Read all nodes as one JSON list."""
        return self.ask("get", "nodes", "-o", "json")

    def boot_ids(self) -> AbstractContextManager[Callable[[], process.Completed]]:
        """Begin to ask for the boot ids of all nodes' kernels, in one line."""
        path = "jsonpath={.items[*].status.nodeInfo.bootID}"
        argv = self.request("get", "nodes", "-o", path)
        return process.begin(argv, timeout=GRACE_SECONDS * 2, env=self.environment)

    def client_version(self) -> AbstractContextManager[Callable[[], process.Completed]]:
        """Begin to ask kubectl for its own version as JSON; asks no server."""
        argv = ("kubectl", "version", "--client", "-o", "json")
        return process.begin(argv, timeout=GRACE_SECONDS * 2, env=self.environment)

    def versions(self) -> process.Completed:
        """Ask for kubectl's and the server's version as JSON."""
        return self.ask("version", "-o", "json")

    def review(self, reviews: Sequence[Mapping[str, object]]) -> process.Completed:
        """Have access reviews answered, all in one call: JSON documents one after the other.

        To create one is to ask: the server answers and stores nothing. Without kubectl's own validation,
        which would fetch the server's whole schema and double the time.
        """
        reviewed = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(reviews)})
        words = ("create", "--validate=false", "-o", "json", "-f", "-")
        return self.ask(*words, stdin=reviewed, requests=len(reviews) + 1)

    def pod(self, name: str) -> process.Completed:
        """Read one pod as JSON."""
        return self.ask("get", "pod", name, "-o", "json")

    def list_pods(self, selector: str = "") -> AbstractContextManager[Callable[[], process.Completed]]:
        """Begin to read the pods of the namespace, else of all namespaces, as one JSON list."""
        where = () if self.connection.namespace else ("--all-namespaces",)
        which = ("--selector", selector) if selector else ()
        argv = self.request("get", "pods", *where, *which, "-o", "json")
        timeout = self.connection.request_timeout + GRACE_SECONDS
        return process.begin(argv, timeout=timeout, env=self.environment)

    def pods(self, selector: str, *, protected: bool = False) -> process.Completed:
        """Read the pods of a selector as one JSON list."""
        return self.ask("get", "pods", "--selector", selector, "-o", "json", protected=protected)


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


@dataclass(frozen=True)
class Log:
    """The log of a container: all of it, or that of the last `since` seconds.

    The kubelet reckons `since` on its own clock (pkg/kubelet/kuberuntime/logs), so that ours need not agree
    with it. `previous` is the log of the container that ran before the last restart.
    """

    pod: str
    container: str
    since: int | None = None
    follow: bool = False
    previous: bool = False


@dataclass(frozen=True)
class Exec:
    """A command for a container; `timeout` in seconds.

    With `tty` it goes through a terminal: kubectl asks for one only if its own standard input is one, and
    only with -i and -t together; it downgrades silently otherwise.
    """

    pod: str
    container: str
    words: tuple[str, ...]
    timeout: float
    tty: bool = False
    stdin: str | None = None
