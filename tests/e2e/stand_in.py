"""A stand-in for Falco: pods that look like Falco's and print what a test has them print.

All that reads it is real: the API server, the kubelet, containerd and `kubectl logs`. Only what is printed is
the test's own (tests/e2e/falco_lines.py has the shapes).

It must never run in the cluster that all tests share: Falco is looked for in the whole cluster, so every run
of `kubectl replay` beside it would find it. Tests that need one lie in tests/e2e/falco, whose conftest.py
brings a cluster of their own.

    stand_in = deploy(target, api, folder, Shape(version="0.40.0"))     # in tests/e2e/falco: a fixture
    stand_in.on(node).feed(json_alert(seen))        # into the log of the agent on one node
    stand_in.feed(*lines)                           # into the logs of all agents
    stand_in.age()                                  # as if they had started an hour ago
    stand_in.on(node).rotate()                      # `kubectl logs` has only what comes later
    stand_in.on(node).restart()                     # what was fed is only in `kubectl logs --previous`
    stand_in.remove()
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.e2e import falco_image, falco_manifests
from tests.e2e.falco_agent import Agent
from tests.e2e.falco_manifests import Shape
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.api import Api, Object
    from tests.e2e.cluster import Target


@dataclass(frozen=True)
class StandIn:
    """One installation, in a namespace of its own."""

    target: Target = field(repr=False)
    api: Api = field(repr=False)
    shape: Shape
    namespace: str = field(default_factory=lambda: f"e2e-falco-{secrets.token_hex(4)}")

    @property
    def path(self) -> str:
        """Its namespace's path in the API."""
        return f"/api/v1/namespaces/{self.namespace}"

    @property
    def agents(self) -> tuple[Agent, ...]:
        """Its pods, by node."""
        cluster = self.target.local
        assert cluster
        found = [
            Agent(
                cluster,
                self.api,
                self.shape,
                self.namespace,
                pod["metadata"]["name"],
                pod["spec"]["nodeName"],
            )
            for pod in self._pods()
            if pod["spec"].get("nodeName") and "deletionTimestamp" not in pod["metadata"]
        ]
        return tuple(sorted(found, key=lambda agent: agent.node))

    def on(self, node: str) -> Agent:
        """Give the agent on a node; fails the test where there is none."""
        return next(agent for agent in self.agents if agent.node == node)

    def feed(self, *lines: str) -> None:
        """Print these lines in every agent."""
        for agent in self.agents:
            agent.feed(*lines)

    def age(self, seconds: int = 3600) -> None:
        """Make all that the agents have printed so far that much older, as if they had started long ago.

        The silence of a Falco that has only just started means nothing.
        """
        for agent in self.agents:
            agent.age(seconds)

    def rotate(self) -> None:
        """Rotate the log of every agent."""
        for agent in self.agents:
            agent.rotate()

    def restart(self) -> None:
        """Restart every agent."""
        for agent in self.agents:
            agent.restart()

    def wait_ready(self) -> None:
        """Wait until each agent has printed its start and is ready, unless its shape is never to be."""
        cluster = self.target.local
        assert cluster
        everywhere = self.shape.kind == "DaemonSet" and not self.shape.node
        wanted = len(cluster.nodes) if everywhere else 1
        until(
            lambda: len(self.agents) == wanted and all(agent.runs for agent in self.agents),
            f"the agents of {self.namespace}",
        )

    def kubectl_logs(self, agent: Agent, *words: str) -> list[str]:
        """The lines that kubectl finds in the log of an agent."""
        asked = ("logs", "-n", self.namespace, agent.name, "-c", self.shape.container, *words)
        return self.target.kubectl(*asked).passed().splitlines()

    def create(self, folder: Path) -> None:
        """Create the namespace and all in it; `folder` keeps the image."""
        assert self.target.local
        image = falco_image.provide(self.target.local, self.shape.version, folder)
        version, body = falco_manifests.render(self.shape, image)
        for path, item in (
            ("/api/v1/namespaces", {"metadata": {"name": self.namespace}}),
            # Made here because the controller that makes it takes its time, and without it there are no pods.
            (f"{self.path}/serviceaccounts", {"metadata": {"name": "default"}}),
            (f"{version}/namespaces/{self.namespace}/{body['kind'].lower()}s", body),
        ):
            status, answer = self.api.ask("POST", path, item)
            assert status in {201, 409}, answer

    def remove(self) -> None:
        """Remove all of it; no agent is left when this returns, and the empty namespace goes 5 s later."""
        self.api.ask("DELETE", self.path)  # first: from now on nothing can be created in it
        for kind in ("daemonsets", "deployments", "replicasets"):
            self.api.ask("DELETE", f"/apis/apps/v1/namespaces/{self.namespace}/{kind}")
        self.api.ask("DELETE", f"{self.path}/pods?gracePeriodSeconds=0")
        until(lambda: not self._pods(), f"the end of the pods of {self.namespace}")

    def _pods(self) -> list[Object]:
        items: list[Object] = (self.api.read(f"{self.path}/pods") or {}).get("items", [])
        return items


def deploy(target: Target, api: Api, folder: Path, shape: Shape | None = None) -> StandIn:
    """Install one and wait until it is ready; whoever does must `remove` it."""
    stand_in = StandIn(target, api, shape or Shape())
    try:
        stand_in.create(folder)
        stand_in.wait_ready()
    except BaseException:
        stand_in.remove()
        raise
    return stand_in
