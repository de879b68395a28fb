"""Agents: which pods run Falco, and what their specs tell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.agents import Agent, End, find, holds_back
from kubectl_replay.detection.timestamp import nanoseconds


def falco_pod(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of a pod
    """A pod as Falco's chart makes it; `changes` are the fields of its container."""
    container = {"name": "falco", "image": "docker.io/falcosecurity/falco:0.44.1", "args": ["/usr/bin/falco"]}
    return {
        "metadata": {
            "name": "falco-x7x2k",
            "namespace": "falco",
            "labels": {"app.kubernetes.io/name": "falco", "app.kubernetes.io/instance": "mine"},
            "ownerReferences": [{"kind": "DaemonSet", "name": "falco"}],
        },
        "spec": {
            "nodeName": "node-a",
            "containers": [{"name": "falcoctl-artifact-follow"}, container | changes],
        },
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {"name": "falcoctl-artifact-follow", "ready": False, "restartCount": 7},
                {"name": (container | changes)["name"], "ready": True, "restartCount": 2},
            ],
        },
    }


def agent(**changes: Any) -> Agent:  # noqa: ANN401 - the fields of a pod
    (found,) = find([falco_pod(**changes)])
    return found


def test_a_pod_of_the_chart_is_an_agent_with_all_that_its_spec_tells() -> None:
    assert agent() == Agent(
        namespace="falco",
        pod="falco-x7x2k",
        container="falco",
        node="node-a",
        ready=True,
        image="docker.io/falcosecurity/falco:0.44.1",
        owner="DaemonSet/falco",
        release="mine",
        restarts=2,
        labelled=True,
    )


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("falco", "registry.example/mirror/runtime-security:7"),
        ("agent", "falcosecurity/falco:0.44.1"),
        ("agent", "public.ecr.aws/falcosecurity/falco-no-driver:0.39.0"),
        ("agent", "falcosecurity/falco@sha256:abcd"),
    ],
)
def test_an_agent_is_known_by_its_container_s_name_or_its_image(name: str, image: str) -> None:
    assert (agent(name=name, image=image).container, agent(name=name, image=image).ready) == (name, True)


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("falcosidekick", "falcosecurity/falcosidekick:2.31.0"),
        ("falcoctl", "falcosecurity/falcoctl:0.11.0"),
        ("loader", "falcosecurity/falco-driver-loader:0.44.1"),
        ("app", "example.com/falco/app:1"),
        ("app", ""),
    ],
)
def test_what_only_stands_beside_falco_is_no_agent(name: str, image: str) -> None:
    assert find([falco_pod(name=name, image=image)]) == ()


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_has_ended_is_no_agent(phase: str) -> None:
    ended = falco_pod()
    ended["status"]["phase"] = phase
    assert find([ended]) == ()


def test_a_pod_that_has_not_started_is_an_agent_that_is_not_ready() -> None:
    pending = falco_pod()
    pending["status"] = {"phase": "Pending"}
    del pending["spec"]["nodeName"], pending["metadata"]["ownerReferences"], pending["metadata"]["labels"]
    (found,) = find([pending])
    assert (found.ready, found.node, found.owner, found.release, found.restarts) == (False, "", "", "", 0)


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("falcosecurity/falco:0.40.0", (0, 40, 0)),
        ("localhost:5000/falco:0.44.1-debian", (0, 44, 1)),
        ("falcosecurity/falco:v0.35", (0, 35)),
        ("falcosecurity/falco:latest", ()),
        ("falcosecurity/falco:master", ()),
        ("falcosecurity/falco", ()),
        ("falcosecurity/falco@sha256:0123", ()),
    ],
)
def test_the_version_is_the_image_s_tag(image: str, version: tuple[int, ...]) -> None:
    assert agent(image=image).version == version


@pytest.mark.parametrize(
    ("version", "held"),
    [
        ((0, 34, 1), False),
        ((0, 35, 0), True),
        ((0, 43, 9), True),
        ((0, 44, 0), False),
        ((1, 40), False),
        ((), None),
    ],
)
def test_falco_0_35_to_0_43_holds_its_output_back(version: tuple[int, ...], held: bool | None) -> None:
    assert holds_back(version, unbuffered=False) is held
    assert holds_back(version, unbuffered=True) is False


@pytest.mark.parametrize(
    "how", [{"tty": True}, {"args": ["/usr/bin/falco", "-U"]}, {"command": ["falco", "--unbuffered"]}]
)
def test_a_terminal_or_its_flag_makes_falco_print_at_once(how: dict[str, Any]) -> None:
    image = "falcosecurity/falco:0.40.0"
    assert agent(image=image).holds_output_back is True
    assert agent(image=image, **how).holds_output_back is False


def test_the_chart_s_label_is_seen_and_its_absence_too() -> None:
    pod = falco_pod()
    pod["metadata"]["labels"] = {"app.kubernetes.io/name": "another"}
    (found,) = find([pod])
    assert not found.labelled


@pytest.mark.parametrize(
    ("kind", "name", "labels", "owner"),
    [
        ("ReplicaSet", "falco-5c9d", {"pod-template-hash": "5c9d"}, "Deployment/falco"),
        ("ReplicaSet", "falco-5c9d", {"pod-template-hash": "other"}, "ReplicaSet/falco-5c9d"),
        ("ReplicaSet", "falco-5c9d", {}, "ReplicaSet/falco-5c9d"),
        ("DaemonSet", "falco-5c9d", {"pod-template-hash": "5c9d"}, "DaemonSet/falco-5c9d"),
    ],
)
def test_the_pods_of_a_deployment_name_it_whatever_their_replica_set_is_called(
    kind: str, name: str, labels: dict[str, str], owner: str
) -> None:
    pod = falco_pod()
    pod["metadata"] |= {"ownerReferences": [{"kind": kind, "name": name}], "labels": labels}
    (found,) = find([pod])
    assert found.owner == owner


def test_how_the_container_last_ended_is_kept() -> None:
    pod = falco_pod()
    ended = {"reason": "OOMKilled", "exitCode": 137, "finishedAt": "2026-11-24T06:00:00Z"}
    pod["status"]["containerStatuses"][1]["lastState"] = {"terminated": ended}
    (found,) = find([pod])
    assert found.last_end == End("OOMKilled", 137, nanoseconds("2026-11-24T06:00:00Z"))
    ended.clear()
    ended["exitCode"] = 1
    assert find([pod])[0].last_end == End("", 1, None)


@given(st.text())
def test_any_image_name_is_read(image: str) -> None:
    assert agent(image=image).version >= ()
