"""The stand-in's image: busybox and one script, made on the spot and imported into each node."""

from __future__ import annotations

import platform
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.archive import PATH, write_image
from tests.cluster.images import Containerd
from tests.cluster.recipes import LAYERS, name_architecture
from tests.cluster.rootfs import write_layer
from tests.cluster.site import find_site

if TYPE_CHECKING:
    from tests.cluster.state import Cluster

REPOSITORY = "kubectl-replay.test/falco"
"""A name of the tests' own, which no registry has; its last part is what Falco's own images are called."""
PROGRAM = "usr/bin/falco"
SCRIPT = Path(__file__).with_name("falco_agent.sh")


def provide(cluster: Cluster, version: str, folder: Path) -> str:
    """Have the image of this version in all nodes; return its name. `folder` keeps the archive."""
    name = f"{REPOSITORY}:{version}"
    archive = folder / f"falco-{version}.tar"
    if not archive.exists():
        settings = {"Env": [f"PATH={PATH}", f"FALCO_VERSION={version}"], "Entrypoint": [f"/{PROGRAM}"]}
        write_image(archive, name, name_architecture(platform.machine()), [_layer(folder)], settings)
        for node in cluster.nodes:
            ctr = cluster.folder / "nodes" / node.name / "bin" / "ctr"
            Containerd(ctr, node).ask("images", "import", archive)
    return name


def _layer(folder: Path) -> Path:
    path = folder / "falco.layer"
    if not path.exists():
        busybox = LAYERS["busybox"](find_site().cache)
        write_layer(replace(busybox, files={**busybox.files, PROGRAM: SCRIPT}), path)
    return path
