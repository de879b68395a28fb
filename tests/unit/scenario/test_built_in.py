"""The scenarios that come with the tool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kubectl_replay.detection.rules_file import OWN_PAGE
from kubectl_replay.scenario.loader import load
from kubectl_replay.scenario.placeholders import fill
from tests.unit.scenario.built_in import BUILT_IN, PRIVILEGED, each_folder, objects, pods

if TYPE_CHECKING:
    from pathlib import Path


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
FORBIDDEN = re.compile(r"attack|exploit|weaponiz|compromis|malicious|payload|\bhack", re.IGNORECASE)
ALLOWED = re.compile(r"MITRE ATT&CK|^attack:", re.MULTILINE)


def test_the_built_in_scenarios_are_these_six() -> None:
    assert set(BUILT_IN) == {
        "shell-spawn",
        "sa-token-read",
        "kubectl-exec",
        "curl-egress",
        "secret-enumeration",
        "privileged-start",
    }


@each_folder
def test_a_built_in_scenario_loads_and_leaves_no_script_unused(folder: Path) -> None:
    assert load(folder).notices == ()


@each_folder
def test_a_built_in_scenario_has_a_readme_with_the_ten_sections_in_order(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    assert text.startswith(f"# {folder.name}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS


@each_folder
def test_a_built_in_scenario_keeps_to_the_words_of_simulation(folder: Path) -> None:
    texts = [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()]
    assert [word for text in texts for word in FORBIDDEN.findall(ALLOWED.sub("", text))] == []


@each_folder
def test_only_what_needs_privileges_is_called_privileged(folder: Path) -> None:
    scenario = load(folder)
    assert scenario.safety == ("privileged" if folder.name in PRIVILEGED else "safe")
    assert bool(scenario.requires.privileges) == (folder.name in PRIVILEGED)


@each_folder
def test_a_built_in_scenario_proves_itself_with_more_than_weak_evidence(folder: Path) -> None:
    evidence = load(folder).behavior.evidence
    assert "proof" in {item.kind for item in evidence}
    assert [item.kind for item in evidence if item.weak] == {
        "curl-egress": ["network_request"],
        "secret-enumeration": ["api_call"],
    }.get(folder.name, [])


@each_folder
def test_a_built_in_scenario_carries_the_nonce_in_the_words_of_its_command(folder: Path) -> None:
    assert any("kr-{{replay.nonce}}" in word for word in load(folder).trigger.command)


@each_folder
def test_the_container_must_join_the_proof_itself(folder: Path) -> None:
    values = dict.fromkeys(("nonce", "run", "namespace", "set.target", "pod_ip.curl-egress-sink"), "x")
    halves = {"proof_a": "3f2a", "proof_b": "b71c"}
    words = [fill(word, values | halves) for word in load(folder).trigger.command]
    assert [word for word in words if "3f2ab71c" in word] == []
    assert [half for half in halves.values() if half not in " ".join(words)] == []


@each_folder
def test_the_names_of_manifests_and_scenario_agree(folder: Path) -> None:
    scenario = load(folder)
    (target,) = [pod for pod in pods(folder) if pod["metadata"]["name"] == scenario.workload.pod_name]
    assert scenario.workload.pod_name == f"{folder.name}-target"
    assert [item["name"] for item in target["spec"]["containers"]] == [scenario.workload.container]
    label, _, value = scenario.workload.selector.partition("=")
    selected = [pod for pod in pods(folder) if pod["metadata"]["labels"].get(label) == value]
    assert selected == [target]
    assert [item["metadata"]["name"] for item in objects(folder) if "namespace" in item["metadata"]] == []


@each_folder
def test_the_images_that_a_scenario_requires_are_those_of_its_pods(folder: Path) -> None:
    used = [item["image"] for pod in pods(folder) for item in pod["spec"]["containers"]]
    assert sorted(load(folder).requires.images) == sorted(set(used))
    assert [image for image in used if not re.fullmatch(r"[a-z/]+:[0-9]+(\.[0-9]+)+", image)] == []


@each_folder
def test_what_a_detector_is_expected_to_say_is_named_for_json_and_for_text(folder: Path) -> None:
    detection = load(folder).detection
    assert detection.semantics
    assert len(detection.falco.rules) == len(detection.falco.output_prefixes) == 1
    assert not detection.falco.search_patterns + detection.falco.output_patterns


@each_folder
def test_the_readme_names_the_expected_rule_its_message_and_the_file_that_has_it(folder: Path) -> None:
    falco = load(folder).detection.falco
    page = " ".join((folder / "README.md").read_text("utf-8").split())
    (rule,), (prefix,) = falco.rules, falco.output_prefixes
    if falco.rules_file == OWN_PAGE:
        assert f"- rule: {rule} " in page
        assert f"output: {prefix} " in page
    else:
        assert f"*{rule}*" in page
        assert f'message begins "{prefix}"' in page
        assert f"`{falco.rules_file}`" in page
