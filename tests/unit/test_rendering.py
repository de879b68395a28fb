"""The folder of a run's objects."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kubectl_replay.images import Replacements
from kubectl_replay.kubectl import Connection
from kubectl_replay.kustomization import Changes, Mark
from kubectl_replay.rendering import changes, digest, mark, render
from kubectl_replay.run import Identity
from kubectl_replay.scenario.spec import Timeouts, Trigger
from tests.unit.runs import MANIFEST, folder, pinned_run
from tests.unit.samples import scenario

TIMEOUTS = Timeouts(ready_seconds=60, trigger_seconds=30, detect_seconds=20)


@pytest.mark.parametrize(
    ("timeouts", "asked", "deadline"),
    [
        (TIMEOUTS, {}, 230),
        (TIMEOUTS, {"ready_seconds": 10.5}, 180),
        (TIMEOUTS, {"keep": True}, 3600),
        (Timeouts(ready_seconds=3600, trigger_seconds=60, detect_seconds=20), {"keep": True}, 3800),
    ],
)
def test_pods_live_as_long_as_the_run_may_take_and_kept_ones_an_hour(
    timeouts: Timeouts, asked: dict[str, object], deadline: int
) -> None:
    run = pinned_run(scenario(timeouts=timeouts), **asked)
    assert mark(run) == Mark("demo", "r1", "k8s-replay", deadline, keep="keep" in asked)


def test_what_a_user_asked_for_is_changed() -> None:
    replacements = Replacements(registry="mirror")
    run = pinned_run(node="n", pod_patch={"spec": {}}, replacements=replacements)
    assert changes(run) == Changes("demo-target", "target", (), "n", {"spec": {}}, replacements)


def test_the_command_of_a_pod_s_start_is_the_container_s() -> None:
    trigger = Trigger(kind="pod-start", command=("echo", "{{replay.nonce}}"))
    run = pinned_run(scenario(trigger=trigger))
    assert changes(run) == Changes("demo-target", "target", ("echo", "nnnn"))


def test_the_same_workload_has_the_same_digest_in_every_run(tmp_path: Path) -> None:
    of = scenario(folder=folder(tmp_path))
    first, second = pinned_run(of), pinned_run(of)
    second.identity = Identity()
    assert digest(first) == digest(second)
    assert re.fullmatch(r"[0-9a-f]{16}", digest(first))


@pytest.mark.parametrize(
    "asked",
    [
        {"node": "n"},
        {"pod_patch": {"spec": {"priorityClassName": "high"}}},
        {"replacements": Replacements(registry="mirror")},
        {"connection": Connection("kind-k8s-replay", namespace="other")},
    ],
)
def test_another_workload_has_another_digest(tmp_path: Path, asked: dict[str, Any]) -> None:
    of = scenario(folder=folder(tmp_path))
    assert digest(pinned_run(of, **asked)) != digest(pinned_run(of))


def test_another_manifest_makes_another_workload(tmp_path: Path) -> None:
    of = scenario(folder=folder(tmp_path))
    before = digest(pinned_run(of))
    (tmp_path / "pod.yaml").write_text(MANIFEST.replace("1.36", "1.37"))
    assert digest(pinned_run(of)) != before


def test_an_image_that_replaces_nothing_is_told(tmp_path: Path) -> None:
    chosen = (("busybox", "a"), ("busybox:1.36", "b"), ("busybox:1.35", "c"), ("curl", "d"))
    run = pinned_run(scenario(folder=folder(tmp_path)), replacements=Replacements(chosen))
    with run.stack:
        render(run)
    assert run.notices == [
        "--image busybox:1.35=… replaces nothing here",
        "--image curl=… replaces nothing here",
    ]
    assert run.digest == digest(run)


def test_the_folder_goes_with_the_run(tmp_path: Path) -> None:
    run = pinned_run(scenario(folder=folder(tmp_path)))
    with run.stack:
        there = Path(render(run).name)
        content = json.loads((there / "kustomization.yaml").read_text())
        assert content["nameSuffix"] == "-r1"
        assert content["resources"] == ["pod.yaml"]
    assert not there.exists()


def test_the_folder_may_go_before_the_run(tmp_path: Path) -> None:
    run = pinned_run(scenario(folder=folder(tmp_path)))
    with run.stack:
        render(run).cleanup()
