"""The audit log on the API servers' own stdout, as `--audit-log-path=-` writes it: read by `kubectl logs`."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.e2e.containers import Container
from tests.e2e.falco.asking import QUICK, verdict
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.state import Cluster
    from tests.e2e.api import Api, Object
    from tests.e2e.replay import Replay

NAME = "kube-apiserver-e2e"
PATH = "/api/v1/namespaces/kube-system/pods"
POD = {
    "metadata": {"name": NAME, "labels": {"component": "kube-apiserver"}},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
        "containers": [
            {"name": "kube-apiserver", "image": "busybox:1.36", "command": ["sleep", "3600"]},
        ],
    },
}


@contextmanager
def server_pod(local: Cluster, api: Api) -> Iterator[Container]:
    """Have a pod that is labelled like an API server, as kubeadm makes them."""
    until(
        lambda: api.read("/api/v1/namespaces/kube-system/serviceaccounts/default"), "ServiceAccount default"
    )
    status, answer = api.ask("POST", PATH, POD)
    assert status == 201, answer
    try:
        until(lambda: _is_ready(api), NAME)
        yield _container(local, api)
    finally:
        api.ask("DELETE", f"{PATH}/{NAME}?gracePeriodSeconds=0")
        until(lambda: api.read(f"{PATH}/{NAME}") is None, f"the end of {NAME}")


def _is_ready(api: Api) -> bool:
    statuses = (api.read(f"{PATH}/{NAME}") or {}).get("status", {}).get("containerStatuses", [])
    return bool(statuses and statuses[0]["ready"])


def _container(local: Cluster, api: Api) -> Container:
    pod: Object = api.read(f"{PATH}/{NAME}") or {}
    (status,) = pod["status"]["containerStatuses"]
    logs = local.folder / "nodes" / pod["spec"]["nodeName"] / "log" / "pods"
    folder = logs / f"kube-system_{NAME}_{pod['metadata']['uid']}" / "kube-apiserver"
    return Container(status["containerID"].rpartition("://")[2], folder / "0.log")


@contextmanager
def passing_on(local: Cluster, container: Container) -> Iterator[None]:
    """Have the pod print what the real API server writes into its audit log, during the block."""
    over = threading.Event()

    def work() -> None:
        with local.audit_log.open() as source:
            source.seek(0, 2)
            while not over.is_set():
                if line := source.readline():
                    container.print([line.rstrip("\n")])
                else:
                    over.wait(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_it_decides_where_it_is_named(replay: Replay, local: Cluster, api: Api) -> None:
    with server_pod(local, api) as container, passing_on(local, container):
        replayed = replay("kubectl-exec", "-o", "json", "--backend", "audit", "--detect-timeout", "15s")
    assert verdict(replayed) == (0, "detected", None)
    (alert,) = (alert for alert in replayed.document["detection"]["alerts"] if alert["expected"])
    assert alert["name"] == replayed.document["pod"]


def test_servers_that_print_none_prove_nothing(replay: Replay, local: Cluster, api: Api) -> None:
    with server_pod(local, api):
        replayed = replay("kubectl-exec", "-o", "json", "--backend", "audit", *QUICK)
    assert verdict(replayed) == (11, "inconclusive", "log_silent")


def test_it_is_not_asked_unless_it_is_named(replay: Replay, local: Cluster, api: Api) -> None:
    with server_pod(local, api) as container, passing_on(local, container):
        replayed = replay("kubectl-exec", "-o", "json")
    assert verdict(replayed) == (10, "skipped", "no_backend")
