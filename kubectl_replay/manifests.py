"""The manifests of a scenario: read for what they create, and copied beside the kustomization of a run."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        return "terminationGracePeriodSeconds" in self._spec

    @property
    def containers(self) -> list[str]:
        """The names of a pod's containers, in order."""
        listed = self._spec.get("containers")
        found = listed if isinstance(listed, list) else []
        return [str(item.get("name", "")) if isinstance(item, dict) else "" for item in found]

    @property
    def _spec(self) -> Mapping[str, object]:
        spec = self.body.get("spec")
        return spec if isinstance(spec, dict) else {}


def read_objects(scenario: Scenario, files: Iterable[str]) -> tuple[Object, ...]:
    """Read the objects of some of a scenario's manifests, Namespaces left out.

    Raises `Failure` for a file that is no YAML or holds something else than objects with names.
    """
    paths = [scenario.folder / file for file in files]
    return tuple(item for path in paths for item in _read(path) if item.kind != "Namespace")


def all_paths(scenario: Scenario) -> tuple[str, ...]:
    """Return all manifests of a scenario, whatever its parameters."""
    return tuple(item.path for item in scenario.deploy.manifests)


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
    target, container = scenario.workload.pod_name, scenario.workload.container
    pods = [item for item in objects if item.kind == "Pod" and item.name == target]
    if not pods or container not in pods[0].containers:
        raise Failure(
            Reason.SCENARIO_INVALID,
            f'No manifest has a pod "{target}" with a container "{container}", which workload names.',
            next_step="name a pod and a container of the manifests in scenario.yaml",
        )
    for item in objects:
        if len(f"{item.name}-{run}") > NAME_LIMIT:
            raise Failure(
                Reason.SCENARIO_INVALID,
                f'The name "{item.name}" is too long: with "-{run}" it may have {NAME_LIMIT} characters.',
                next_step=f"shorten the {item.kind}'s name in its manifest",
            )


def render(folder: Path, content: Mapping[str, object], into: Path) -> None:
    """Copy a scenario's folder to `into` and write its kustomization beside it, for `kubectl -k`."""
    try:
        shutil.copytree(folder, into, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise Failure(Reason.SCENARIO_INVALID, f"{folder} cannot be copied.", words=str(error)) from None
    for name in _KUSTOMIZATIONS:
        (into / name).unlink(missing_ok=True)
    (into / "kustomization.yaml").write_text(json.dumps(content, indent=2), "utf-8")
