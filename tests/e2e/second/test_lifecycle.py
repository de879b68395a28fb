"""The test cluster's life, for real: up, repair, owners, several nodes, and nothing left at the end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.cluster import control, state
from tests.cluster.lifecycle import say_foreign
from tests.cluster.network import find_links
from tests.cluster.processes import run, spawn
from tests.cluster.state import CHECKOUT, Cluster
from tests.e2e.machine import find_processes, take_snapshot
from tests.e2e.second_cluster import ENVIRONMENT, SITE, ask, kubectl, run_pod, up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_pod_runs_and_answers_as_soon_as_up_returns(cluster: Cluster) -> None:
    pod = run_pod(cluster, "busybox:1.36")
    assert kubectl(cluster, "exec", pod, "--", "sh", "-c", "echo $((6 * 7))") == "42\n"


def test_up_again_restarts_nothing(cluster: Cluster) -> None:
    before = control.ask_state(cluster)
    assert up() == cluster
    assert control.ask_state(cluster) == before


def test_a_pod_reaches_the_api_by_its_service_address_from_every_node() -> None:
    cluster = up("--nodes", "2")
    ask_version = "curl -sS -m 5 -k https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/version"
    for node in (0, 1):
        pod = run_pod(cluster, "curlimages/curl:8.10.1", node=node)
        answer = json.loads(kubectl(cluster, "exec", pod, "--", "sh", "-c", ask_version))
        assert answer["gitVersion"] == "v1.36.3"


def test_pods_of_two_nodes_reach_each_other() -> None:
    cluster = up("--nodes", "2")
    one, two = (run_pod(cluster, "busybox:1.36", node=node) for node in (0, 1))
    address = kubectl(cluster, "get", "pod", two, "-o", "jsonpath={.status.podIP}")
    kubectl(cluster, "exec", one, "--", "ping", "-c", "1", "-W", "2", address)


def kill_node(cluster: Cluster) -> None:
    os.kill(cluster.nodes[0].pid, signal.SIGKILL)


def kill_api_server(cluster: Cluster) -> None:
    control.kill(cluster, "kube-apiserver")


def forget(cluster: Cluster) -> None:
    kill_node(cluster)
    shutil.rmtree(cluster.folder, ignore_errors=True)


def leave_unfinished(cluster: Cluster) -> None:
    state.save(replace(cluster, complete=False))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (kill_node, "the node k8s-replay-control-plane has ended"),
        (kill_api_server, "kube-apiserver on k8s-replay-control-plane ended with code -9"),
        (forget, f"the links {SITE.bridge}"),
        (leave_unfinished, "its start was interrupted"),
    ],
)
def test_what_is_left_of_a_broken_cluster_is_replaced(
    damage: Callable[[Cluster], None], words: str, cluster: Cluster
) -> None:
    damage(cluster)
    done = ask("up")
    assert done.code == 0, done.stderr
    assert done.stderr.startswith(f"what is left of an earlier cluster is removed: {words}")
    anew = state.load(SITE)
    assert anew is not None
    assert anew.nodes[0].pid != cluster.nodes[0].pid
    assert len(find_links(SITE)) == 2
    run_pod(anew, "busybox:1.36")


def test_an_up_that_was_killed_half_way_is_made_good(tmp_path: Path) -> None:
    ask("down")
    command = [sys.executable, "-m", "tests.cluster", "up"]
    first = spawn(
        command, log=tmp_path / "log", env={**os.environ, **ENVIRONMENT, "PYTHONPATH": str(CHECKOUT)}
    )
    deadline = time.monotonic() + 30
    while not state.load(SITE):
        assert time.monotonic() < deadline
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    run_pod(up(), "busybox:1.36")


@pytest.fixture
def second_checkout(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "tests/cluster", tmp_path / "second/tests/cluster")
    (tmp_path / "second/tests/__init__.py").touch()
    return tmp_path / "second"


def test_a_second_checkout_is_told_whose_the_cluster_is(cluster: Cluster, second_checkout: Path) -> None:
    done = ask("up", checkout=second_checkout)
    assert (done.code, done.stdout, done.stderr) == (20, "", f"{say_foreign(CHECKOUT)}\n")
    assert state.load(SITE) == cluster


def test_another_cache_folder_is_told_too(cluster: Cluster, tmp_path: Path) -> None:
    done = ask("up", env={"XDG_CACHE_HOME": str(tmp_path)})
    sentence = say_foreign(CHECKOUT, cluster.folder.parents[1])
    assert (done.code, done.stdout, done.stderr) == (20, "", f"{sentence}\n")


def test_the_cluster_of_a_checkout_that_is_gone_is_taken_over(cluster: Cluster, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    state.save(replace(cluster, owner=gone))
    done = ask("up")
    assert done.stderr == f"the cluster of {gone}, which is gone, is taken over\n"
    assert state.load(SITE) == cluster


def test_the_users_kubeconfig_gets_the_context_only_when_asked_and_loses_it_again(tmp_path: Path) -> None:
    config = tmp_path / ".kube/config"
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(SITE.cache.parent)}
    assert ask("up", env=home).code == 0
    assert not config.exists()
    config.parent.mkdir()
    config.write_text('{"current-context": "mine", "contexts": [{"name": "mine", "context": {}}]}')
    assert ask("up", "--merge-kubeconfig", env=home).code == 0
    mine: list[str | Path] = [up().kubectl, "--kubeconfig", config, "config"]
    assert run([*mine, "get-contexts", "-o", "name"]).split() == ["k8s-replay-local", "mine"]
    assert run([*mine, "current-context"]) == "mine\n"
    assert ask("down", env=home).code == 0
    assert "k8s-replay-local" not in config.read_text()


def test_down_from_any_checkout_leaves_nothing_on_the_machine(second_checkout: Path) -> None:
    ask("down")
    before = take_snapshot(SITE)
    cluster = up("--nodes", "2")
    run_pod(cluster, "busybox:1.36", node=1)
    assert len(find_processes(SITE)) > 10
    assert ask("down", checkout=second_checkout).code == 0
    after = take_snapshot(SITE)
    assert {kind: after[kind] - before[kind] for kind in before} == {kind: set() for kind in before}
    assert after["cache"] == {"images", "packages", "programs"}
    assert after["tunables"] == before["tunables"]
    assert ask("status").stdout == "there is no local cluster\n"
