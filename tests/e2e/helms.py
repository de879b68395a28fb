"""helm 3 and helm 4 for the tests, the charts that they install, and what they leave in a cluster."""

from __future__ import annotations

import json
import shlex
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from tests.cluster.binary import HELM_3, HELM_4, provide
from tests.cluster.site import find_site
from tests.e2e import programs
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.e2e.cluster import Target

BUILDS = {"3": HELM_3, "4": HELM_4}
CHART = Path(__file__).parent / "charts" / "falco"
"""The tests' own, in the shape of Falco's: its agents print a line, its values are kept in a ConfigMap."""

NAMESPACE = "falco"
_STATES = ("--deployed", "--failed", "--pending")
_KINDS = "configmaps,secrets,serviceaccounts,daemonsets,deployments,pods,namespaces,clusterroles"
_OF_EVERY_NAMESPACE = {"default", "kube-root-ca.crt"}
_WITH_STATUS = {"DaemonSet", "Deployment", "Pod", "Namespace"}

_SCRIPT = """\
#!/bin/sh
printf '%s\\n' "$*" >> {notes}
exec {helm} "$@"
"""


def build(generation: str) -> Path:
    """Give helm; the first time that takes minutes, told on standard error. Raises ClusterError."""
    return provide(BUILDS[generation], find_site().cache) / "helm"


@dataclass(frozen=True)
class Helm:
    """A real helm, first on PATH, that notes how it is called."""

    program: Path
    folder: Path
    target: Target

    @classmethod
    def place(cls, generation: str, folder: Path, target: Target) -> Helm:
        """Put one of this generation into a folder."""
        helm = cls(build(generation), folder / "helm", target)
        helm.folder.mkdir()
        script = helm.folder / "helm"
        notes = shlex.quote(str(helm.folder / "calls"))
        script.write_text(_SCRIPT.format(notes=notes, helm=shlex.quote(str(helm.program))), "utf-8")
        script.chmod(0o755)
        return helm

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which it is found."""
        return {**self.target.environment, "PATH": f"{self.folder}:{self.target.environment['PATH']}"}

    @property
    def calls(self) -> list[str]:
        """The words of every call, those of a test aside."""
        notes = self.folder / "calls"
        return notes.read_text("utf-8").splitlines() if notes.exists() else []

    def __call__(self, *words: str | Path, **how: Any) -> programs.Ended:  # noqa: ANN401 - of `programs.run`
        """Ask helm itself, as the administrator."""
        return programs.run((self.program, *words), self.target.environment, **how)

    @property
    def releases(self) -> list[dict[str, str]]:
        """All releases of the cluster, whatever became of them."""
        listed = self("list", "--all-namespaces", *_STATES, "-o", "json").passed()
        return sorted(json.loads(listed), key=lambda release: (release["namespace"], release["name"]))

    def install(self, namespace: str, *words: str, name: str = "falco") -> None:
        """Install the chart by hand."""
        self("install", name, CHART, "--namespace", namespace, "--create-namespace", *words).passed()

    def clear(self) -> None:
        """Uninstall every release, and wait until its pods are gone."""
        releases = self.releases
        for release in releases:
            self("uninstall", release["name"], "--namespace", release["namespace"], "--no-hooks").passed()
        self.target.kubectl("delete", "pods", "--all", "--namespace", NAMESPACE, "--now").passed()
        places = tuple(f"{release['namespace']}/" for release in releases)
        until(
            lambda: not [pod for pod in agents(self.target) if pod.startswith(places)],
            "the agents to be gone",
        )


def agents(target: Target) -> dict[str, str]:
    """Give the pods that run a stand-in for Falco: `namespace/name` and uid."""
    listed = json.loads(target.kubectl("get", "pods", "-A", "-o", "json").passed())["items"]
    return {
        f"{pod['metadata']['namespace']}/{pod['metadata']['name']}": pod["metadata"]["uid"]
        for pod in listed
        if any(container["name"] == "falco" for container in pod["spec"]["containers"])
    }


def values(target: Target, namespace: str = NAMESPACE) -> dict[str, Any]:
    """Read the values that the chart was given."""
    words = ("get", "configmap", "falco-values", "--namespace", namespace, "-o", "json")
    found: dict[str, Any] = json.loads(json.loads(target.kubectl(*words).passed())["data"]["values"])
    return found


def objects(target: Target) -> dict[str, str]:
    """Give what there is in the cluster, with what changes whenever somebody changes it.

    What the control plane makes in every namespace, when it finds the time, is left out, and what is on its
    way out with the namespace of an earlier test.
    """
    listed = json.loads(target.kubectl("get", _KINDS, "-A", "-o", "json").passed())["items"]
    going = {item["metadata"]["name"] for item in listed if "deletionTimestamp" in item["metadata"]}
    return dict(
        _fingerprint(item)
        for item in listed
        if item["metadata"]["name"] not in _OF_EVERY_NAMESPACE
        and not going & {item["metadata"]["name"], item["metadata"].get("namespace")}
    )


def _fingerprint(item: Mapping[str, Any]) -> tuple[str, str]:
    """A status is the cluster's own affair, and may change at any time."""
    found = item["metadata"]
    version = "generation" if item["kind"] in _WITH_STATUS else "resourceVersion"
    name = f"{item['kind']} {found.get('namespace', '')}/{found['name']}"
    return name, f"{found['uid']} {found.get(version, '')}"


@contextmanager
def serve(helm: Helm, folder: Path) -> Iterator[str]:
    """Serve the chart from a repository on this machine; gives its address."""
    helm("package", CHART, "--destination", folder).passed()
    handler = partial(_Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        helm("repo", "index", folder, "--url", address).passed()
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing: stderr is the tests'."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
        """Say nothing."""


def copy_chart(folder: Path) -> Path:
    """Copy the chart, for a test to change."""
    return Path(shutil.copytree(CHART, folder / "falco"))
