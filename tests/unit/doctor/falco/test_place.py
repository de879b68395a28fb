"""Where Falco was found, and on which nodes it runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubectl_replay.detection.agents import End
from kubectl_replay.detection.discovery import Discovery
from kubectl_replay.doctor.falco.place import examine_nodes, judge
from kubectl_replay.doctor.finding import Finding, Status
from tests.unit.doctor.falco.samples import AGENT, agent
from tests.unit.fakes import pinned
from tests.unit.samples import FORBIDDEN, UNREACHABLE, answer, refused

SETUP = "install it: `kubectl replay setup falco`"
NOT_SEEN = "let Falco's DaemonSet tolerate the node's taints, or run elsewhere with --node"


def node(name: str, ready: str = "True") -> dict[str, Any]:
    conditions = [{"type": "MemoryPressure", "status": "False"}, {"type": "Ready", "status": ready}]
    return {"metadata": {"name": name}, "status": {"conditions": conditions}}


def examine(*agents: Any, nodes: tuple[dict[str, Any], ...]) -> list[Finding]:  # noqa: ANN401 - agents
    return [*examine_nodes(pinned(), agents, answer(json.dumps({"items": list(nodes)})))]


def test_each_falco_that_was_found_is_named_with_how_it_is_known() -> None:
    found = Discovery((AGENT, agent(pod="falco-b"), agent(owner="", pod="lone", labelled=False)))
    assert judge(found, "") == Finding(
        "falco",
        Status.OK,
        "DaemonSet/falco in the namespace falco: 2 pods, found by the label app.kubernetes.io/name=falco;"
        " Pod/lone in the namespace falco: 1 pod, found by the container's name or image",
    )


def test_none_fails_with_the_way_to_have_one() -> None:
    assert judge(Discovery(), "") == Finding("falco", Status.FAIL, "none in any namespace", SETUP)
    assert judge(Discovery(), "security") == Finding(
        "falco",
        Status.FAIL,
        "none in the namespace security, which FALCO_NAMESPACE names",
        f"name its namespace, or {SETUP}",
    )


def test_who_may_not_look_is_told_what_to_ask_for() -> None:
    found = judge(Discovery(failed=refused()), "")
    assert found == Finding(
        "falco",
        Status.FAIL,
        f"this user may not look for it: {FORBIDDEN.strip()}",
        "ask for a ClusterRole: pods list; or name Falco's namespace in FALCO_NAMESPACE and ask for a Role"
        " there: pods get, list and pods/log get",
    )


def test_a_server_that_does_not_answer_is_a_failure_in_its_words() -> None:
    found = judge(Discovery(failed=refused(UNREACHABLE)), "")
    assert (found.status, found.message) == (
        Status.FAIL,
        f"The API server does not answer. ({UNREACHABLE.strip()})",
    )


def test_every_node_is_named_with_its_agent_or_without() -> None:
    found = examine(AGENT, nodes=(node("node-a"), node("node-b")))
    assert found == [
        Finding("agent", Status.OK, "node-a: falco/falco-a, 0 restarts, ready"),
        Finding("agent", Status.WARN, "node-b: none, so nothing that happens there is seen", NOT_SEEN),
    ]


@pytest.mark.parametrize("ready", ["False", "Unknown"])
def test_a_node_that_is_not_ready_is_told(ready: str) -> None:
    found = examine(AGENT, nodes=(node("node-a", ready), node("node-b", ready)))
    assert found[0].message == "node-a (the node is not ready): falco/falco-a, 0 restarts, ready"
    assert found[1].message.startswith("node-b: none (the node is not ready), so nothing")


def test_an_agent_that_is_not_ready_fails_and_says_how_it_ended() -> None:
    broken = agent(ready=False, restarts=4, last_end=End("OOMKilled", 137, None))
    assert examine(broken, nodes=(node("node-a"),)) == [
        Finding(
            "agent",
            Status.FAIL,
            "node-a: falco/falco-a, 4 restarts, the last time ended 137 (OOMKilled), not ready",
            "see `kubectl describe pod falco-a --namespace falco --context kind-k8s-replay`",
        )
    ]


def test_an_end_without_a_reason_has_its_code() -> None:
    once = agent(restarts=1, last_end=End("", 1, None))
    assert examine(once, nodes=(node("node-a"),))[0].message == (
        "node-a: falco/falco-a, 1 restart, the last time ended 1, ready"
    )


def test_an_agent_on_no_node_or_one_that_is_not_listed_is_told_too() -> None:
    found = examine(agent(node="", ready=False), agent(node="new"), nodes=())
    assert [each.message for each in found] == [
        "no node yet: falco/falco-a, 0 restarts, not ready",
        "new: falco/falco-a, 0 restarts, ready",
    ]


def test_who_may_not_list_nodes_still_learns_of_the_agents() -> None:
    err = 'Error from server (Forbidden): nodes is forbidden: User "x" cannot list resource "nodes"\n'
    found = [*examine_nodes(pinned(), [AGENT], refused(err))]
    assert found == [
        Finding(
            "agent",
            Status.WARN,
            f"not made: whether every node has one: {err.strip()}",
            "ask for a ClusterRole: nodes list",
        ),
        Finding("agent", Status.OK, "node-a: falco/falco-a, 0 restarts, ready"),
    ]
