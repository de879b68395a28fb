"""The scenarios that come with the tool."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_replay.catalog import entries, sources
from kubectl_replay.scenario.loader import load
from kubectl_replay.scenario.placeholders import fill

BUILT_IN = {entry.id: entry.folder for entry in entries(sources([], {}, Path("/nowhere")))}

SECTIONS = [
    "Goal",
    "Safety",
    "What gets deployed",
    "What gets triggered",
    "Expected runtime evidence",
    "Detection semantics",
    "Known backend-specific variants",
    "Deploy and trigger",
    "Cleanup",
    "Failure modes",
]


def test_shell_spawn_is_there() -> None:
    assert "shell-spawn" in BUILT_IN


@pytest.mark.parametrize("folder", BUILT_IN.values(), ids=BUILT_IN)
def test_a_built_in_scenario_loads_and_leaves_no_script_unused(folder: Path) -> None:
    assert load(folder).notices == ()


@pytest.mark.parametrize("folder", BUILT_IN.values(), ids=BUILT_IN)
def test_a_built_in_scenario_has_a_readme_with_the_ten_sections_in_order(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    assert text.startswith(f"# {folder.name}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS


@pytest.fixture
def pod() -> dict[str, Any]:
    return dict(yaml.safe_load((BUILT_IN["shell-spawn"] / "manifests" / "pod.yaml").read_text()))


def test_the_pod_of_shell_spawn_is_the_one_that_the_scenario_names(pod: dict[str, Any]) -> None:
    scenario = load(BUILT_IN["shell-spawn"])
    assert pod["metadata"]["name"] == scenario.workload.pod_name
    assert "namespace" not in pod["metadata"]
    label, _, value = scenario.workload.selector.partition("=")
    assert pod["metadata"]["labels"][label] == value
    (container,) = pod["spec"]["containers"]
    assert container["name"] == scenario.workload.container
    assert (container["image"],) == scenario.requires.images


def test_the_pod_of_shell_spawn_has_no_more_rights_than_it_needs(pod: dict[str, Any]) -> None:
    (container,) = pod["spec"]["containers"]
    assert pod["spec"]["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 65534,
        "runAsGroup": 65534,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["spec"]["automountServiceAccountToken"] is False


def test_the_pod_of_shell_spawn_goes_at_once_and_raises_nothing_by_itself(pod: dict[str, Any]) -> None:
    (container,) = pod["spec"]["containers"]
    assert pod["spec"]["terminationGracePeriodSeconds"] == 0
    assert not [key for key in container if key.endswith("Probe")]
    assert container["command"] == ["sleep", "3600"]
    assert pod["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux"}


def test_the_shell_of_shell_spawn_has_the_nonce_in_its_words_and_its_proof_in_no_word() -> None:
    scenario = load(BUILT_IN["shell-spawn"])
    values = {"nonce": "n1", "proof_a": "3f2a", "proof_b": "b71c"}
    shell, flag, script = (fill(word, values) for word in scenario.trigger.command)
    assert (shell, flag) == ("sh", "-c")
    assert script == ": kr-n1; test -t 0 || exit 1; printf '%s%s\\n' 3f2a b71c; id"
    assert scenario.trigger.tty
