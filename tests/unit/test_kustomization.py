"""The kustomization that makes a scenario's manifests the objects of one run."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from kubectl_replay.images import Replacements
from kubectl_replay.kustomization import Changes, Mark, build
from kubectl_replay.manifests import Object

MARK = Mark(scenario="demo", run="r1", namespace="k8s-replay", deadline_seconds=230, digest="abcd")
LABELS = {
    "app.kubernetes.io/managed-by": "kubectl-replay",
    "kubectl-replay/scenario": "demo",
    "kubectl-replay/run": "r1",
}
DROP_NAMESPACES = {
    "$patch": "delete",
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "any"},
}
DEADLINE = {"op": "add", "path": "/spec/activeDeadlineSeconds", "value": 230}
GRACE = {"op": "add", "path": "/spec/terminationGracePeriodSeconds", "value": 0}


def pod(name: str = "demo-target", **spec: Any) -> Object:  # noqa: ANN401 - a pod's spec
    containers = [{"name": "side", "image": "busybox:1.36"}, {"name": "target", "image": "busybox:1.36"}]
    return Object("Pod", name, {"spec": {"containers": containers, **spec}})


def patches(content: dict[str, object]) -> list[tuple[dict[str, str], Any]]:
    found = content["patches"]
    assert isinstance(found, list)
    return [(patch["target"], json.loads(patch["patch"])) for patch in found]


def only(name: str) -> dict[str, str]:
    return {"kind": "Pod", "name": f"^{name}$"}


def test_the_objects_become_the_run_s_own() -> None:
    objects = [pod(), Object("Service", "s", {}), pod("b", terminationGracePeriodSeconds=5)]
    content = build(["a.yaml", "b.yaml"], objects, MARK, Changes())
    assert patches(content) == [
        ({"kind": "Namespace"}, DROP_NAMESPACES),
        (only("demo-target"), [DEADLINE, GRACE]),
        (only("b"), [DEADLINE]),
    ]
    del content["patches"]
    assert content == {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": ["a.yaml", "b.yaml"],
        "namespace": "k8s-replay",
        "nameSuffix": "-r1",
        "labels": [{"pairs": LABELS, "includeSelectors": True}],
        "commonAnnotations": {"kubectl-replay/workload": "abcd"},
        "images": [],
    }


def test_what_is_kept_says_so() -> None:
    content = build([], [], dataclasses.replace(MARK, keep=True), Changes())
    assert content["labels"] == [
        {"pairs": {**LABELS, "kubectl-replay/keep": "true"}, "includeSelectors": True}
    ]


def test_a_pod_patch_reaches_all_pods_before_ours() -> None:
    mine = {"metadata": {"labels": {"a": "b"}, "name": "chosen"}, "spec": {"priorityClassName": "high"}}
    content = build([], [pod()], MARK, Changes(pod_patch=mine))
    assert patches(content)[1:] == [
        (
            {"kind": "Pod"},
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"labels": {"a": "b"}, "name": "any"},
                "spec": {"priorityClassName": "high"},
            },
        ),
        (only("demo-target"), [DEADLINE, GRACE]),
    ]


@pytest.mark.parametrize("metadata", [None, {}])
def test_a_pod_patch_needs_no_metadata(metadata: object) -> None:
    content = build([], [pod()], MARK, Changes(pod_patch={"kind": "Job", "metadata": metadata}))
    assert patches(content)[1][1] == {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "any"}}


def test_the_command_of_a_pod_s_start_is_set_where_its_container_stands() -> None:
    changes = Changes(target="demo-target", container="target", command=("echo", "x"))
    found = patches(build([], [pod(), pod("b")], MARK, changes))
    command = {"op": "add", "path": "/spec/containers/1/command", "value": ["echo", "x"]}
    assert found[1:] == [
        (only("demo-target"), [command, DEADLINE, GRACE]),
        (only("b"), [DEADLINE, GRACE]),
    ]


def test_beside_a_patch_that_may_add_containers_the_command_is_set_by_the_container_s_name() -> None:
    changes = Changes(
        target="demo-target", container="target", command=("echo", "x"), pod_patch={"spec": {"a": 1}}
    )
    found = patches(build([], [pod(), pod("b")], MARK, changes))
    assert found[2:] == [
        (
            only("demo-target"),
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "spec": {"containers": [{"name": "target", "command": ["echo", "x"]}]},
                "metadata": {"name": "any"},
            },
        ),
        (only("demo-target"), [DEADLINE, GRACE]),
        (only("b"), [DEADLINE, GRACE]),
    ]


ON_NODE = {
    "op": "add",
    "path": "/spec/affinity",
    "value": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-2"]}]}
                ]
            }
        }
    },
}


def test_only_the_target_is_placed_on_the_node() -> None:
    content = build([], [pod(), pod("b")], MARK, Changes(target="demo-target", node="node-2"))
    assert patches(content)[1:] == [
        (only("demo-target"), [ON_NODE, DEADLINE, GRACE]),
        (only("b"), [DEADLINE, GRACE]),
    ]


def test_images_are_replaced_where_they_differ() -> None:
    content = build([], [pod()], MARK, Changes(replacements=Replacements(registry="mirror.local:5000")))
    assert content["images"] == [{"name": "busybox", "newName": "mirror.local:5000/busybox"}]
