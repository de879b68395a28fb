"""The kubectl that the tests run with: the oldest or the newest that is supported, or whatever is there."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from tests.cluster.binary import KUBERNETES, OLDEST_KUBECTL, provide
from tests.cluster.site import find_site
from tests.e2e import programs

VARIABLE = "REPLAY_E2E_KUBECTL"
"""`oldest`, `newest`, or the path of another kubectl than the one on PATH."""

BUILDS = {"oldest": OLDEST_KUBECTL, "newest": KUBERNETES}


def build(age: str) -> Path:
    """Give the oldest or the newest kubectl; the first time that takes minutes, told on standard error.

    Raises ClusterError where it cannot be built.
    """
    return provide(BUILDS[age], find_site().cache) / "kubectl"


def choose() -> Path | None:
    """Give the kubectl that the variable asks for; None where it asks for none.

    Raises ValueError where there is no such program, ClusterError where it cannot be built.
    """
    asked = os.environ.get(VARIABLE)
    if not asked:
        return None
    if asked in BUILDS:
        return build(asked)
    if not os.access(asked, os.X_OK):
        raise ValueError(f"{VARIABLE}={asked} is neither {' nor '.join(BUILDS)} nor a program.")
    return Path(asked).absolute()


def describe() -> str:
    """Say which kubectl the tests run with: its version, and why it is this one."""
    path = choose() or shutil.which("kubectl")
    if not path:
        return f"kubectl {KUBERNETES.version}: the cluster's own, there is none on PATH"
    return f"kubectl {read_version(path)}: {os.environ.get(VARIABLE) or path}"


def read_version(kubectl: str | Path) -> str:
    """Ask a kubectl for its version."""
    ended = programs.run((kubectl, "version", "--client", "-o", "json"), os.environ)
    version: str = json.loads(ended.passed())["clientVersion"]["gitVersion"]
    return version.removeprefix("v")
