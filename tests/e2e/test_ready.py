"""Exit code 22: a workload that does not become ready, and the one that does in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.recipes import locate_archives
from tests.cluster.site import find_site
from tests.e2e import registry
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.state import Cluster
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.registry import Registry
    from tests.e2e.replay import Replay, Replayed

PATIENCE = 60.0
"""The ready timeout of the scenario; what is sure to fail must not wait for it."""


@pytest.fixture
def images(local: Cluster) -> Iterator[Registry]:
    with registry.serve(local) as images:
        yield images


def assert_not_ready(replayed: Replayed, reason: str) -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (22, reason)
    assert document["overall"] == "ready_timeout"
    assert (document["deploy"], document["ready"], document["trigger"]) == ("pass", "fail", "pending")
    assert document["cleanup"]["status"] == "clean"
    assert f"command: kubectl describe pod {document['pod']} " in replayed.message


def seconds(replayed: Replayed) -> float:
    return next(float(item["duration_seconds"]) for item in replayed.document["phases"] if item["reason"])


def test_an_image_that_does_not_exist_ends_the_wait_at_once(
    replay: Replay, draft: Draft, images: Registry
) -> None:
    draft.container["image"] = images.image
    replayed = replay(*draft.write(), "-o", "json")
    assert_not_ready(replayed, "image_pull_failed")
    assert seconds(replayed) < PATIENCE / 2
    assert replayed.message.splitlines()[0] == "The image cannot be pulled."
    assert f"{images.image}: not found" in replayed.message
    assert images.asked


def test_an_image_that_only_the_node_could_have_ends_the_wait_at_once(replay: Replay, draft: Draft) -> None:
    draft.container.update(image="k8s-replay.invalid/none:1", imagePullPolicy="Never")
    replayed = replay(*draft.write(), "-o", "json")
    assert_not_ready(replayed, "image_pull_failed")
    assert seconds(replayed) < PATIENCE / 2
    assert "ErrImageNeverPull" in replayed.message


def test_a_registry_that_stays_sick_is_waited_for_until_the_timeout(
    replay: Replay, draft: Draft, images: Registry
) -> None:
    images.status = 500
    draft.container["image"] = images.image
    replayed = replay(*draft.write(), "-o", "json", "--ready-timeout", "4")
    assert_not_ready(replayed, "image_pull_failed")
    assert seconds(replayed) >= 4
    assert replayed.message.splitlines()[0] == "The image cannot be pulled (waited 4 s)."
    assert "500 Internal Server Error" in replayed.message


def test_a_registry_that_gets_well_again_makes_no_run_fail(
    replay: Replay, draft: Draft, images: Registry, namespace: Namespace
) -> None:
    images.status = 500
    images.load(locate_archives(find_site().cache)["docker.io/library/busybox:1.36"])
    draft.container["image"] = images.image
    running = replay.start(*draft.write(), "-o", "json")
    running.wait_for("deploy     PASS")
    until(lambda: "ErrImagePull" in str(namespace.pods), "the kubelet to fail once")
    images.status = 200
    replayed = running.end()
    assert replayed.code == 10
    assert replayed.document["ready"] == "pass"


def test_a_pod_that_ends_by_itself_ends_the_wait_at_once(replay: Replay, draft: Draft) -> None:
    # A probe that never succeeds: the pod is at no time ready, so that it ends in this phase for sure.
    never = {"exec": {"command": ["false"]}}
    draft.container.update(command=["sh", "-c", "exit 3"], readinessProbe=never)
    replayed = replay(*draft.write(), "-o", "json")
    assert_not_ready(replayed, "pod_ended")
    assert seconds(replayed) < PATIENCE / 2
    assert replayed.message.splitlines()[:2] == [
        "The pod ended by itself.",
        "  container target ended with exit code 3",
    ]


def test_a_pod_that_no_node_takes_is_told_in_the_words_of_the_scheduler(replay: Replay, draft: Draft) -> None:
    draft.pod["spec"]["nodeSelector"] = {"e2e": "no-such-node"}
    replayed = replay(*draft.write(), "-o", "json", "--ready-timeout", "2")
    assert_not_ready(replayed, "pod_unschedulable")
    assert replayed.message.splitlines()[0] == "No node takes the pod (waited 2 s)."
    assert "node(s) didn't match Pod's node affinity/selector" in replayed.message


def test_a_container_that_cannot_be_configured_is_told_in_the_words_of_the_kubelet(
    replay: Replay, draft: Draft
) -> None:
    missing = {"name": "X", "valueFrom": {"configMapKeyRef": {"name": "none", "key": "x"}}}
    draft.container["env"] = [missing]
    replayed = replay(*draft.write(), "-o", "json", "--ready-timeout", "4")
    assert_not_ready(replayed, "container_not_started")
    assert 'CreateContainerConfigError: configmap "none" not found' in replayed.message


def test_a_pod_that_runs_but_is_not_ready_is_waited_for(replay: Replay, draft: Draft) -> None:
    draft.container["readinessProbe"] = {"exec": {"command": ["false"]}}
    replayed = replay(*draft.write(), "-o", "json", "--ready-timeout", "2")
    assert_not_ready(replayed, "ready_timeout")
    assert replayed.message.splitlines()[0] == "The pod did not become ready in time (waited 2 s)."


def test_a_pod_that_somebody_deletes_ends_the_wait_at_once(
    replay: Replay, draft: Draft, namespace: Namespace
) -> None:
    draft.pod["spec"]["nodeSelector"] = {"e2e": "no-such-node"}
    running = replay.start(*draft.write(), "-o", "json")
    running.wait_for("deploy     PASS")
    namespace.kubectl("delete", "pods", "--all", "--wait=false").passed()
    replayed = running.end()
    assert_not_ready(replayed, "pod_deleted")
    assert seconds(replayed) < PATIENCE / 2
