"""Folders of the bash predecessor run unchanged, on this engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

SCENARIO = """\
id: sa-token-read
version: "0.1.0"
title: Service account token read
goal: See whether reading the mounted service account token raises an alert.
safety: safe
namespace: {namespace}

deploy:
  manifests:
    - manifests/namespace.yaml
    - manifests/pod.yaml

workload:
  selector: scenario=sa-token-read
  pod_name: sa-token-read-target
  container: target

trigger:
  kind: file-read
  command:
    - cat
    - /var/run/secrets/kubernetes.io/serviceaccount/token

behavior:
  description: service account token read from the container
  evidence:
    - exec_succeeded: true
    - process_contains: cat
    - file_readable: /var/run/secrets/kubernetes.io/serviceaccount/token

detection:
  semantics:
    - sensitive file read in container
  falco:
    enabled: true
    search_patterns:
      - sensitive file
    output_patterns:
      - serviceaccount
    correlation:
      namespace: {namespace}
      workload_selector: scenario=sa-token-read

timeouts:
  ready_seconds: 90
  detect_seconds: 20

cleanup:
  script: cleanup.sh
"""
NAMESPACE = """\
apiVersion: v1
kind: Namespace
metadata:
  name: {namespace}
  labels:
    owner: predecessor
"""
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: sa-token-read-target
  namespace: {namespace}
  labels:
    scenario: sa-token-read
spec:
  containers:
    - name: target
      image: busybox:1.36
      command: ["sleep", "3600"]
"""
SCRIPT = """\
#!/usr/bin/env bash
set -euo pipefail
touch "{marker}"
source "$(dirname "$0")/../../lib/common.sh"
replay_{verb} "$(dirname "$0")"
"""


@pytest.fixture
def folder(tmp_path: Path, namespace: Namespace) -> Path:
    """The folder of scenarios; the namespace that its files name themselves is the test's own."""
    folder = tmp_path / "scenarios" / "sa-token-read"
    (folder / "manifests").mkdir(parents=True)
    files = {"scenario.yaml": SCENARIO, "manifests/namespace.yaml": NAMESPACE, "manifests/pod.yaml": POD}
    for name, text in files.items():
        (folder / name).write_text(text.format(namespace=namespace.name))
    for verb in ("trigger", "cleanup"):
        script = folder / f"{verb}.sh"
        script.write_text(SCRIPT.format(marker=tmp_path / "ran", verb=verb))
        script.chmod(0o755)
    (folder / "README.md").write_text("# sa-token-read\n")
    return folder


def test_it_runs_in_the_namespace_that_it_names_itself(
    replay: Replay, namespace: Namespace, folder: Path, tmp_path: Path
) -> None:
    words = ("sa-token-read", "--scenarios", str(folder.parent), "-o", "json")
    replayed = replay(*words, env={"REPLAY_NAMESPACE": None})
    document = replayed.document
    assert (replayed.code, document["overall"]) == (10, "scenario_passed_detection_skipped")
    assert document["namespace"] == namespace.name
    assert document["pod"] == f"sa-token-read-target-{document['run_id']}"
    assert [(proof["held"], proof["weak"]) for proof in document["evidence"]] == [(True, True)] * 3
    assert not (tmp_path / "ran").exists()
    assert "eyJ" not in replayed.stdout + replayed.stderr  # how every token begins
    assert namespace.labels == {"app.kubernetes.io/managed-by": "kubectl-replay"}


def test_scripts_that_no_run_executes_are_told_once(replay: Replay, folder: Path) -> None:
    replayed = replay("sa-token-read", "--scenarios", str(folder.parent))
    assert replayed.code == 10
    assert (
        replayed.stderr.splitlines().count(
            "notice: sa-token-read: a run executes only what 'hooks' names, and so not trigger.sh, cleanup.sh"
        )
        == 1
    )


def test_another_namespace_wins_over_the_one_in_its_manifests(
    replay: Replay, namespace: Namespace, folder: Path
) -> None:
    for file in ("scenario.yaml", "manifests/namespace.yaml", "manifests/pod.yaml"):
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace(namespace.name, "k8s-replay"))
    words = ("sa-token-read", "--scenarios", str(folder.parent), "-o", "json")
    replayed = replay(*words, "-n", namespace.name, env={"REPLAY_NAMESPACE": None})
    assert replayed.code == 10
    assert replayed.document["namespace"] == namespace.name


def test_two_of_its_runs_do_not_meet_although_its_pod_has_a_fixed_name(
    replay: Replay, namespace: Namespace, folder: Path
) -> None:
    started = [replay.start("sa-token-read", "--scenarios", str(folder.parent)) for _ in range(2)]
    assert [running.end().code for running in started] == [10, 10]
    assert namespace.left() == []
