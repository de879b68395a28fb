"""The one kustomization that makes a scenario's manifests the objects of one run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kubectl_replay import images
from kubectl_replay.ownership import KEEP_LABEL, WORKLOAD_ANNOTATION, labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_replay.manifests import Object

    Patch = dict[str, object]


@dataclass(frozen=True)
class Mark:
    """What makes the objects of a run its own; `deadline_seconds` is the longest life of its pods."""

    scenario: str
    run: str
    namespace: str
    deadline_seconds: int
    keep: bool = False
    digest: str = ""


@dataclass(frozen=True)
class Changes:
    """What a run changes in the manifests beside: what a user asked for, and the command of a pod's start.

    `node` is where the pod `target` must run; `command` replaces that of its `container`.
    """

    target: str = ""
    container: str = ""
    command: tuple[str, ...] = ()
    node: str = ""
    pod_patch: Mapping[str, Any] = field(default_factory=dict)
    replacements: images.Replacements = field(default_factory=images.Replacements)


def build(files: Sequence[str], objects: Sequence[Object], mark: Mark, changes: Changes) -> dict[str, object]:
    """Build the kustomization of one run.

    The run's labels are in the selectors too, so that a Service finds the pods of its own run alone. They
    are added, and the deadline is patched in, after the user's patch: neither can be taken from us.
    """
    pairs = labels(mark.scenario, mark.run) | ({KEEP_LABEL: "true"} if mark.keep else {})
    used = images.named(item.body for item in objects)
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": list(files),
        "namespace": mark.namespace,
        "nameSuffix": f"-{mark.run}",
        "labels": [{"pairs": pairs, "includeSelectors": True}],
        "commonAnnotations": {WORKLOAD_ANNOTATION: mark.digest},
        "images": images.kustomized(used, changes.replacements),
        "patches": list(_patches(objects, mark, changes)),
    }


def _patches(objects: Sequence[Object], mark: Mark, changes: Changes) -> Iterator[Patch]:
    yield _merge({"kind": "Namespace"}, {"$patch": "delete", "apiVersion": "v1", "kind": "Namespace"})
    if changes.pod_patch:
        yield _merge({"kind": "Pod"}, {**changes.pod_patch, "apiVersion": "v1", "kind": "Pod"})
        yield from _command_by_name(changes)
    for pod in objects:
        if pod.kind == "Pod":
            yield _pod(pod, [*_command_by_place(pod, changes), *_placed(pod, changes), *_bounded(pod, mark)])


def _merge(target: Mapping[str, str], body: Mapping[str, Any]) -> Patch:
    """Build a strategic merge patch; kustomize wants a name in it and goes by the target."""
    named = {**body, "metadata": {**(body.get("metadata") or {}), "name": "any"}}
    return {"target": dict(target), "patch": json.dumps(named, default=str)}  # YAML has dates


def _pod(pod: Object, operations: Sequence[Patch]) -> Patch:
    return {"target": {"kind": "Pod", "name": f"^{pod.name}$"}, "patch": json.dumps(operations)}


def _command_by_place(pod: Object, changes: Changes) -> Iterator[Patch]:
    """Set the command of a pod's start where its container stands in the manifest.

    By name it would cost 80 ms more: only to merge does kustomize read Kubernetes' whole schema.
    """
    if changes.command and not changes.pod_patch and pod.name == changes.target:
        place = pod.containers.index(changes.container)
        yield _add(f"/spec/containers/{place}/command", list(changes.command))


def _command_by_name(changes: Changes) -> Iterator[Patch]:
    """Set the command of a pod's start after a user's patch, which may have put containers before its own."""
    if changes.command:
        container = {"name": changes.container, "command": list(changes.command)}
        body = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}
        yield _merge({"kind": "Pod", "name": f"^{changes.target}$"}, body)


def _placed(pod: Object, changes: Changes) -> Iterator[Patch]:
    """Place the target pod on the node that was asked for."""
    if changes.node and pod.name == changes.target:
        yield _add("/spec/affinity", _on_node(changes.node))


def _on_node(name: str) -> dict[str, object]:
    """Require a node by its name, as the DaemonSet controller does: taints and resources still count."""
    field_ = {"key": "metadata.name", "operator": "In", "values": [name]}
    terms = {"nodeSelectorTerms": [{"matchFields": [field_]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


def _bounded(pod: Object, mark: Mark) -> Iterator[Patch]:
    """Bound the life of a pod, so that it ends even if this process is killed.

    A pod that does not say how long it may take to stop is given no time: the API server's default of 30 s
    would be spent in every cleanup, because a container's first process ignores SIGTERM unless it handles it.
    """
    yield _add("/spec/activeDeadlineSeconds", mark.deadline_seconds)
    if not pod.sets_grace:
        yield _add("/spec/terminationGracePeriodSeconds", 0)


def _add(path: str, value: object) -> Patch:
    return {"op": "add", "path": path, "value": value}
