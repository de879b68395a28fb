"""How the cluster is found: flags, files, the service account of a pod; and what must not change a run."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.e2e import programs
from tests.e2e.accounts import MINIMAL, make_account

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.state import Cluster
    from tests.e2e.cluster import Target
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

KUBERC = """\
apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
  - command: delete
    options:
      - name: interactive
        default: "true"
"""
MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_SCRIPT = f"""\
set -e
mount -t tmpfs tmpfs /var/run
mkdir -p {MOUNT}
cp "$ACCOUNT"/* {MOUNT}
exec kubectl-replay "$@"
"""
IN_A_POD = ("unshare", "--mount", "sh", "-c", _SCRIPT, "sh")
"""In a mount namespace of its own, so that the machine's /var/run stays as it is."""


def test_flags_may_stand_before_and_after_the_command_and_the_later_wins(
    replay: Replay, target: Target, namespace: Namespace
) -> None:
    unnamed: dict[str, str | None] = {"REPLAY_NAMESPACE": None, "KUBECONFIG": None}
    file = str(target.kubeconfig)
    flags = ("--namespace", "kube-system", "--context", "kind-elsewhere", "--kubeconfig", file)
    later = ("-n", namespace.name, "--context", target.context)
    replayed = replay(*flags, "shell-spawn", *later, "-o", "json", env=unnamed)
    assert replayed.code == 10
    assert replayed.document["namespace"] == namespace.name
    assert (
        replay("-n", namespace.name, "run", "shell-spawn", env={"REPLAY_NAMESPACE": "kube-system"}).code == 10
    )


def test_a_kubeconfig_may_be_a_list_of_files(replay: Replay, target: Target, tmp_path: Path) -> None:
    config = json.loads(target.kubeconfig.read_text())
    parts = {key: config.pop(key) for key in ("clusters", "contexts", "users")}
    files = []
    for key, value in (*parts.items(), ("current-context", config["current-context"])):
        files.append(tmp_path / key)
        files[-1].write_text(json.dumps({"apiVersion": "v1", "kind": "Config", key: value}))
    listed = ":".join(map(str, [*files, tmp_path / "missing"]))
    replayed = replay("shell-spawn", "-o", "json", env={"KUBECONFIG": listed})
    assert replayed.code == 10
    assert replayed.document["context"] == target.context


def test_the_request_timeout_bounds_requests_and_no_command(replay: Replay, draft: Draft) -> None:
    draft.run("sleep", "3", tty=True)
    draft.prove({"exit_code": 0})
    replayed = replay(*draft.write(), "--request-timeout", "2s")
    assert replayed.code == 10


@pytest.fixture(params=["home", "variable"])
def kuberc(
    request: pytest.FixtureRequest, local: Cluster, target: Target, tmp_path: Path
) -> dict[str, str | None]:
    """The environment of a user whose `kubectl delete` asks back; a kubectl before 1.33 would not read it."""
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "kuberc").write_text(KUBERC)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "kubectl").symlink_to(local.kubectl)
    path = f"{tmp_path / 'bin'}:{target.environment['PATH']}"
    if request.param == "home":
        return {"PATH": path, "HOME": str(tmp_path)}
    return {"PATH": path, "KUBERC": str(tmp_path / ".kube" / "kuberc")}


def test_a_kuberc_that_makes_delete_ask_back_keeps_no_pod_alive(
    replay: Replay, namespace: Namespace, kuberc: dict[str, str | None]
) -> None:
    namespace.create()
    namespace.kubectl("create", "configmap", "asked").passed()
    delete = ("kubectl", "-n", namespace.name, "delete", "configmap", "asked")
    assert "deleted" not in programs.run(delete, replay.surroundings(kuberc)).out
    namespace.kubectl("get", "configmap", "asked").passed()  # so it does ask back
    assert replay("shell-spawn", env=kuberc).code == 10
    assert namespace.left() == []


@pytest.fixture
def pod(local: Cluster, target: Target, namespace: Namespace, tmp_path: Path) -> dict[str, str | None]:
    """The environment that a pod's process finds, with a ServiceAccount of few rights."""
    del local  # unsharing mounts takes root on Linux, which the local cluster needs as well
    namespace.create()
    config: dict[str, Any] = json.loads(target.kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    account = tmp_path / "account"
    account.mkdir()
    (account / "token").write_text(make_account(namespace, *MINIMAL))
    (account / "ca.crt").write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    (account / "namespace").write_text(namespace.name)
    server = urlsplit(cluster["server"])
    host, port = str(server.hostname), str(server.port or 443)
    found = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
    return {**found, "KUBECONFIG": None, "HOME": str(tmp_path), "ACCOUNT": str(account)}


@pytest.mark.parametrize(
    ("words", "allowed"), [(["--context", "in-cluster"], ""), ([], "in-cluster")], ids=["flag", "variable"]
)
def test_a_pod_uses_its_service_account_once_that_is_named(
    replay: Replay, pod: dict[str, str | None], words: list[str], allowed: str
) -> None:
    pod["REPLAY_ALLOW_CONTEXT"] = allowed
    replayed = replay("shell-spawn", "-o", "json", *words, env=pod, program=IN_A_POD)
    assert replayed.code == 11, replayed.stderr
    assert replayed.document["context"] == "in-cluster"


def test_a_pod_is_refused_where_nobody_named_it(replay: Replay, pod: dict[str, str | None]) -> None:
    replayed = replay("shell-spawn", "-o", "json", env=pod, program=IN_A_POD)
    assert (replayed.code, replayed.document["failure_reason"]) == (20, "guard_refused")
    assert replayed.document["context"] == "in-cluster"
    assert replayed.message.splitlines()[0] == (
        'Refused: context "in-cluster" is not a local cluster\'s and was not named.'
    )
