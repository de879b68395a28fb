"""GET requests to the cluster's API server as its administrator: what `up` waits for, without a kubectl."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cluster.certificates import Authority


@dataclass(frozen=True)
class Api:
    """The API server at one address."""

    address: str
    authority: Authority
    timeout: float = 2.0

    def get(self, path: str) -> dict[str, Any] | None:
        """The object at ``path``; None where it is not there or the server does not answer (yet)."""
        admin = self.authority.client("admin", "system:masters")
        context = ssl.create_default_context(cafile=str(self.authority.pair.certificate))
        context.load_cert_chain(admin.certificate, admin.key)
        connection = http.client.HTTPSConnection(self.address, timeout=self.timeout, context=context)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            found: dict[str, Any] = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        else:
            return found if answer.status == http.client.OK else None
        finally:
            connection.close()

    def lacks(self, names: list[str]) -> str | None:
        """What is missing before a pod can be created on each of these nodes; None if nothing is."""
        listed = self.get("/api/v1/nodes")
        if listed is None:
            return "the API server does not answer"
        nodes = {node["metadata"]["name"]: node for node in listed["items"]}
        for name in names:
            if name not in nodes:
                return f"the node {name} has not registered"
            if not is_ready(nodes[name]):
                return f"the node {name} is not Ready"
        if self.get("/api/v1/namespaces/default/serviceaccounts/default") is None:
            return "the namespace default has no ServiceAccount default"
        return None


def is_ready(node: dict[str, Any]) -> bool:
    """Whether a node is Ready and takes pods (its taints go a moment later)."""
    conditions = {entry["type"]: entry["status"] for entry in node["status"].get("conditions", ())}
    return conditions.get("Ready") == "True" and not node["spec"].get("taints")
