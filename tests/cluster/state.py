"""What is written down of a running cluster, and what tests ask of it: ``load()``.

The file holds each node's pid with its start time and the machine's boot, so that a pid that was used again
is never taken for a node.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.cluster.procfs import find_process, read_boot
from tests.cluster.site import CONTEXT, Site, find_site

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Node:
    """One node; ``pid`` is its PID 1 as the host sees it, ``started`` its start in clock ticks since boot."""

    name: str
    address: str
    pid: int
    started: int

    @property
    def alive(self) -> bool:
        """Whether that very process runs."""
        process = find_process(self.pid)
        return process is not None and process.started == self.started


@dataclass(frozen=True)
class Cluster:
    """A cluster as its ``up`` has written it down; all paths are the host's."""

    folder: Path
    owner: Path
    boot: str
    programs: Path
    host_address: str
    nodes: tuple[Node, ...]
    complete: bool = False
    """Whether its start came to its end: pods can be created and all images are there."""
    merged: Path | None = None
    """The user's kubeconfig that has our context too."""

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig of its administrator (group system:masters)."""
        return self.folder / "kubeconfig"

    @property
    def context(self) -> str:
        """The kubeconfig's only context."""
        return CONTEXT

    @property
    def audit_log(self) -> Path:
        """The API server's audit log: JSON lines, level Metadata."""
        return self.folder / "audit.log"

    @property
    def registries(self) -> Path:
        """Containerd's ``certs.d``: a folder ``HOST:PORT`` with a ``hosts.toml`` is read at the next pull."""
        return self.folder / "certs.d"

    @property
    def kubectl(self) -> Path:
        """A kubectl of the cluster's own version."""
        return self.programs / "kubectl"

    @property
    def lives(self) -> bool:
        """Whether any of its nodes' processes runs. That says nothing of what runs in them."""
        return self.boot == read_boot() and any(node.alive for node in self.nodes)

    def log(self, component: str, node: int = 0) -> Path:
        """The log of one program of one node."""
        return self.folder / "nodes" / self.nodes[node].name / "log" / f"{component}.log"


def locate_state(folder: Path) -> Path:
    """The state file of the cluster in ``folder``."""
    return folder / "state.json"


def render_state(cluster: Cluster) -> str:
    """The state file's text."""
    return json.dumps(asdict(cluster), indent=2, default=str)


def parse_state(text: str) -> Cluster | None:
    """The cluster that a state file's text tells of; None where it is cut off or of another version."""
    try:
        facts = json.loads(text)
        facts["nodes"] = tuple(Node(**node) for node in facts["nodes"])
        for name in ("folder", "owner", "programs"):
            facts[name] = Path(facts[name])
        facts["merged"] = Path(facts["merged"]) if facts["merged"] else None
        return Cluster(**facts)
    except (ValueError, TypeError, KeyError):
        return None


def save(cluster: Cluster) -> None:
    """Write the state file, whole or not at all."""
    path = locate_state(cluster.folder)
    partial = path.with_suffix(".partial")
    partial.write_text(render_state(cluster))
    partial.rename(path)


def load(site: Site | None = None) -> Cluster | None:
    """The cluster of this user on this machine, as written down; None where there is none."""
    path = locate_state((site or find_site()).folder)
    return parse_state(path.read_text()) if path.exists() else None
