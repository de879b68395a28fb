"""Whether the API server's audit log shows this very run: the real log of a real API server."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.falco.asking import QUICK, verdict
from tests.e2e.frail import API_SERVER, Frail
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.state import Cluster
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

LOG = "Kubernetes audit log"


@pytest.fixture
def own(local: Cluster) -> dict[str, str | None]:
    """The kubeconfig as the cluster writes it: it names the audit log."""
    return {"KUBECONFIG": str(local.kubeconfig)}


@contextmanager
def silenced(local: Cluster, rule: dict[str, Any]) -> Iterator[None]:
    """Have the API server leave something out of its log during the block."""
    server, policy = Frail(local, API_SERVER), local.folder / "audit-policy.json"
    before = policy.read_text()
    told = json.loads(before)
    told["rules"].insert(0, {"level": "None", **rule})
    try:
        policy.write_text(json.dumps(told))
        server.kill()
        server.heal()
        yield
    finally:
        policy.write_text(before)
        server.kill()
        server.heal()


def exec_rule(namespace: Namespace) -> dict[str, Any]:
    return {"namespaces": [namespace.name], "resources": [{"group": "", "resources": ["pods/exec"]}]}


@pytest.mark.parametrize(
    ("scenario", "rules", "subject"),
    [
        ("kubectl-exec", {"create pods/exec", "get pods/exec"}, "kubectl-exec-target"),
        ("secret-enumeration", {"list secrets", "get secrets"}, "secret-enumeration-dummy"),
    ],
)
def test_the_local_cluster_s_own_log_decides_where_no_falco_runs(
    replay: Replay, own: dict[str, str | None], scenario: str, rules: set[str], subject: str
) -> None:
    replayed = replay(scenario, "-o", "json", env=own)
    assert verdict(replayed) == (0, "detected", None)
    document, detection = replayed.document, replayed.document["detection"]
    assert document["detection_backend"] == LOG
    assert set(detection["rule"].split(", ")) <= rules
    expected = [alert for alert in detection["alerts"] if alert["expected"]]
    run = document["run_id"]
    assert {alert["name"] for alert in expected} <= {f"{subject}-{run}", ""}
    assert {alert["namespace"] for alert in expected} == {document["namespace"]}
    assert 0 < detection["latency_seconds"] <= detection["readable_seconds"]


def test_its_file_may_be_named_and_then_it_decides_alone(replay: Replay, local: Cluster) -> None:
    replayed = replay("kubectl-exec", "-o", "json", "--audit-log", str(local.audit_log))
    assert verdict(replayed) == (0, "detected", None)


def test_a_policy_that_leaves_the_request_out_is_the_reason_for_a_miss(
    replay: Replay, own: dict[str, str | None], namespace: Namespace, local: Cluster
) -> None:
    with silenced(local, exec_rule(namespace)):
        replayed = replay("kubectl-exec", "-o", "json", *QUICK, env=own)
    assert verdict(replayed) == (11, "not_detected", "audit_policy_silent")


def test_a_policy_that_leaves_all_of_this_run_out_proves_nothing(
    replay: Replay, own: dict[str, str | None], namespace: Namespace, local: Cluster
) -> None:
    with silenced(local, {"namespaces": [namespace.name]}):
        replayed = replay("kubectl-exec", "-o", "json", *QUICK, env=own)
    assert verdict(replayed) == (11, "inconclusive", "log_silent")


@contextmanager
def somebody_else(namespace: Namespace) -> Iterator[None]:
    """Have another user run commands in another pod of the same namespace all the time."""
    namespace.create()
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "other"},
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "target", "image": "busybox:1.36", "command": ["sleep", "600"]}],
        },
    }
    namespace.kubectl("create", "-f", "-", stdin=json.dumps(pod)).passed()
    namespace.kubectl("wait", "--for=condition=Ready", "pod/other", "--timeout=60s").passed()
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            namespace.kubectl("exec", "other", "--", "id")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        namespace.kubectl("delete", "pod/other", "--now").passed()
        until(lambda: not namespace.pods, "the end of the other pod")


def test_another_user_s_exec_into_another_pod_changes_nothing(
    replay: Replay, own: dict[str, str | None], namespace: Namespace
) -> None:
    with somebody_else(namespace):
        found = replay("kubectl-exec", "-o", "json", env=own)
        missed = replay("sa-token-read", "-o", "json", "--backend", "audit", *QUICK, env=own)
    assert verdict(found) == (0, "detected", None)
    pods = {alert["name"] for alert in found.document["detection"]["alerts"]}
    assert pods == {found.document["pod"]}
    assert verdict(missed) == (10, "skipped", "no_expectation")


def test_an_expected_request_that_only_somebody_else_makes_is_none_of_this_run(
    replay: Replay, own: dict[str, str | None], namespace: Namespace, draft: Draft
) -> None:
    draft.scenario["detection"] = {"audit": {"events": [{"verb": "list", "resource": "configmaps"}]}}
    words = draft.write()
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            namespace.kubectl("get", "configmaps")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        replayed = replay(*words, "-o", "json", *QUICK, env=own)
    finally:
        over.set()
        thread.join()
    assert verdict(replayed) == (11, "not_detected", "audit_policy_silent")


def test_both_that_are_named_must_say_detected(replay: Replay, own: dict[str, str | None]) -> None:
    replayed = replay("kubectl-exec", "-o", "json", "--backend", "falco", "--backend", "audit", env=own)
    assert verdict(replayed) == (10, "skipped", "no_backend")
    names = [backend["verdict"] for backend in replayed.document["detection"]["backends"]]
    assert names == ["skipped", "detected"]


def test_api_servers_without_pods_have_no_stdout_to_read(replay: Replay) -> None:
    replayed = replay("kubectl-exec", "-o", "json", "--backend", "audit")
    assert verdict(replayed) == (10, "skipped", "no_backend")


def test_a_log_that_is_rotated_under_the_run_is_read_on(
    replay: Replay, local: Cluster, tmp_path: Path
) -> None:
    copy = tmp_path / "audit.log"
    copy.touch()
    over = threading.Event()

    def pass_on() -> None:
        with local.audit_log.open("rb") as source:
            source.seek(0, 2)
            while not over.is_set():
                if line := source.readline():
                    if b"pods/exec" in line or b'"subresource":"exec"' in line:
                        copy.rename(tmp_path / "audit.log.1")
                    with copy.open("ab") as file:
                        file.write(line)

    thread = threading.Thread(target=pass_on)
    thread.start()
    try:
        replayed = replay("kubectl-exec", "-o", "json", "--audit-log", str(copy))
    finally:
        over.set()
        thread.join()
    assert verdict(replayed) == (0, "detected", None)
