"""The cluster that the tests use: somebody's own, named by REPLAY_E2E_CONTEXT, else the local one."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_replay.guard import is_local
from tests.cluster.lifecycle import bring_up
from tests.cluster.site import find_site
from tests.e2e import kubectls, programs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cluster.state import Cluster

CONTEXT_VARIABLE = "REPLAY_E2E_CONTEXT"
SWITCHES = ("JSON", "FAST", "DRY_RUN", "KEEP", "NO_COLOR", "TERM", "FORCE_COLOR", "COLUMNS", "KIND_CLUSTER")
FOREIGN = ("REPLAY_", "KUBE", "FALCO_", "HELM_", "PYTHON", "COV_")
"""What must not come from whoever runs the tests: these variables, and all that begin so."""

COMMANDS = Path(sys.prefix) / "bin"
"""Where `kubectl-replay` is installed, beside the Python that runs the tests."""


@dataclass(frozen=True)
class Target:
    """A cluster, how to reach it as its administrator, and the environment of all that runs in the tests."""

    kubeconfig: Path
    """It has one context, which is current."""
    context: str
    environment: Mapping[str, str]
    local: Cluster | None

    def kubectl(self, *words: str, stdin: str | None = None) -> programs.Ended:
        """Ask kubectl as the administrator."""
        return programs.run(("kubectl", *words), self.environment, stdin=stdin)


def find_target(home: Path) -> Target:
    """Give the cluster; raises where none can be had. `home` becomes the home folder of all that runs."""
    context = os.environ.get(CONTEXT_VARIABLE)
    if not context:
        return reach(bring_up(find_site(), 1), home)
    assert is_local(context), f"{CONTEXT_VARIABLE}={context} is not the name of a local cluster's context"
    source = {name: os.environ[name] for name in ("KUBECONFIG", "HOME") if name in os.environ}
    return _target(_environment(home), source, context, None)


def reach(local: Cluster, home: Path) -> Target:
    """Give a local cluster."""
    environment = _environment(home)
    if not shutil.which("kubectl", path=environment["PATH"]):
        (home / "bin" / "kubectl").symlink_to(local.kubectl)
    return _target(environment, {"KUBECONFIG": str(local.kubeconfig)}, local.context, local)


def _target(
    environment: Mapping[str, str], source: Mapping[str, str], context: str, local: Cluster | None
) -> Target:
    view = ("kubectl", "config", "view", "--raw", "--flatten", "--minify", "--context", context)
    kubeconfig = Path(environment["HOME"]) / "kubeconfig"
    config = json.loads(programs.run((*view, "-o", "json"), {**environment, **source}).passed())
    for entry in config["clusters"]:  # the local one's names its audit log: then no run is without a detector
        entry["cluster"].pop("extensions", None)
    kubeconfig.write_text(json.dumps(config))
    return Target(kubeconfig, context, {**environment, "KUBECONFIG": str(kubeconfig)}, local)


def _environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(FOREIGN) and name not in SWITCHES
    }
    (home / "bin").mkdir()
    if kubectl := kubectls.choose():
        (home / "bin" / "kubectl").symlink_to(kubectl)
    path = f"{home / 'bin'}:{COMMANDS}:{os.environ['PATH']}"
    return kept | {"PATH": path, "HOME": str(home), "KUBECACHEDIR": str(home / "cache")}
