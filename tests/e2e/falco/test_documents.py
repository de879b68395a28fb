"""What the documents show of a Falco that alerts, and the commands of the page on detection, with one."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.documents import HOME
from tests.e2e.alerting import alerting
from tests.e2e.falco.asking import settle
from tests.e2e.reading import follow

if TYPE_CHECKING:
    from tests.cluster.state import Cluster
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay
    from tests.e2e.stand_in import StandIn

GOLDEN = Path(__file__).parent.with_name("golden") / "detected.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that a reader stands in."""
    folder = tmp_path / "reader"
    folder.mkdir()
    shutil.copytree(HOME / "docs" / "examples", folder / "docs" / "examples")
    return folder


def test_every_command_of_the_page_on_detection_ends_as_it_says(
    replay: Replay, stand_in: StandIn, namespace: Namespace, folder: Path, local: Cluster
) -> None:
    settle(stand_in)
    env = {**replay.environment, "KUBECONFIG": str(local.kubeconfig)}
    with alerting(stand_in, namespace.name):
        follow("docs/detection.md", env, folder, namespace)


def test_without_falco_the_local_cluster_s_own_log_decides_as_its_page_says(
    replay: Replay, namespace: Namespace, local: Cluster
) -> None:
    words = ("run", "--all", "--allow-privileged", "--set", "target=sink", "-o", "json")
    replayed = replay(*words, env={"KUBECONFIG": str(local.kubeconfig)})
    twin = f"{namespace.name}-privileged"
    namespace.kubectl("delete", "namespace", twin, "--ignore-not-found", "--wait=false").passed()
    verdicts = {item["scenario"]: item["detection"]["verdict"] for item in replayed.document["results"]}
    seen = ("kubectl-exec", "privileged-start", "secret-enumeration", "shell-spawn")
    unseen = ("curl-egress", "sa-token-read")
    assert verdicts == dict.fromkeys(seen, "detected") | dict.fromkeys(unseen, "skipped")
    assert replayed.code == 10


def unmistakable(block: str, document: dict[str, object]) -> str:
    """Take out what differs from run to run: the times, and the names that a run gives."""
    found = re.sub(r'"time": "[^"]*"', '"time": "T"', block)
    found = re.sub(r'"(latency_seconds|readable_seconds)": [0-9.]+', r'"\1": 0', found)
    found = re.sub(r'"container_id": "[0-9a-f]{12}"', '"container_id": "ID"', found)
    found = re.sub(r'"pod": "shell-spawn-target-[a-z0-9]{8}"', '"pod": "POD"', found)
    return re.sub(r'"noise": [0-9]+', '"noise": 0', found).replace(str(document["namespace"]), "k8s-replay")


def test_the_block_of_the_document_that_is_shown_is_what_comes_out(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    settle(stand_in)
    with alerting(stand_in, namespace.name):
        document = replay("shell-spawn", "-o", "json").document
    shown = GOLDEN.read_text("utf-8")
    assert unmistakable(json.dumps(document["detection"], indent=2) + "\n", document) == unmistakable(
        shown, document
    )
