"""The objects of one run: the scenario's manifests under one kustomization that makes them the run's own."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_replay.errors import Failure
from kubectl_replay.ownership import KEEP_LABEL, labels
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kubectl_replay.scenario.spec import Scenario

NAME_LIMIT = 63
"""Pod names become host names and label values: RFC 1123 labels."""

_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True)
class Object:
    """One object that a manifest describes, under the name it has there."""

    kind: str
    name: str
    body: Mapping[str, object]

    @property
    def sets_grace(self) -> bool:
        """Whether a pod says itself how long it may take to stop."""
        spec = self.body.get("spec")
        return isinstance(spec, dict) and "terminationGracePeriodSeconds" in spec


@dataclass(frozen=True)
class Mark:
    """What makes the objects of a run its own; `deadline_seconds` is the longest life of its pods."""

    run: str
    namespace: str
    deadline_seconds: int
    keep: bool = False


def read_objects(scenario: Scenario, chosen: Mapping[str, str]) -> tuple[Object, ...]:
    """Read the objects that a scenario creates under these parameter values, Namespaces left out.

    Raises `Failure` for a file that is no YAML or holds something else than objects with names.
    """
    files = [scenario.folder / path for path in paths(scenario, chosen)]
    return tuple(item for file in files for item in _read(file) if item.kind != "Namespace")


def paths(scenario: Scenario, chosen: Mapping[str, str]) -> tuple[str, ...]:
    """Return the manifests that these parameter values ask for."""
    wanted = {f"{name}={value}" for name, value in chosen.items()}
    return tuple(item.path for item in scenario.deploy.manifests if item.when is None or item.when in wanted)


def _read(file: Path) -> Iterator[Object]:
    import yaml  # noqa: PLC0415 - 30 ms that only a run pays

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = list(yaml.load_all(file.read_text("utf-8"), Loader=loader))
    except (yaml.YAMLError, ValueError, RecursionError, OSError) as error:
        raise _refused(file, str(error)) from None
    for document in documents:
        if document is not None:
            yield _as_object(file, document)


def _as_object(file: Path, document: object) -> Object:
    body = document if isinstance(document, dict) else {}
    metadata = body.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(body.get("kind"), str) or not isinstance(name, str):
        raise _refused(file, "every document needs a kind and a metadata.name")
    return Object(body["kind"], name, body)


def _refused(file: Path, words: str) -> Failure:
    return Failure(Reason.SCENARIO_INVALID, f"{file} is no manifest.", words=words)


def check(scenario: Scenario, objects: Sequence[Object], run: str) -> None:
    """Raise `Failure` if the target pod is not among the objects, or a name is too long with its suffix."""
    target = scenario.workload.pod_name
    if not any(item.kind == "Pod" and item.name == target for item in objects):
        raise Failure(
            Reason.SCENARIO_INVALID,
            f'No manifest has the pod "{target}" that workload.pod_name names.',
            next_step="name a pod of the manifests in scenario.yaml",
        )
    for item in objects:
        if len(f"{item.name}-{run}") > NAME_LIMIT:
            raise Failure(
                Reason.SCENARIO_INVALID,
                f'The name "{item.name}" is too long: with "-{run}" it may have {NAME_LIMIT} characters.',
                next_step=f"shorten the {item.kind}'s name in its manifest",
            )


def render(
    scenario: Scenario, files: Sequence[str], objects: Sequence[Object], mark: Mark, into: Path
) -> None:
    """Copy the scenario's folder to `into` and write the kustomization beside it, for `kubectl -k`."""
    try:
        shutil.copytree(scenario.folder, into, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise Failure(
            Reason.SCENARIO_INVALID, f"{scenario.folder} cannot be copied.", words=str(error)
        ) from None
    for name in _KUSTOMIZATIONS:
        (into / name).unlink(missing_ok=True)
    content = kustomization(scenario.id, files, objects, mark)
    (into / "kustomization.yaml").write_text(json.dumps(content, indent=2), "utf-8")


def kustomization(
    scenario: str, files: Sequence[str], objects: Sequence[Object], mark: Mark
) -> dict[str, object]:
    """Build the kustomization of one run.

    The run's labels are in the selectors too, so that a Service finds the pods of its own run alone.
    """
    pairs = labels(scenario, mark.run) | ({KEEP_LABEL: "true"} if mark.keep else {})
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": list(files),
        "namespace": mark.namespace,
        "nameSuffix": f"-{mark.run}",
        "labels": [{"pairs": pairs, "includeSelectors": True}],
        "patches": [
            _drop_namespaces(),
            *(_end_in_time(item, mark) for item in objects if item.kind == "Pod"),
        ],
    }


def _drop_namespaces() -> dict[str, object]:
    body = {"$patch": "delete", "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "any"}}
    return {"target": {"kind": "Namespace"}, "patch": json.dumps(body)}


def _end_in_time(pod: Object, mark: Mark) -> dict[str, object]:
    """Bound the life of a pod, so that it ends even if this process is killed.

    A pod that does not say how long it may take to stop is given no time: the API server's default of 30 s
    would be spent in every cleanup, because a container's first process ignores SIGTERM unless it handles it.
    """
    changes: list[dict[str, object]] = [
        {"op": "add", "path": "/spec/activeDeadlineSeconds", "value": mark.deadline_seconds}
    ]
    if not pod.sets_grace:
        changes.append({"op": "add", "path": "/spec/terminationGracePeriodSeconds", "value": 0})
    return {"target": {"kind": "Pod", "name": f"^{pod.name}$"}, "patch": json.dumps(changes)}
