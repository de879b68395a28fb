"""Fleets: which agents have one configuration, and which of them is asked."""

from __future__ import annotations

from dataclasses import replace

from kubectl_replay.detection.fleet import part
from tests.unit.detection.test_agents import agent

AGENT = replace(agent(), pod="falco-a")


def test_agents_of_one_owner_in_one_namespace_belong_together() -> None:
    second, foreign = replace(AGENT, pod="falco-b"), replace(AGENT, namespace="other")
    server = replace(AGENT, owner="Deployment/audit")
    fleets = part([AGENT, foreign, server, second])
    assert [fleet.agents for fleet in fleets] == [(AGENT, second), (foreign,), (server,)]
    assert [fleet.name for fleet in fleets] == [
        "DaemonSet/falco in the namespace falco",
        "DaemonSet/falco in the namespace other",
        "Deployment/audit in the namespace falco",
    ]


def test_pods_that_nothing_made_stand_alone() -> None:
    bare = [replace(AGENT, owner="", pod=name) for name in ("one", "two")]
    assert [fleet.name for fleet in part(bare)] == [
        "Pod/one in the namespace falco",
        "Pod/two in the namespace falco",
    ]


def test_one_that_is_ready_speaks_for_all_if_any_is() -> None:
    waiting = replace(AGENT, pod="falco-b", ready=False)
    assert part([waiting, AGENT])[0].spokesman == AGENT
    assert part([waiting])[0].spokesman == waiting
