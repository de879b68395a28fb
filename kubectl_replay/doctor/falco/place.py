"""Where Falco runs: in which namespaces, and on which nodes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay.detection.agents import LABEL
from kubectl_replay.detection.fleet import part
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.doctor.finding import Finding, explain, fail, failed, not_made, ok, understand, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.detection.discovery import Discovery
    from kubectl_replay.detection.fleet import Fleet
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

CHECK: Final = "falco"
AGENT: Final = "agent"


def judge(found: Discovery, namespace: str) -> Finding:
    """Say where Falco was found; `namespace` is the only one that was looked into, if one was named."""
    if found.forbidden and found.failed:
        message = f"this user may not look for it: {explain(found.failed)}"
        return fail(CHECK, message, MEANINGS[Missed.BACKEND_DISCOVERY_DENIED].advice)
    if found.failed:
        return failed(CHECK, understand(found.failed))
    if found.agents:
        return ok(CHECK, "; ".join(map(_describe, part(found.agents))))
    if namespace:
        message = f"none in the namespace {namespace}, which FALCO_NAMESPACE names"
        return fail(CHECK, message, "name its namespace, or install it: `kubectl replay setup falco`")
    return fail(CHECK, "none in any namespace", "install it: `kubectl replay setup falco`")


def _describe(fleet: Fleet) -> str:
    count = len(fleet.agents)
    pods = "1 pod" if count == 1 else f"{count} pods"
    known = f"by the label {LABEL}" if fleet.agents[0].labelled else "by the container's name or image"
    return f"{fleet.name}: {pods}, found {known}"


def examine_nodes(kubectl: Kubectl, agents: Sequence[Agent], answer: Completed) -> Iterator[Finding]:
    """Look at every node that the API server lists: whether Falco runs there, and how."""
    if answer.code or answer.late:
        fix = "ask for a ClusterRole: nodes list"
        yield not_made(AGENT, f"whether every node has one: {explain(answer)}", fix)
        nodes = {}
    else:
        nodes = {node["metadata"]["name"]: _is_ready(node) for node in json.loads(answer.out)["items"]}
    here = {name: [agent for agent in agents if agent.node == name] for name in nodes}
    for name, ready in nodes.items():
        away = "" if ready else " (the node is not ready)"
        if not here[name]:
            fix = "let Falco's DaemonSet tolerate the node's taints, or run elsewhere with --node"
            yield warn(AGENT, f"{name}: none{away}, so nothing that happens there is seen", fix)
        yield from (_judge(kubectl, f"{name}{away}", agent) for agent in here[name])
    elsewhere = [agent for agent in agents if agent.node not in nodes]
    yield from (_judge(kubectl, agent.node or "no node yet", agent) for agent in elsewhere)


def _is_ready(node: Mapping[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions", ())
    return any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)


def _judge(kubectl: Kubectl, place: str, agent: Agent) -> Finding:
    restarts = "1 restart" if agent.restarts == 1 else f"{agent.restarts} restarts"
    end = f", the last time ended {_ended(agent)}" if agent.last_end else ""
    message = f"{place}: {agent.namespace}/{agent.pod}, {restarts}{end}"
    if agent.ready:
        return ok(AGENT, f"{message}, ready")
    see = kubectl.within(agent.namespace).describe(agent.pod)
    return fail(AGENT, f"{message}, not ready", f"see `{see}`")


def _ended(agent: Agent) -> str:
    end = agent.last_end
    return f"{end.code}{f' ({end.reason})' if end.reason else ''}" if end else ""
