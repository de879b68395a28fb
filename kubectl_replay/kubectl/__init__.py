"""What we ask of kubectl, always of the same pinned cluster and as the same user."""

from __future__ import annotations

from kubectl_replay.kubectl.connection import Connection
from kubectl_replay.kubectl.container import Containers, Exec, Log
from kubectl_replay.kubectl.objects import Objects
from kubectl_replay.kubectl.server import Server
from kubectl_replay.kubectl.workload import Workload

__all__ = ["Connection", "Exec", "Kubectl", "Log"]


class Kubectl(Workload, Containers, Objects, Server):
    """kubectl, pinned to one connection."""
