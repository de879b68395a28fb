"""A cluster of one test module's own, for what the cluster of all other tests must not feel."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.cluster import control
from tests.cluster.health import wait_ready
from tests.cluster.lifecycle import bring_up, tear_down
from tests.cluster.site import find_site
from tests.e2e.cluster import reach

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.state import Cluster
    from tests.e2e.cluster import Target
    from tests.e2e.namespaces import Namespace

API_SERVER, KUBELET = "kube-apiserver", "kubelet"


@contextmanager
def bring(instance: int, nodes: int, home: Path) -> Iterator[Target]:
    """Start the cluster with this number, and remove it with the block."""
    site = replace(find_site(), instance=find_site().instance + instance)
    try:
        yield reach(bring_up(site, nodes), home)
    finally:
        tear_down(site)


def settle(namespace: Namespace) -> None:
    """Create a namespace in which pods can be created at once.

    After an outage the controller that makes ServiceAccounts waits up to a minute before it asks again.
    """
    for path, name in (
        ("/api/v1/namespaces", namespace.name),
        (f"{namespace.path}/serviceaccounts", "default"),
    ):
        status, answer = namespace.api.ask("POST", path, {"metadata": {"name": name}})
        assert status in {201, 409}, answer


@dataclass(frozen=True)
class Frail:
    """What a test does to one program of one node."""

    cluster: Cluster
    program: str
    node: int = 0

    def kill(self) -> None:
        """End it; it is gone when this returns."""
        control.kill(self.cluster, self.program, self.node)

    def pause(self) -> None:
        """Let it stand still: who asks it something gets no answer."""
        control.pause(self.cluster, self.program, self.node)

    def start(self) -> None:
        """Start it again, and wait for nothing."""
        control.start(self.cluster, self.program, self.node)

    def heal(self) -> None:
        """Have it run again, and wait until pods can be created."""
        control.resume(self.cluster, self.program, self.node)
        self.start()
        wait_ready(self.cluster)
