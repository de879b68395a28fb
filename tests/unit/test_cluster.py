"""Which cluster is meant, and kubectl pinned to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.cluster import Cluster, look, resolve
from kubectl_replay.errors import Failure
from kubectl_replay.kubectl import Connection, Kubectl
from kubectl_replay.reasons import Reason
from tests.unit.samples import answer

if TYPE_CHECKING:
    from kubectl_replay.process import Completed

EMPTY = {"kind": "Config", "clusters": None, "users": None, "contexts": None, "current-context": ""}

CONFIG = {
    "clusters": [
        {"name": "kind-a", "cluster": {"server": "https://127.0.0.1:6443"}},
        {"name": "far", "cluster": {"server": "https://far.example.com"}},
    ],
    "contexts": [
        {"name": "kind-a", "context": {"cluster": "kind-a", "user": "admin", "namespace": "theirs"}},
        {"name": "far", "context": {"cluster": "far", "user": "sso"}},
        {"name": "in-cluster", "context": {"cluster": "far", "user": "admin"}},
        {"name": "half", "context": {"cluster": "nowhere", "user": "nobody"}},
        {"name": "bare", "context": None},
    ],
    "users": [
        {"name": "admin", "user": {"token": "REDACTED"}},
        {"name": "sso", "user": {"exec": {"command": "login"}}},
    ],
    "current-context": "kind-a",
}

IN_POD = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "6443"}


def found(
    config: dict[str, Any], connection: Connection | None = None, environ: dict[str, str] | None = None
) -> tuple[Cluster, Kubectl]:
    return resolve(connection or Connection(), lambda: answer(json.dumps(config)), environ or {})


def refused(
    config: dict[str, Any], connection: Connection | None = None, environ: dict[str, str] | None = None
) -> Failure:
    with pytest.raises(Failure) as raised:
        found(config, connection, environ)
    assert raised.value.reason is Reason.NO_CONTEXT
    return raised.value


def test_the_current_context_is_meant_unless_another_is_named() -> None:
    cluster, kubectl = found(CONFIG)
    assert cluster == Cluster("kind-a", "kind-a", "https://127.0.0.1:6443", credential_plugin=False)
    assert kubectl.connection == Connection(context="kind-a")


def test_a_context_that_is_named_is_meant_with_all_other_flags_kept() -> None:
    asked = Connection("far", "f", "n", "me", ("g",), 3)
    cluster, kubectl = found(CONFIG, asked)
    assert cluster == Cluster("far", "far", "https://far.example.com", credential_plugin=True)
    assert kubectl.connection == asked


def with_extensions(extensions: object) -> dict[str, Any]:
    cluster = {"server": "https://127.0.0.1:6443", "extensions": extensions}
    return {**CONFIG, "clusters": [{"name": "kind-a", "cluster": cluster}]}


def test_a_cluster_on_this_machine_may_name_its_audit_log() -> None:
    extensions = [
        {"name": "other", "extension": {"path": "/other"}},
        {"name": "kubectl-replay/audit-log", "extension": {"path": "/var/log/audit.log"}},
    ]
    assert found(with_extensions(extensions))[0].audit_log == "/var/log/audit.log"


@pytest.mark.parametrize(
    "extensions",
    [
        None,
        [],
        [{"name": "other", "extension": {"path": "/other"}}],
        [{"name": "kubectl-replay/audit-log", "extension": None}],
        [{"name": "kubectl-replay/audit-log", "extension": {"path": 7}}],
        [{"name": "kubectl-replay/audit-log", "extension": {}}],
    ],
)
def test_a_cluster_that_names_no_audit_log_has_none(extensions: object) -> None:
    assert found(with_extensions(extensions))[0].audit_log == ""


@pytest.mark.parametrize("context", ["half", "bare"])
def test_a_context_without_a_cluster_has_no_server(context: str) -> None:
    cluster, _ = found(CONFIG, Connection(context))
    assert (cluster.server, cluster.credential_plugin) == ("", False)


def test_a_context_that_only_looks_like_a_pod_s_is_pinned_by_name() -> None:
    cluster, kubectl = found(CONFIG, Connection("in-cluster"), IN_POD)
    assert cluster.server == "https://far.example.com"
    assert kubectl.connection.flags == ("--context", "in-cluster")


def test_a_context_that_there_is_not_is_refused_with_those_there_are() -> None:
    assert refused(CONFIG, Connection("kind-b")).message == (
        'The kubeconfig has no context "kind-b".\n'
        "command: kubectl config get-contexts\n"
        "next: name one with --context: kind-a, far, in-cluster, half, bare"
    )


def test_without_a_current_context_one_must_be_named() -> None:
    assert refused({**CONFIG, "current-context": ""}).message == (
        "The kubeconfig names no current context.\n"
        "command: kubectl config get-contexts\n"
        "next: name one with --context: kind-a, far, in-cluster, half, bare"
    )


@pytest.mark.parametrize("config", [EMPTY, {}])
def test_without_any_context_a_cluster_must_be_started(config: dict[str, Any]) -> None:
    assert refused(config).message == (
        "The kubeconfig names no current context.\n"
        "command: kubectl config get-contexts\n"
        "next: start a cluster, for example with `make demo`"
    )


@pytest.mark.parametrize("context", ["", "in-cluster"])
def test_a_pod_without_a_kubeconfig_means_its_own_cluster(context: str) -> None:
    cluster, kubectl = found(EMPTY, Connection(context, namespace="n"), IN_POD)
    assert cluster == Cluster("in-cluster", "in-cluster", "https://10.96.0.1:6443")
    assert kubectl.connection == Connection(namespace="n", in_cluster=True)
    assert "--context" not in kubectl.connection.flags


def test_a_pod_s_server_may_have_an_address_of_version_6_and_no_port() -> None:
    cluster, _ = found(EMPTY, None, {"KUBERNETES_SERVICE_HOST": "fd00::1"})
    assert cluster.server == "https://[fd00::1]:443"


@pytest.mark.parametrize("connection", [Connection(user="me"), Connection(groups=("g",))])
def test_a_pod_s_account_impersonates_nobody(connection: Connection) -> None:
    assert refused(EMPTY, connection, IN_POD).message == (
        "kubectl cannot impersonate with a pod's own service account.\n"
        "next: leave out --as and --as-group, or give the pod a kubeconfig"
    )


def test_a_pod_knows_no_other_context() -> None:
    assert refused(EMPTY, Connection("kind-a"), IN_POD).message == (
        'There is no context "kind-a": this is a pod without a kubeconfig.\n'
        "command: kubectl config get-contexts\n"
        "next: name one with --context: in-cluster"
    )


@pytest.mark.parametrize(
    ("config", "connection"), [(CONFIG, Connection()), (EMPTY, Connection(kubeconfig="empty"))]
)
def test_a_pod_with_a_kubeconfig_uses_it(config: dict[str, Any], connection: Connection) -> None:
    if config is EMPTY:
        assert refused(config, connection, IN_POD).sentence == "The kubeconfig names no current context."
    else:
        assert found(config, connection, IN_POD)[0].context == "kind-a"


@pytest.mark.parametrize(
    "said",
    [
        answer(err='error: error loading config file "x": yaml: line 1\n', code=1),
        answer(err="", code=-9, late=True),
    ],
)
def test_a_kubeconfig_that_kubectl_cannot_read_is_a_failure_with_its_words(said: Completed) -> None:
    with pytest.raises(Failure) as raised:
        resolve(Connection(), lambda: said, {})
    assert raised.value.reason is Reason.KUBECONFIG_INVALID
    assert raised.value.words == said.err.strip()


def test_no_output_is_no_kubeconfig() -> None:
    with pytest.raises(Failure, match=r"^The kubeconfig names no current context\.$"):
        resolve(Connection(), answer, {})


def test_looking_begins_to_read_the_named_file(fp: Any) -> None:  # noqa: ANN401 - a fixture
    fp.register(["kubectl", "config", "view", "-o", "json", "--kubeconfig", "f"], stdout=json.dumps(CONFIG))
    with look(Connection(kubeconfig="f")) as view:
        assert resolve(Connection(), view, {})[0].context == "kind-a"
