"""Runs whose identity is known, with a folder, on a kubectl whose programs are fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from kubectl_replay.cluster import Cluster
from kubectl_replay.kubectl import Connection
from kubectl_replay.manifests import Object
from kubectl_replay.request import RunRequest
from kubectl_replay.run import Identity, Run
from kubectl_replay.watch import PodWatch
from tests.unit.fakes import Clock, ScriptedKubectl, pinned
from tests.unit.samples import answer, scenario

if TYPE_CHECKING:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.scenario.spec import Scenario

IDENTITY = Identity(run="r1", nonce="nnnn", proof_a="bcdf", proof_b="ghjk")
PROOF = "bcdfghjk"
SELECTOR = "app.kubernetes.io/managed-by=kubectl-replay,kubectl-replay/run=r1"
OF_SCENARIO = "app.kubernetes.io/managed-by=kubectl-replay,kubectl-replay/scenario=demo,kubectl-replay/run"
POD = "demo-target-r1"

PIN = ["--namespace", "k8s-replay", "--context", "kind-k8s-replay"]
BOUND = ["--request-timeout", "10s"]

MANIFEST = """\
apiVersion: v1
kind: Pod
metadata:
  name: demo-target
spec:
  containers:
  - name: target
    image: busybox:1.36
"""


def folder(path: Path, **files: str) -> Path:
    """Write a scenario's folder with its pod and other files."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in {"pod.yaml": MANIFEST, **files}.items():
        (path / name).write_text(text, "utf-8")
    return path


def new_run(of: Scenario | None = None, *, view: str = "{}", **asked: Any) -> Run:  # noqa: ANN401 - a request's fields
    """Return a run that has done nothing yet, and looks for no detector unless it is told to."""
    usual: dict[str, Any] = {"connection": Connection(context="kind-k8s-replay"), "detection": False}
    request = RunRequest(**(usual | asked))
    return Run(request, of or scenario(), lambda: answer(view), identity=IDENTITY)


def pinned_run(of: Scenario | None = None, **asked: Any) -> Run:  # noqa: ANN401 - a request's fields
    """Return a run after preflight."""
    run = new_run(of, **asked)
    run.cluster = Cluster("kind-k8s-replay", "kind-k8s-replay", "https://127.0.0.1:6443")
    run.kubectl = pinned(run.namespace)
    body = {"spec": {"containers": [{"name": "target", "image": "busybox:1.36"}]}}
    run.described = run.objects = (Object("Pod", "demo-target", body),)
    return run


class Rendered:
    """A folder of rendered manifests that is not there; it remembers whether it was cleaned up."""

    name = "/rendered"

    def __init__(self) -> None:
        self.cleaned = 0

    def cleanup(self) -> None:
        self.cleaned += 1


def rendered(run: Run) -> Rendered:
    """Give a run its rendered manifests."""
    folder = Rendered()
    run.rendered = cast("TemporaryDirectory[str]", folder)
    return folder


def watched(run: Run, clock: Clock | None = None) -> ScriptedKubectl:
    """Give a run a watch whose streams are written down; `open` it when they are."""
    kubectl = ScriptedKubectl(clock or Clock())
    run.watch = PodWatch(cast("Kubectl", kubectl), OF_SCENARIO)
    return kubectl
