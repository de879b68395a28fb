"""The test cluster itself, for real: a second one beside whatever runs, torn down at the end."""

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
from tests.cluster.errors import ClusterError
from tests.cluster.health import wait_ready
from tests.cluster.lifecycle import say_foreign
from tests.cluster.network import find_links
from tests.cluster.processes import Done, attempt, run, spawn
from tests.cluster.recipes import locate_archives
from tests.cluster.requirements import require_machine
from tests.cluster.site import INSTANCE_VARIABLE, find_site
from tests.cluster.state import CHECKOUT, Cluster
from tests.e2e.machine import find_processes, take_snapshot
from tests.e2e.registry import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SITE = replace(find_site(), instance=find_site().instance + 1)
ENVIRONMENT = {INSTANCE_VARIABLE: str(SITE.instance)}


def ask(*words: str, checkout: Path = CHECKOUT, env: dict[str, str] | None = None) -> Done:
    command = [sys.executable, "-m", "tests.cluster", *words]
    return attempt(command, cwd=checkout, env=ENVIRONMENT | (env or {}), timeout=900)


def up(*words: str) -> Cluster:
    done = ask("up", *words)
    assert (done.code, done.stdout) == (0, f"export KUBECONFIG={SITE.folder}/kubeconfig\n"), done.stderr
    cluster = state.load(SITE)
    assert cluster is not None
    return cluster


def kubectl(cluster: Cluster, *words: str) -> str:
    return run([cluster.kubectl, "--kubeconfig", cluster.kubeconfig, *words])


def run_pod(cluster: Cluster, image: str, *, node: int = 0) -> str:
    name = f"pod-{time.monotonic_ns()}"
    pod = {
        "metadata": {"name": name},
        "apiVersion": "v1",
        "spec": {
            "nodeName": cluster.nodes[node].name,
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "target", "image": image, "command": ["sleep", "600"]}],
        },
    }
    overrides = f"--overrides={json.dumps(pod)}"
    kubectl(cluster, "run", name, f"--image={image}", "--restart=Never", overrides)
    kubectl(cluster, "wait", "--for=condition=Ready", f"pod/{name}", "--timeout=60s")
    return name


@pytest.fixture(scope="module", autouse=True)
def _clean() -> Iterator[None]:
    try:
        require_machine(SITE)
    except ClusterError as error:
        pytest.skip(str(error))
    ask("down")
    yield
    assert ask("down").code == 0


@pytest.fixture
def cluster() -> Cluster:
    return up()


def test_a_pod_runs_and_answers_as_soon_as_up_returns(cluster: Cluster) -> None:
    pod = run_pod(cluster, "busybox:1.36")
    assert kubectl(cluster, "exec", pod, "--", "sh", "-c", "echo $((6 * 7))") == "42\n"


def test_up_again_returns_at_once_and_restarts_nothing(cluster: Cluster) -> None:
    before = control.ask_state(cluster)
    begin = time.monotonic()
    again = up()
    assert time.monotonic() - begin < 2
    assert again == cluster
    assert control.ask_state(again) == before


@pytest.mark.parametrize("image", ["curlimages/curl:8.10.1", "debian:12-slim", "busybox:1.36"])
def test_every_image_has_a_shell_accounts_and_a_tmp(cluster: Cluster, image: str) -> None:
    pod = run_pod(cluster, image)
    script = "echo x > /tmp/x && cat /tmp/x && head -c 4 /etc/passwd && test -e /etc/shadow"
    assert kubectl(cluster, "exec", pod, "--", "sh", "-c", script) == "x\nroot"


def test_curl_is_not_root_and_knows_the_authorities_of_the_web(cluster: Cluster) -> None:
    pod = run_pod(cluster, "curlimages/curl:8.10.1")
    assert kubectl(cluster, "exec", pod, "--", "id", "-un") == "curl_user\n"
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    kubectl(cluster, "exec", pod, "--", "grep", "-q", "BEGIN CERTIFICATE", bundle)


def test_debian_has_bash_perl_and_the_usual_tools(cluster: Cluster) -> None:
    pod = run_pod(cluster, "debian:12-slim")
    script = "perl -e 'print 6*7' && awk 'BEGIN {print 1}' && find /bin/ -name bash && mount --version >&2"
    assert kubectl(cluster, "exec", pod, "--", "bash", "-c", script) == "421\n/bin/bash\n"


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


def test_an_exec_is_in_the_audit_log_and_the_clusters_own_noise_is_not(cluster: Cluster) -> None:
    pod = run_pod(cluster, "busybox:1.36")
    kubectl(cluster, "exec", pod, "--", "true")
    events = [json.loads(line) for line in cluster.audit_log.read_text().splitlines()]
    execs = [event for event in events if event.get("objectRef", {}).get("subresource") == "exec"]
    ours = [event for event in execs if event["objectRef"]["name"] == pod]
    assert [event["stage"] for event in ours] == ["ResponseStarted", "ResponseComplete"]
    assert ours[0]["userAgent"].startswith("kubectl/v1.36.3")
    assert {event["level"] for event in events} == {"Metadata"}
    assert not [event for event in events if event.get("objectRef", {}).get("resource") == "leases"]


def test_an_image_is_pulled_from_a_registry_on_the_bridge(cluster: Cluster) -> None:
    archive = locate_archives(SITE.cache)["docker.io/library/busybox:1.36"]
    with serve(cluster) as registry:
        registry.status = 200
        registry.load(archive)
        pod = run_pod(cluster, registry.image)
    assert kubectl(cluster, "exec", pod, "--", "echo", "pulled") == "pulled\n"
    assert "/v2/e2e/busybox/manifests/1" in [path.partition("?")[0] for path in registry.asked]


def test_the_api_server_can_be_stopped_and_started_again(cluster: Cluster) -> None:
    pod = run_pod(cluster, "busybox:1.36")
    assert control.kill(cluster, "kube-apiserver").states["kube-apiserver"] == "ended with code -9"
    with pytest.raises(ClusterError):
        kubectl(cluster, "--request-timeout=2s", "get", "nodes")
    control.start(cluster, "kube-apiserver")
    wait_ready(cluster)
    assert kubectl(cluster, "get", "pod", pod, "-o", "jsonpath={.status.phase}") == "Running"


def test_a_paused_kubelet_goes_on(cluster: Cluster) -> None:
    assert control.pause(cluster, "kubelet").states["kubelet"] == "paused"
    assert control.resume(cluster, "kubelet").states["kubelet"] == "running"
    run_pod(cluster, "busybox:1.36")


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
    first = spawn(command, log=tmp_path / "log", env=ENVIRONMENT | {"PYTHONPATH": str(CHECKOUT)})
    deadline = time.monotonic() + 30
    while not state.load(SITE):
        assert time.monotonic() < deadline
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    run_pod(up(), "busybox:1.36")


@pytest.fixture
def second_checkout(tmp_path: Path) -> Path:
    for name in ("tests/cluster", "kubectl_replay"):
        shutil.copytree(CHECKOUT / name, tmp_path / "second" / name)
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
