"""Pods that do not behave: no node for them, crashes, sidecars, late images, pods that others delete."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cluster.recipes import locate_archives
from tests.cluster.site import find_site
from tests.e2e import registry
from tests.e2e.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cluster.state import Cluster
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed

NEVER = {"exec": {"command": ["false"]}}
"""A readiness probe: the pod is at no time ready, so that whatever ends it does so in that phase."""


def assert_failed(replayed: Replayed, code: int, reason: str) -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (code, reason), replayed.stderr
    assert document["cleanup"]["status"] == "clean"


def sidecar(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any value that a container may have
    """A container that is not the target."""
    return {"name": "sidecar", "image": "busybox:1.36", "command": ["sleep", "600"], **changes}


def beside(draft: Draft) -> None:
    draft.pod["spec"]["containers"].append(sidecar())


def before(draft: Draft) -> None:
    draft.pod["spec"]["containers"].insert(0, sidecar())


def native(draft: Draft) -> None:
    draft.pod["spec"]["initContainers"] = [sidecar(restartPolicy="Always")]


def only_in_the_target(draft: Draft) -> None:
    """Let the command prove where it runs: no other container has this variable."""
    target = next(item for item in draft.pod["spec"]["containers"] if item["name"] == "target")
    target["env"] = [{"name": "HERE", "value": "target"}]
    draft.run("sh", "-c", "echo in-$HERE")
    draft.prove({"output_matches": "^in-(?P<container>target)$"})


def test_a_node_that_does_not_exist_is_told_in_the_words_of_the_scheduler(replay: Replay) -> None:
    replayed = replay("shell-spawn", "--node", "e2e-none", "--ready-timeout", "2", "-o", "json")
    assert_failed(replayed, 22, "pod_unschedulable")
    assert replayed.message.splitlines()[0] == "No node takes the pod (waited 2 s)."
    assert "node(s) didn't satisfy plugin(s) [NodeAffinity]" in replayed.message


def test_a_container_that_crashes_and_is_restarted_ends_the_wait_at_once(
    replay: Replay, draft: Draft
) -> None:
    draft.pod["spec"]["restartPolicy"] = "Always"
    draft.container.update(command=["sh", "-c", "exit 3"], readinessProbe=NEVER)
    replayed = replay(*draft.write(), "-o", "json")
    assert_failed(replayed, 22, "pod_ended")
    assert "  container target ended with exit code 3 and is restarted" in replayed.message.splitlines()


def test_a_container_that_is_restarted_under_the_command_is_no_deleted_pod(
    replay: Replay, draft: Draft
) -> None:
    draft.pod["spec"]["restartPolicy"] = "Always"
    draft.container["command"] = ["sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.1; done"]
    draft.run("sh", "-c", "kill -TERM 1; exec sleep 300", tty=True)
    draft.prove({"exit_code": 0})
    replayed = replay(*draft.write(), "-o", "json")
    assert_failed(replayed, 24, "exec_not_confirmed")
    assert "  the command ended with exit code 137" in replayed.message.splitlines()


@pytest.mark.parametrize("place", [beside, before, native], ids=lambda place: place.__name__)
def test_the_command_runs_in_the_target_whatever_stands_beside_it(
    replay: Replay, draft: Draft, place: Callable[[Draft], None]
) -> None:
    place(draft)
    only_in_the_target(draft)
    replayed = replay(*draft.write(), "-o", "json")
    assert replayed.code == 10, replayed.message
    assert replayed.document["evidence"][0]["shown"] == {"container": "target"}


def test_a_sidecar_that_a_patch_adds_is_not_the_one_that_starts_the_behavior(
    replay: Replay, draft: Draft, tmp_path: Path
) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text(yaml.safe_dump({"spec": {"containers": [sidecar(securityContext={})]}}), "utf-8")
    only_in_the_target(draft)
    draft.scenario["trigger"]["kind"] = "pod-start"
    replayed = replay(*draft.write(), "--pod-patch", str(patch), "-o", "json")
    assert replayed.code == 10, replayed.message


def test_a_sidecar_that_ends_is_named(replay: Replay, draft: Draft) -> None:
    draft.pod["spec"]["containers"].append(sidecar(command=["sh", "-c", "exit 5"], readinessProbe=NEVER))
    replayed = replay(*draft.write(), "-o", "json")
    assert_failed(replayed, 22, "pod_ended")
    assert "  container sidecar ended with exit code 5" in replayed.message.splitlines()


def test_a_pod_that_somebody_deletes_while_its_log_is_read(
    replay: Replay, draft: Draft, namespace: Namespace
) -> None:
    draft.scenario["trigger"] |= {"kind": "pod-start", "tty": False, "command": ["sleep", "600"]}
    draft.prove({"output_contains": "never"})
    running = replay.start(*draft.write(), "-o", "json")
    running.wait_for("ready      PASS")
    namespace.kubectl("delete", "pods", "--all", "--wait=false").passed()
    assert_failed(running.end(), 23, "pod_deleted")


def test_an_image_that_a_slow_registry_sends_late_is_waited_for(
    replay: Replay, draft: Draft, local: Cluster
) -> None:
    class Late(list[str]):
        """What was asked of the registry; no answer is given before the test lets it."""

        arrived = threading.Event()

        def append(self, path: str) -> None:
            super().append(path)
            assert self.arrived.wait(SECONDS)

    with registry.serve(local) as images:
        images.status, images.asked = 200, Late()
        images.load(locate_archives(find_site().cache)["docker.io/library/busybox:1.36"])
        draft.container.update(image=images.image, imagePullPolicy="Always")
        running = replay.start(*draft.write(), "-o", "json")
        until(lambda: images.asked, "the kubelet to ask for the image")
        assert not [line for line in running.child.lines if line.startswith("ready ")]
        Late.arrived.set()
        replayed = running.end()
    assert replayed.code == 10, replayed.message
    assert replayed.document["ready"] == "pass"
