"""Where the test cluster lives: its folders, names and addresses, all of them constants or derived ones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

KUBERNETES_VERSION = "1.36.3"
CONTEXT = "k8s-replay-local"
SERVICE_ADDRESS = "10.96.0.1"
SERVICE_SUBNET = "10.96.0.0/16"
MAX_NODES = 3
INSTANCE_VARIABLE = "KUBECTL_REPLAY_CLUSTER_INSTANCE"


@dataclass(frozen=True)
class NodeSite:
    """One node's name, addresses and private folder; index 0 is the control plane."""

    index: int
    name: str
    address: str
    folder: Path
    link: str
    cgroup: str

    @property
    def pod_subnet(self) -> str:
        """The pods of a node share a subnet, so that one route a node joins all of them."""
        return f"10.244.{self.index}.0/24"


@dataclass(frozen=True)
class Site:
    """One cluster's place on this machine.

    ``instance`` is 0 for everybody. Only the tests of the cluster itself use others: these have their own
    bridge, subnet, cgroup and folder, so that a test may tear down its cluster beside a running one.
    """

    cache: Path
    instance: int = 0

    @property
    def folder(self) -> Path:
        """The cluster's own folder: removed by ``down``."""
        return self.cache / ("cluster" if not self.instance else f"cluster-{self.instance}")

    @property
    def bridge(self) -> str:
        """The bridge on the host (names of links are 15 bytes at most)."""
        return f"k8s-replay{self.instance}"

    @property
    def cgroup(self) -> str:
        """The cgroup above all pods, below every hierarchy's root."""
        return f"k8s-replay{self.instance}"

    @property
    def host_address(self) -> str:
        """The host's address on the bridge."""
        return f"172.30.{77 + self.instance}.1"

    def node(self, index: int) -> NodeSite:
        """The place of one node."""
        name = "k8s-replay-control-plane" if index == 0 else f"k8s-replay-worker{index}"
        return NodeSite(
            index=index,
            name=name,
            address=f"172.30.{77 + self.instance}.{11 + index}",
            folder=self.folder / "nodes" / name,
            link=f"{self.bridge}-{index}",
            cgroup=f"/{self.cgroup}/{name}",
        )


def find_site() -> Site:
    """The site of this user, by ``XDG_CACHE_HOME`` (``~/.cache`` by default) and the tests' variable."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Site(Path(home).resolve() / "kubectl-replay", int(os.environ.get(INSTANCE_VARIABLE) or 0))
