"""Whether a cluster that was started before is as it should be, and if not, the first thing that is wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.cluster import control
from tests.cluster.api import Api
from tests.cluster.certificates import Authority
from tests.cluster.errors import ClusterError
from tests.cluster.procfs import read_boot

if TYPE_CHECKING:
    from tests.cluster.state import Cluster

PATIENCE_SECONDS = 10


def find_trouble(cluster: Cluster) -> str | None:
    """The first thing that is wrong with the cluster, in words; None where a pod can be created."""
    if cluster.boot != read_boot():
        return "the machine has been started anew since"
    try:
        trouble = find_ended(cluster)
        if not trouble and cluster.complete:
            wait_ready(cluster, PATIENCE_SECONDS)
    except ClusterError as error:
        return str(error)
    return trouble or (None if cluster.complete else "its start was interrupted")


def find_ended(cluster: Cluster) -> str | None:
    """The first node or program that does not run, in words; raises ClusterError where a node is mute."""
    for index, node in enumerate(cluster.nodes):
        if not node.alive:
            return f"the node {node.name} has ended"
        for name, words in control.ask_state(cluster, index).states.items():
            if words not in {"running", "waiting"}:
                return (
                    f"{name} on {node.name} is {words}"
                    if words == "paused"
                    else f"{name} on {node.name} {words}"
                )
    return None


def wait_ready(cluster: Cluster, seconds: float = 60) -> None:
    """Wait until a pod can be created on every node; raises ClusterError with what is missing at the end."""
    api = Api(cluster.nodes[0].address, Authority(cluster.folder / "pki"))
    names = [node.name for node in cluster.nodes]
    deadline = time.monotonic() + seconds
    while lack := api.lacks(names):
        if time.monotonic() > deadline:
            raise ClusterError(f"{lack} after {seconds:.0f} s")
        time.sleep(0.05)
