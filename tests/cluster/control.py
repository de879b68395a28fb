"""What tests ask of a running node: stop one of its programs, let it go on, start it again.

control.kill(cluster, "kube-apiserver")     SIGKILL; it is gone when this returns
control.start(cluster, "kube-apiserver")    started again, not waited for
control.pause(cluster, "kubelet", node=1)   SIGSTOP
control.resume(cluster, "kubelet", node=1)  SIGCONT
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.cluster.errors import ClusterError

if TYPE_CHECKING:
    from tests.cluster.state import Cluster

TIMEOUT = 10.0


@dataclass(frozen=True)
class Programs:
    """The programs of one node: their state in words, and the pids (inside the node) of those that run."""

    states: dict[str, str]
    pids: dict[str, int]


def pause(cluster: Cluster, name: str, node: int = 0) -> Programs:
    """Stop a program where it stands (SIGSTOP)."""
    return _ask(cluster, node, "pause", name)


def resume(cluster: Cluster, name: str, node: int = 0) -> Programs:
    """Let a paused program go on (SIGCONT)."""
    return _ask(cluster, node, "resume", name)


def kill(cluster: Cluster, name: str, node: int = 0) -> Programs:
    """End a program (SIGKILL); it has ended when this returns."""
    return _ask(cluster, node, "kill", name)


def start(cluster: Cluster, name: str, node: int = 0) -> Programs:
    """Start a program that has ended; does nothing to one that runs."""
    return _ask(cluster, node, "start", name)


def ask_state(cluster: Cluster, node: int = 0) -> Programs:
    """The state of all programs of a node."""
    return _ask(cluster, node, "state", "")


def _ask(cluster: Cluster, node: int, action: str, name: str) -> Programs:
    # Through the node's own root: a short path (108 bytes at most), and no other process can answer.
    path = f"/proc/{cluster.nodes[node].pid}/root/run/control.sock"
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(TIMEOUT)
        try:
            peer.connect(path)
            peer.sendall(json.dumps({"action": action, "name": name}).encode() + b"\n")
            answer = peer.makefile().readline()
        except OSError as error:
            raise ClusterError(f"The node {cluster.nodes[node].name} does not answer: {error}.") from error
    facts = json.loads(answer or "{}")
    if "error" in facts or not facts:
        raise ClusterError(facts.get("error", f"The node {cluster.nodes[node].name} closed the connection."))
    return Programs(**facts)
