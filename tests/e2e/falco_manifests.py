"""The objects of a Falco, labelled and named as Falco's Helm chart does it, around the stand-in's image."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.e2e.api import Object

Kind = Literal["DaemonSet", "Deployment", "Pod"]

RULES = (
    ("Terminal shell in container", "Notice"),
    ("Create Symlink Over Sensitive Files", "Warning"),
    ("Read sensitive file untrusted", "Warning"),
    ("Contact K8S API Server From Container", "Notice"),
)
CONFIGURATION = """\
json_output: true
priority: debug
rule_matching: first
stdout_output:
  enabled: true
"""


@dataclass(frozen=True)
class Shape:
    """How a stand-in is installed."""

    version: str = "0.44.1"
    kind: Kind = "DaemonSet"
    release: str = "falco"
    labelled: bool = True
    """With the chart's labels; without them only the container's name and image tell what it is."""
    container: str = "falco"
    terminal: bool = False
    """As with the chart's `tty: true`."""
    arguments: tuple[str, ...] = ()
    """Falco's own, such as -U; they change nothing of what the stand-in prints."""
    rules: tuple[tuple[str, str], ...] = RULES
    """What `falco -L` answers: the names of rules, and their priorities."""
    configuration: str = CONFIGURATION
    """The text of /etc/falco/falco.yaml; it changes nothing of what the stand-in prints."""
    ready: bool = True
    """False: it runs and never becomes ready."""
    node: str = ""
    """Runs on this node alone; else a DaemonSet runs on all, and anything else anywhere."""

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the pods."""
        if not self.labelled:
            return {"app": "stand-in"}
        return {"app.kubernetes.io/name": "falco", "app.kubernetes.io/instance": self.release}


def render(shape: Shape, image: str) -> tuple[str, Object]:
    """Give the API's path below the namespace's where the one object is created, and the object."""
    template = {"metadata": {"labels": shape.labels}, "spec": _pod(shape, image)}
    metadata = {"name": shape.release, "labels": shape.labels}
    if shape.kind == "Pod":
        return "/api/v1", {"kind": "Pod", **template, "metadata": metadata}
    spec: Object = {"selector": {"matchLabels": shape.labels}, "template": template}
    return "/apis/apps/v1", {"kind": shape.kind, "metadata": metadata, "spec": spec}


def _pod(shape: Shape, image: str) -> Object:
    container: dict[str, Any] = {
        "name": shape.container,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": list(shape.arguments),
        "tty": shape.terminal,
        "env": [
            {"name": "FALCO_HOSTNAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            {"name": "STAND_IN_RULES", "value": _list_rules(shape.rules)},
            {"name": "STAND_IN_CONFIGURATION", "value": shape.configuration},
        ],
    }
    if not shape.ready:
        container["readinessProbe"] = {"exec": {"command": ["false"]}}
    return {
        "containers": [container],
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "tolerations": [{"operator": "Exists"}],
        "nodeSelector": {"kubernetes.io/hostname": shape.node} if shape.node else {},
    }


def _list_rules(rules: tuple[tuple[str, str], ...]) -> str:
    """Give the answer of `falco -L -o json_output=true`, which is one line."""
    listed = [
        {"info": {"name": name, "priority": priority, "source": "syscall", "enabled": True, "tags": []}}
        for name, priority in rules
    ]
    return json.dumps({"rules": listed})
