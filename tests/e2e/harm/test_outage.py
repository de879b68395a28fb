"""An API server that dies or restarts in the middle of a run, on a cluster that may be harmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.frail import API_SERVER, KUBELET, Frail
from tests.e2e.interruptions import sleep_in_the_pod, wait_until_begun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.cluster import Target
    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

CLUSTER = (2, 1)


@pytest.fixture
def server(target: Target, namespace: Namespace) -> Iterator[Frail]:
    """The API server, in health before and after the test; the test's namespace exists."""
    assert target.local
    namespace.create()
    server = Frail(target.local, API_SERVER)
    yield server
    server.heal()
    for name in ("kube-controller-manager", "kube-scheduler", KUBELET):  # each outage makes them slower
        patient = Frail(target.local, name)
        patient.kill()
        patient.heal()


def test_a_restart_while_the_pod_is_awaited_makes_no_run_fail(
    replay: Replay, draft: Draft, namespace: Namespace, server: Frail
) -> None:
    late = namespace.name
    draft.pod["spec"]["nodeSelector"] = {"e2e": late}
    running = replay.start(*draft.write(), "-o", "json")
    running.wait_for("deploy     PASS")
    server.kill()
    server.heal()
    namespace.kubectl("label", "node", "--all", f"e2e={late}", "--overwrite").passed()
    replayed = running.end()
    assert replayed.code == 10, replayed.stderr
    assert replayed.document["cleanup"]["status"] == "clean"


def test_a_death_during_the_command_is_a_lost_connection_and_cleanup_waits(
    replay: Replay, draft: Draft, namespace: Namespace, server: Frail
) -> None:
    running = sleep_in_the_pod(replay, draft, namespace)
    server.kill()
    running.wait_for("trigger    ")
    server.heal()
    replayed = running.end()
    document = replayed.document
    # Through SPDY (always before 1.30) kubectl ends 0 where its connection breaks: then the proof is missing.
    ends = {(23, "connection_lost"), (24, "exec_not_confirmed")}
    assert (replayed.code, document["failure_reason"]) in ends
    assert document["cleanup"]["status"] == "clean"
    assert namespace.left() == []


def test_a_command_that_is_cut_off_silently_is_not_proven_by_its_exit_code(
    replay: Replay, draft: Draft, namespace: Namespace, gate: Gate, server: Frail
) -> None:
    draft.run("sh", "-c", "echo begun > /proc/1/fd/1; exec sleep 300")
    draft.prove({"exit_code": 0})
    spdy = gate.build(settings="export KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false")
    running = replay.start(*draft.write(), "-o", "json", env=spdy)
    wait_until_begun(running, namespace)
    server.kill()
    running.wait_for("trigger ")
    server.heal()
    replayed = running.end()
    assert (replayed.code, replayed.document["failure_reason"]) == (23, "connection_lost"), replayed.stderr
    assert replayed.document["cleanup"]["status"] == "clean"


def test_a_death_before_the_first_answer_is_an_unreachable_cluster(
    replay: Replay, gate: Gate, server: Frail
) -> None:
    running = replay.start("shell-spawn", "-o", "json", env=gate.build("create"))
    gate.wait_reached()
    server.kill()
    gate.open()
    replayed = running.end()
    assert (replayed.code, replayed.document["failure_reason"]) == (20, "cluster_unreachable")
    assert replayed.document["cleanup"]["status"] == "clean"
    server.heal()  # before what is left is looked for


def test_cleanup_asks_again_until_the_server_is_back(
    replay: Replay, namespace: Namespace, gate: Gate, server: Frail
) -> None:
    running = replay.start("shell-spawn", "-o", "json", env=gate.build("delete"))
    gate.wait_reached()
    server.kill()
    gate.open()
    server.heal()
    replayed = running.end()
    assert replayed.code == 10
    assert replayed.document["cleanup"]["status"] == "clean"
    assert namespace.left() == []
