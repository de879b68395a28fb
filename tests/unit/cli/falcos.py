"""A cluster with Falco in it, whose kubectl answers what was written down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.unit.backends.samples import agent_pod

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Cluster

BOTH = json.dumps(
    {"clientVersion": {"major": "1", "minor": "36"}, "serverVersion": {"major": "1", "minor": "36"}}
)
RULE = "Terminal shell in container"
DENIED = 'Error from server (Forbidden): pods "falco-a" is forbidden: User "x" cannot {} resource "pods/{}"\n'


def listing(*items: dict[str, Any]) -> str:
    """Return the answer of a list."""
    return json.dumps({"items": list(items)})


def finds(cluster: Cluster, *pods: dict[str, Any]) -> None:
    """Have Falco looked for and found: these pods, or one on node-a."""
    cluster.view()
    cluster.call("get", "pods", "--all-namespaces", any, out=listing(*(pods or (agent_pod(),))))


def logs(cluster: Cluster, pod: str, *lines: str, err: str = "", code: int = 0, how: str = "") -> None:
    """Have the log of an agent read: the whole, or with `how`."""
    flags = [how] if how else []
    found = "".join(f"{line}\n" for line in lines)
    words = (
        "logs",
        pod,
        "-c",
        "falco",
        "--timestamps",
        *flags,
        "--namespace",
        "falco",
        "--context",
        "kind-a",
    )
    cluster.call(*words, out=found, err=err, code=code)


def tells(cluster: Cluster, *rules: dict[str, Any], pod: str = "falco-a", configuration: str = "{}") -> None:
    """Have Falco asked for its rules and its configuration."""
    answer = json.dumps({"rules": [{"info": rule} for rule in rules]})
    executes(cluster, pod, "falco", "-L", "-o", "json_output=true", out=f"{answer}\n")
    executes(cluster, pod, "cat", "/etc/falco/falco.yaml", out=configuration)


def executes(cluster: Cluster, pod: str, *words: str, out: str = "", err: str = "", code: int = 0) -> None:
    """Have a command run in an agent."""
    pinned = ("--namespace", "falco", "--context", "kind-a")
    cluster.call("exec", pod, "-c", "falco", *pinned, "--", *words, out=out, err=err, code=code)
