"""What a run changes in its pods: `--image`, `--registry`, `--pod-patch`, and what `images` says of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cluster.recipes import locate_archives
from tests.cluster.site import find_site
from tests.e2e import registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.state import Cluster
    from tests.e2e.api import Object
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.registry import Registry
    from tests.e2e.replay import Replay

BUSYBOX, CURL = "busybox:1.36", "curlimages/curl:8.10.1"


@pytest.fixture
def images(local: Cluster) -> Iterator[Registry]:
    """A registry of somebody's own, which has busybox under any name."""
    with registry.serve(local) as images:
        images.status = 200
        images.load(locate_archives(find_site().cache)[f"docker.io/library/{BUSYBOX}"])
        yield images


def keep(replay: Replay, namespace: Namespace, *words: str) -> Object:
    """Run with `--keep`, return the pod as the API server has it, and clean up."""
    replayed = replay(*words, "--keep", "-o", "json")
    assert replayed.code == 10, replayed.stdout
    (pod,) = namespace.pods
    assert replay("cleanup", "--all").code == 0
    return pod


def planned(replay: Replay, *words: str) -> list[Object]:
    """Give the pods that a run would create."""
    plan = replay(*words, "--dry-run").stdout
    return [item for item in yaml.safe_load_all(plan) if item and item["kind"] == "Pod"]


def write(path: Path, patch: dict[str, Any]) -> tuple[str, str]:
    path.write_text(yaml.safe_dump(patch), "utf-8")
    return ("--pod-patch", str(path))


def test_a_registry_of_ones_own_is_asked_for_the_scenario_s_image(
    replay: Replay, namespace: Namespace, images: Registry
) -> None:
    namespace.create()
    host = images.image.partition("/")[0]
    pod = keep(replay, namespace, "shell-spawn", "--registry", host)
    assert pod["spec"]["containers"][0]["image"] == f"{host}/{BUSYBOX}"
    assert "/v2/busybox/manifests/1.36" in [path.partition("?")[0] for path in images.asked]


@pytest.mark.parametrize("old", [BUSYBOX, "busybox"])
def test_an_image_is_replaced_by_another_one(
    replay: Replay, namespace: Namespace, images: Registry, old: str
) -> None:
    namespace.create()
    pod = keep(replay, namespace, "shell-spawn", "--image", f"{old}={images.image}")
    assert pod["spec"]["containers"][0]["image"] == images.image
    assert "/v2/e2e/busybox/manifests/1" in [path.partition("?")[0] for path in images.asked]


@pytest.mark.parametrize(
    ("flags", "used"),
    [
        ((), [BUSYBOX, CURL]),
        (("--registry", "r.example:5000"), [f"r.example:5000/{BUSYBOX}", f"r.example:5000/{CURL}"]),
        (("--image", f"{BUSYBOX}=mine/box:2"), [CURL, "mine/box:2"]),
        (("--image", "busybox=box", "--registry", "r.example"), ["box:latest", f"r.example/{CURL}"]),
    ],
)
def test_images_names_what_a_run_with_the_same_flags_uses(
    replay: Replay, flags: tuple[str, ...], used: list[str]
) -> None:
    listed = replay("images", "curl-egress", *flags)
    assert (listed.code, listed.stdout, listed.stderr) == (0, "".join(f"{name}\n" for name in used), "")
    pods = planned(replay, "curl-egress", "--set", "target=sink", *flags)
    assert sorted(pod["spec"]["containers"][0]["image"] for pod in pods) == used


def test_images_of_all_scenarios_are_each_named_once(replay: Replay, draft: Draft) -> None:
    assert replay("images").stdout == f"{BUSYBOX}\n{CURL}\n"
    draft.scenario["nonsense"] = 1
    _, *flags = draft.write()
    broken = replay("images", *flags)
    assert (broken.code, broken.stdout) == (20, f"{BUSYBOX}\n{CURL}\n")
    assert broken.stderr.startswith(f"error: {draft.source}/probe cannot be read")


def test_two_tags_of_one_image_cannot_be_replaced_by_two(replay: Replay, draft: Draft) -> None:
    draft.pod["spec"]["containers"].append({"name": "other", "image": "busybox:1.35"})
    replayed = replay(*draft.write(), "--image", f"{BUSYBOX}=x:1", "-o", "json")
    assert (replayed.code, replayed.document["failure_reason"]) == (20, "scenario_invalid")
    assert replayed.message.splitlines()[-1] == "next: name it without a tag: --image busybox=NEW"


