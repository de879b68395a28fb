"""A cluster for the tests of the cluster itself, beside whatever runs: start it, ask it, run pods."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.cluster import state
from tests.cluster.errors import ClusterError
from tests.cluster.processes import Done, attempt, run
from tests.cluster.requirements import require_machine
from tests.cluster.site import INSTANCE_VARIABLE, find_site
from tests.cluster.state import CHECKOUT, Cluster

if TYPE_CHECKING:
    from pathlib import Path

SITE = replace(find_site(), instance=find_site().instance + 1)
ENVIRONMENT = {INSTANCE_VARIABLE: str(SITE.instance)}


def ask(*words: str, checkout: Path = CHECKOUT, env: dict[str, str] | None = None) -> Done:
    """Run the command line of the cluster."""
    command = [sys.executable, "-m", "tests.cluster", *words]
    return attempt(command, cwd=checkout, env=ENVIRONMENT | (env or {}), timeout=900)


def up(*words: str) -> Cluster:
    """Have it up; fails the test where it is not."""
    done = ask("up", *words)
    assert (done.code, done.stdout) == (0, f"export KUBECONFIG={SITE.folder}/kubeconfig\n"), done.stderr
    cluster = state.load(SITE)
    assert cluster is not None
    return cluster


def kubectl(cluster: Cluster, *words: str) -> str:
    """Ask kubectl as the administrator and return what it printed; raises where it failed."""
    return run([cluster.kubectl, "--kubeconfig", cluster.kubeconfig, *words])


def run_pod(cluster: Cluster, image: str, *, node: int = 0) -> str:
    """Run a pod that sleeps, on one node; its name, when it is ready."""
    name = f"pod-{time.monotonic_ns()}"
    pod = {
        "metadata": {"name": name},
        "apiVersion": "v1",
        "spec": {
            "nodeName": cluster.nodes[node].name,
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "target", "image": image, "command": ["sleep", "600"]}],
        },
    }
    overrides = f"--overrides={json.dumps(pod)}"
    kubectl(cluster, "run", name, f"--image={image}", "--restart=Never", overrides)
    kubectl(cluster, "wait", "--for=condition=Ready", f"pod/{name}", "--timeout=60s")
    return name


def require() -> None:
    """Skip the tests, with the reason, on a machine that cannot have the cluster."""
    try:
        require_machine(SITE)
    except ClusterError as error:
        pytest.skip(str(error))
