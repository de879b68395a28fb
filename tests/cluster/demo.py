"""The demo: finds a cluster or makes one, and runs the scenario shell-spawn on it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubectl_replay.guard import is_local
from tests.cluster.binary import KUBERNETES
from tests.cluster.errors import ClusterError
from tests.cluster.lifecycle import bring_up
from tests.cluster.processes import run, show
from tests.cluster.progress import say
from tests.cluster.requirements import require_machine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.site import Site

PASSED = {0, 10, 11}  # passed; without a detector; not detected


@dataclass(frozen=True)
class Surroundings:
    """What decides where the demo runs."""

    context: str | None
    """The kubeconfig's current context, if it answers."""
    kind_works: bool
    """Whether ``kind`` and ``kubectl`` are on PATH and a Docker daemon answers."""
    lack: str | None
    """Why the local cluster cannot be had, in a sentence; None if it can."""


@dataclass(frozen=True)
class Target:
    """Where it runs: the context, and the environment that kubectl needs for it."""

    context: str
    environment: dict[str, str] = field(default_factory=dict)


def choose(surroundings: Surroundings) -> str:
    """``context``, ``kind`` or ``local``; raises ClusterError saying what to start where none can be had."""
    if surroundings.context and is_local(surroundings.context):
        return "context"
    if surroundings.kind_works:
        return "kind"
    if surroundings.lack is None:
        return "local"
    raise ClusterError(
        "There is no cluster for the demo. Start one of your own (kind, k3d, minikube, Docker Desktop) and "
        f"make its context the current one, or install kind and start Docker. {surroundings.lack}"
    )


def run_demo(site: Site) -> int:
    """Run it; 0 where the scenario passed, else the run's own exit code."""
    surroundings = look_around(site)
    where = choose(surroundings)
    if where == "context":
        target = Target(surroundings.context or "")
    else:
        target = _make_kind() if where == "kind" else _make_local(site)
    say(f"running the scenario shell-spawn in the context {target.context}")
    argv = [sys.executable, "-m", "kubectl_replay", "run", "shell-spawn", "--context", target.context]
    code = show(argv, env=target.environment)
    return 0 if code in PASSED else code


def look_around(site: Site) -> Surroundings:
    """Ask kubectl, Docker and this machine."""
    try:
        require_machine(site)
        lack = None
    except ClusterError as error:
        lack = str(error)
    # `docker info` asks the daemon, and fails where there is none.
    kind_works = all(map(shutil.which, ("kind", "kubectl"))) and _succeeds("docker", "info")
    return Surroundings(_find_context(), kind_works, lack)


def _find_context() -> str | None:
    try:
        context = run(["kubectl", "config", "current-context"]).strip()
    except ClusterError:
        return None
    answers = _succeeds("kubectl", "--context", context, "--request-timeout=5s", "get", "--raw", "/readyz")
    return context if answers else None


def _succeeds(*argv: str) -> bool:
    try:
        run(argv, timeout=10)
    except ClusterError:
        return False
    return True


def _make_kind() -> Target:
    name = os.environ.get("KIND_CLUSTER") or "k8s-replay"
    if name not in run(["kind", "get", "clusters"]).split():
        say(f"creating the kind cluster {name} ...")
        if show([sys.executable, "-m", "kubectl_replay", "setup", "kind"], progress=True):
            raise ClusterError("kind could not create a cluster; why stands above.")
    return Target(f"kind-{name}")


def _make_local(site: Site) -> Target:
    say("no local cluster answers and there is no Docker with kind: this machine becomes the cluster.")
    if not KUBERNETES.locate(site.cache).is_dir():
        say(
            "Once, that downloads about 75 MB of Debian packages and 90 MB of Go modules and builds "
            "Kubernetes (about 5 min on 2 cores); later it takes about 6 s. Nothing is installed."
        )
    cluster = bring_up(site, 1)
    say("it stays up; to remove it: python -m tests.cluster down")
    environment = {"KUBECONFIG": str(cluster.kubeconfig)}
    if not shutil.which("kubectl"):
        environment["PATH"] = f"{os.environ.get('PATH', '')}:{_link_kubectl(cluster.folder, cluster.kubectl)}"
    return Target(cluster.context, environment)


def _link_kubectl(folder: Path, kubectl: Path) -> Path:
    """A folder with nothing but a kubectl."""
    link = folder / "bin" / "kubectl"
    link.parent.mkdir(exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(kubectl)
    return link.parent