def test_a_patch_changes_a_pod_and_what_marks_it_as_ours_stays(
    replay: Replay, namespace: Namespace, draft: Draft, tmp_path: Path
) -> None:
    ours = {"app.kubernetes.io/managed-by": "me", "kubectl-replay/run": "x", "kubectl-replay/scenario": "x"}
    toleration = {"key": "e2e", "operator": "Exists", "effect": "NoExecute"}
    resources = {"limits": {"memory": "96Mi"}}
    spec = {
        "tolerations": [toleration],
        "securityContext": {"runAsUser": 1234},
        "activeDeadlineSeconds": 5,
        "containers": [{"name": "target", "resources": resources}],
    }
    metadata = {"labels": {"team": "blue", **ours}, "annotations": {"e2e": "yes"}, "name": "mine"}
    patch = write(tmp_path / "patch.yaml", {"metadata": metadata | {"namespace": "default"}, "spec": spec})
    draft.run("id", "-u")
    draft.prove({"output_matches": "^1234$"})
    namespace.create()
    pod = keep(replay, namespace, *draft.write(), *patch)
    labels, run = pod["metadata"]["labels"], pod["metadata"]["name"].removeprefix("probe-target-")
    assert labels.items() >= {"team": "blue", "scenario": "shell-spawn"}.items()
    assert [labels[key] for key in ours] == ["kubectl-replay", run, "probe"]
    assert pod["metadata"]["annotations"]["e2e"] == "yes"
    assert pod["metadata"]["namespace"] == namespace.name
    assert toleration in pod["spec"]["tolerations"]
    assert pod["spec"]["activeDeadlineSeconds"] == 3600
    assert pod["spec"]["securityContext"].items() >= {"runAsUser": 1234, "runAsNonRoot": True}.items()
    assert pod["spec"]["containers"][0]["resources"]["limits"] == {"cpu": "500m", "memory": "96Mi"}
    assert pod["spec"]["containers"][0]["image"] == BUSYBOX


def test_a_patch_is_for_every_pod(replay: Replay, tmp_path: Path) -> None:
    patch = write(tmp_path / "patch.yaml", {"metadata": {"labels": {"team": "blue"}}})
    pods = planned(replay, "curl-egress", "--set", "target=sink", *patch)
    assert [pod["metadata"]["labels"]["team"] for pod in pods] == ["blue", "blue"]


def test_a_patch_with_a_field_that_kubernetes_does_not_know_is_refused(
    replay: Replay, tmp_path: Path
) -> None:
    patch = write(tmp_path / "patch.yaml", {"spec": {"tolerance": []}})
    replayed = replay("shell-spawn", *patch, "-o", "json")
    assert (replayed.code, replayed.document["failure_reason"]) == (21, "manifest_refused")
    assert 'unknown field "spec.tolerance"' in replayed.message
    assert replayed.document["cleanup"]["status"] == "clean"


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("- a list", ["1:1: wanted a part of a Pod, such as metadata or spec, found a list"]),
        (
            "metadata:\n  labels: {1: 2, a: 3}\n",
            [
                '2:12: a key in metadata.labels must be text, found the number 1: write "1"',
                '2:21: metadata.labels.a must be text, found the number 3: write "3"',
            ],
        ),
    ],
)
def test_a_patch_that_is_none_is_a_usage_error(
    replay: Replay, tmp_path: Path, text: str, errors: list[str]
) -> None:
    path = tmp_path / "patch.yaml"
    path.write_text(text)
    replayed = replay("shell-spawn", "--pod-patch", str(path), "-o", "json")
    assert (replayed.code, replayed.stdout) == (2, "")
    first, *problems = replayed.stderr.partition("Error: ")[2].splitlines()
    assert first == f"--pod-patch {path}: this is no part of a Pod."
    assert problems == [f"  {path}:{error}" for error in errors]


def test_a_patch_that_is_not_there_is_a_usage_error(replay: Replay, tmp_path: Path) -> None:
    path = tmp_path / "patch.yaml"
    replayed = replay("shell-spawn", "--pod-patch", str(path), "-o", "json")
    assert (replayed.code, replayed.stdout) == (2, "")
    assert f"Error: --pod-patch {path}: No such file or directory.\n" in replayed.stderr
