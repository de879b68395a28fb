"""Nodes: the one that `--node` names, one that takes no pods, and a kubelet that stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.cluster.site import find_site
from tests.e2e.frail import KUBELET, Frail
from tests.e2e.interruptions import sleep_in_the_pod

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.cluster import Target
    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed

CLUSTER = (4, 2)

FIRST, SECOND = (find_site().node(index).name for index in range(2))
TAINT = {"key": "e2e", "value": "taken", "effect": "NoSchedule"}


@pytest.fixture
def kubelet(target: Target, namespace: Namespace) -> Iterator[Frail]:
    """The kubelet of the second node, in health before and after the test; the test's namespace exists."""
    assert target.local
    namespace.create()
    kubelet = Frail(target.local, KUBELET, node=1)
    yield kubelet
    kubelet.heal()


@pytest.fixture
def tainted(target: Target) -> Iterator[None]:
    """The second node takes only pods that tolerate it."""
    taint = f"{TAINT['key']}={TAINT['value']}:{TAINT['effect']}"
    target.kubectl("taint", "node", SECOND, taint).passed()
    yield
    target.kubectl("taint", "node", SECOND, f"{taint}-").passed()


def assert_ended(replayed: Replayed, code: int, reason: str) -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (code, reason), replayed.stderr
    assert document["cleanup"]["status"] == "clean"


@pytest.mark.parametrize("node", [FIRST, SECOND])
def test_the_target_runs_on_the_node_that_is_named(replay: Replay, node: str) -> None:
    replayed = replay("shell-spawn", "--node", node, "-o", "json")
    assert_ended(replayed, 10, "")
    assert replayed.document["node"] == node


def test_another_pod_of_the_scenario_may_run_elsewhere(replay: Replay) -> None:
    replayed = replay("curl-egress", "--set", "target=sink", "--node", SECOND, "-o", "json")
    assert_ended(replayed, 10, "")
    assert replayed.document["node"] == SECOND


@pytest.mark.usefixtures("tainted")
def test_a_tainted_node_takes_only_a_pod_that_a_patch_lets_tolerate_it(
    replay: Replay, tmp_path: Path
) -> None:
    refused = replay("shell-spawn", "--node", SECOND, "--ready-timeout", "2", "-o", "json")
    assert_ended(refused, 22, "pod_unschedulable")
    assert "untolerated taint" in refused.message
    assert "next: see `kubectl describe nodes` for taints and free resources" in refused.message
    patch = tmp_path / "patch.yaml"
    patch.write_text(yaml.safe_dump({"spec": {"tolerations": [TAINT]}}), "utf-8")
    replayed = replay("shell-spawn", "--node", SECOND, "--pod-patch", str(patch), "-o", "json")
    assert_ended(replayed, 10, "")
    assert replayed.document["node"] == SECOND


def test_a_pod_whose_kubelet_stands_still_is_waited_for_until_the_timeout(
    replay: Replay, kubelet: Frail, namespace: Namespace
) -> None:
    kubelet.pause()
    replayed = replay("shell-spawn", "--node", SECOND, "--ready-timeout", "3", "-o", "json")
    assert_ended(replayed, 22, "ready_timeout")
    assert replayed.message.splitlines()[0] == "The pod did not become ready in time (waited 3 s)."
    assert namespace.left() == []


def test_a_kubelet_that_died_before_the_command_is_told_in_the_words_of_the_api_server(
    replay: Replay, kubelet: Frail, gate: Gate
) -> None:
    running = replay.start("shell-spawn", "--node", SECOND, "-o", "json", env=gate.build("exec"))
    gate.wait_reached()
    kubelet.kill()
    gate.open()
    replayed = running.end()
    assert_ended(replayed, 23, "exec_failed")
    assert "error dialing backend" in replayed.message


def test_a_kubelet_that_dies_under_the_command_is_no_ended_command(
    replay: Replay, draft: Draft, kubelet: Frail, namespace: Namespace
) -> None:
    draft.pod["spec"]["nodeName"] = SECOND
    running = sleep_in_the_pod(replay, draft, namespace)
    kubelet.kill()
    replayed = running.end()
    if replayed.code == 24:  # now and then kubectl ends 0 where its connection is cut: the proof is missing
        assert_ended(replayed, 24, "exec_not_confirmed")
    else:
        assert_ended(replayed, 23, "connection_lost")
        broken = "The connection to the container broke off while the command ran."
        assert replayed.message.splitlines()[0] == broken
    assert namespace.left() == []
