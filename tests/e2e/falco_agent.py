"""One agent of the stand-in for Falco: the pod on one node, and what a test does to it."""

from __future__ import annotations

import os
import secrets
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.cluster.images import Containerd
from tests.e2e.containers import Container
from tests.e2e.reopening import reopen
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.cluster.state import Cluster
    from tests.e2e.api import Api, Object
    from tests.e2e.falco_manifests import Shape

LAST_WORDS = b"One ring buffer every"
"""How the last line of the start begins."""
ROTATION_BYTES = 10 * 1024 * 1024
"""The kubelet's containerLogMaxSize, by default."""


@dataclass(frozen=True)
class Agent:
    """The pod on one node."""

    cluster: Cluster = field(repr=False)
    api: Api = field(repr=False)
    shape: Shape = field(repr=False)
    namespace: str
    name: str
    node: str

    @property
    def path(self) -> str:
        """Its own path in the API."""
        return f"/api/v1/namespaces/{self.namespace}/pods/{self.name}"

    @property
    def pod(self) -> Object:
        """The pod as the API server has it."""
        pod = self.api.read(self.path)
        assert pod, f"there is no pod {self.name}"
        return pod

    @property
    def container(self) -> Container:
        """Its container that runs now."""
        pod = self.pod
        (status,) = pod["status"]["containerStatuses"]
        logs = self.cluster.folder / "nodes" / self.node / "log" / "pods"
        folder = logs / f"{self.namespace}_{self.name}_{pod['metadata']['uid']}" / self.shape.container
        container = status["containerID"].rpartition("://")[2]
        return Container(container, folder / f"{status['restartCount']}.log")

    @property
    def restarts(self) -> int:
        """How often its container was started again."""
        return int(self.pod["status"]["containerStatuses"][0]["restartCount"])

    def feed(self, *lines: str) -> None:
        """Print these lines; they are in the log when this returns."""
        self.container.print(lines)

    def age(self, seconds: int = 3600) -> None:
        """Make all that it has printed so far that much older, as if it had started long ago."""
        self.container.backdate(seconds)

    def rotate(self) -> None:
        """Rotate its log by the kubelet's two steps: move the file, and have containerd open a new one.

        From here on `kubectl logs` returns only what is printed later, and a follower goes on.
        """
        container = self.container
        container.log.rename(f"{container.log}.{time.strftime('%Y%m%d-%H%M%S')}.{secrets.token_hex(2)}")
        node = next(node for node in self.cluster.nodes if node.name == self.node)
        reopen(Containerd(self.cluster.kubectl, node).socket, container.id)
        assert container.log.exists(), "containerd has not opened a new log"

    def overflow(self, line: str) -> None:
        """Print a line so often that the kubelet itself rotates the log; it looks every 10 s."""
        log = self.container.log
        before = log.stat().st_ino
        self.feed(*[line] * (ROTATION_BYTES // len(line) + 1))
        until(lambda: log.exists() and log.stat().st_ino != before, "the kubelet to rotate the log")

    def reload(self) -> None:
        """Have it read its rules anew, as Falco does on SIGHUP: summary and new start in the same log."""
        container = self.container
        pid, before = container.pid, container.log.stat().st_size
        assert pid
        os.kill(pid, signal.SIGHUP)
        until(lambda: LAST_WORDS in container.log.read_bytes()[before:], "the lines of the reload")

    def restart(self, *, signum: int = signal.SIGKILL) -> None:
        """End its container and wait for the next; `SIGTERM` lets it print its summary before.

        The kubelet starts it at once the first time, and 10 s later the second time (its back-off).
        """
        before = self.container
        if pid := before.pid:
            os.kill(pid, signum)
        until(lambda: self.restarts and self.runs and self.container != before, "the restarted container")

    @property
    def runs(self) -> bool:
        """Whether its container has printed all of its start and, where it ever will be, is ready."""
        pod = self.api.read(self.path)
        statuses = (pod or {}).get("status", {}).get("containerStatuses", ())
        if not statuses or "running" not in statuses[0]["state"]:
            return False
        log = self.container.log
        printed = log.exists() and LAST_WORDS in log.read_bytes()
        return printed and (bool(statuses[0]["ready"]) or not self.shape.ready)
