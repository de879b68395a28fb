"""The scenarios that come with the tool, and what their manifests describe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_replay.catalog import entries, sources
from kubectl_replay.scenario.loader import load

BUILT_IN = {entry.id: entry.folder for entry in entries(sources([], {}, Path("/nowhere")))}
PRIVILEGED = {"privileged-start"}
each_folder = pytest.mark.parametrize("folder", BUILT_IN.values(), ids=BUILT_IN)


def objects(folder: Path) -> list[dict[str, Any]]:
    """All that the manifests of a folder describe."""
    paths = [folder / manifest.path for manifest in load(folder).deploy.manifests]
    return [item for path in paths for item in yaml.safe_load_all(path.read_text("utf-8"))]


def pods(folder: Path) -> list[dict[str, Any]]:
    return [item for item in objects(folder) if item["kind"] == "Pod"]


each_pod = pytest.mark.parametrize(
    ("folder", "pod"),
    [
        pytest.param(folder, pod, id=pod["metadata"]["name"])
        for folder in BUILT_IN.values()
        for pod in pods(folder)
    ],
)
