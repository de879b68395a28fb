from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cluster.audit import render_policy

POLICY = json.loads(render_policy())


def level(**request: Any) -> str:  # noqa: ANN401 - a request is what JSON holds
    """What the API server does: the first rule that matches decides."""
    return next(str(rule["level"]) for rule in POLICY["rules"] if matches(rule, request))


def matches(rule: dict[str, Any], request: dict[str, Any]) -> bool:
    if "users" in rule and request["user"] not in rule["users"]:
        return False
    if "userGroups" in rule and not set(request.get("groups", ())) & set(rule["userGroups"]):
        return False
    if "nonResourceURLs" in rule:
        return any(
            request.get("url", "").startswith(prefix.rstrip("*")) for prefix in rule["nonResourceURLs"]
        )
    if "resources" in rule:
        pairs = [(entry["group"], name) for entry in rule["resources"] for name in entry["resources"]]
        return (request.get("group", ""), request.get("resource")) in pairs
    return True


@pytest.mark.parametrize("resource", ["pods", "pods/exec", "secrets", "events", "nodes/status"])
def test_whatever_a_user_does_is_logged(resource: str) -> None:
    assert level(user="admin", groups=["system:masters"], resource=resource) == "Metadata"


def test_what_a_pod_asks_is_logged() -> None:
    account = {"user": "system:serviceaccount:k8s-replay:default", "groups": ["system:serviceaccounts"]}
    assert level(**account, resource="secrets") == "Metadata"
    assert level(**account, url="/version") == "Metadata"


def test_the_clusters_talk_to_itself_is_not_logged() -> None:
    node = {"user": "system:node:one", "groups": ["system:nodes"]}
    assert level(**node, resource="nodes/status") == "None"
    assert level(**node, resource="events") == "None"
    assert level(**node, group="coordination.k8s.io", resource="leases") == "None"
    assert level(user="system:kube-scheduler", group="events.k8s.io", resource="events") == "None"
    assert level(user="anyone", url="/readyz?verbose") == "None"


def test_an_exec_is_logged_when_it_begins_and_when_it_ends() -> None:
    assert POLICY["omitStages"] == ["RequestReceived"]
