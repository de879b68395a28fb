"""The oldest and the newest kubectl that are supported do what the machine's own does in all other tests."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.e2e import kubectls, programs
from tests.e2e.accounts import PODS, make_account
from tests.e2e.interruptions import assert_interrupted, sleep_in_the_pod
from tests.e2e.replay import Replay
from tests.e2e.test_shell_spawn import assert_passed
from tests.e2e.twins import twin_of
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.audit import AuditLog
    from tests.e2e.cluster import Target
    from tests.e2e.drafts import Draft
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replayed


@pytest.fixture(params=kubectls.BUILDS)
def age(request: pytest.FixtureRequest) -> str:
    """Which kubectl: the tests of this file run once with each."""
    return str(request.param)


@pytest.fixture
def kubectl(age: str, capsys: pytest.CaptureFixture[str]) -> Path:
    """That kubectl; one that must be built first says so on the terminal."""
    with capsys.disabled():
        return kubectls.build(age)


@pytest.fixture
def replay(replay: Replay, kubectl: Path, tmp_path: Path) -> Replay:
    """`kubectl-replay` as everywhere, with that kubectl first on PATH."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "kubectl").symlink_to(kubectl)
    path = f"{tmp_path / 'bin'}:{replay.environment['PATH']}"
    return Replay({**replay.environment, "PATH": path}, replay.started)


def assert_document(replayed: Replayed, code: int, reason: str = "", cleanup: str = "clean") -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (code, reason), replayed.stderr
    assert document["cleanup"]["status"] == cleanup


def test_it_is_the_kubectl_that_is_found_and_doctor_names_it(replay: Replay, age: str) -> None:
    version = kubectls.BUILDS[age].version
    ended = programs.run(("kubectl", "version", "--client", "-o", "json"), replay.surroundings(None))
    assert f'"gitVersion": "v{version}"' in ended.passed()
    told = replay("doctor", "-o", "json").stdout
    assert f'"message": "version {version.rpartition(".")[0]}"' in told


def test_the_box_and_the_progress_are_the_same(replay: Replay, target: Target, namespace: Namespace) -> None:
    assert_passed(replay("shell-spawn"), target.context)
    assert namespace.left() == []


def test_the_document_follows_the_schema_and_the_calls_are_the_same(
    replay: Replay, namespace: Namespace, audit: AuditLog
) -> None:
    namespace.create()
    before = len(audit.calls())
    assert_document(replay("shell-spawn", "-o", "json"), 10)
    calls = [call for call in audit.calls()[before:] if not call.endswith("pods/exec")]
    assert sorted(calls) == sorted(["list pods", "watch pods", "create pods", "get pods", "delete pods"])


def test_a_service_finds_the_sink_of_its_own_run(replay: Replay) -> None:
    assert_document(replay("curl-egress", "--set", "target=sink", "-o", "json"), 10)


def test_a_pod_reads_its_dummy_secret(replay: Replay) -> None:
    assert_document(replay("secret-enumeration", "-o", "json"), 10)


def test_a_privileged_pod_starts_in_a_namespace_of_its_own(replay: Replay, namespace: Namespace) -> None:
    with twin_of(namespace) as twin:
        replayed = replay("privileged-start", "--allow-privileged", "-o", "json")
        assert_document(replayed, 10)
        assert replayed.document["namespace"] == twin.name


def test_what_is_kept_is_used_again_and_removed_with_its_namespace(
    replay: Replay, namespace: Namespace
) -> None:
    kept = replay("shell-spawn", "--keep", "-o", "json")
    assert_document(kept, 10, cleanup="kept")
    again = replay("shell-spawn", "--fast", "-o", "json")
    assert_document(again, 10, cleanup="kept")
    assert (again.document["deploy"], again.document["pod"]) == ("skip", kept.document["pod"])
    cleaned = replay("cleanup", "--all")
    assert cleaned.code == 0
    assert f"run {kept.document['run_id']} of shell-spawn: pod/{kept.document['pod']}\n" in cleaned.stdout
    until(lambda: namespace.api.read(namespace.path) is None, "the namespace to go")


def test_a_user_s_patch_images_and_node_are_rendered(replay: Replay, tmp_path: Path) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text("metadata:\n  annotations:\n    e2e: patched\n", "utf-8")
    words = ("--pod-patch", str(patch), "--node", "worker-7", "-o", "json")
    replayed = replay("shell-spawn", "--dry-run", *words)
    assert_document(replayed, 0)
    manifests = replayed.document["plan"]["manifests"]
    assert "e2e: patched" in manifests
    assert "worker-7" in manifests
    assert "activeDeadlineSeconds: " in manifests
    assert "kind: Namespace" not in manifests


def test_an_image_that_does_not_exist_is_told(replay: Replay, draft: Draft) -> None:
    draft.container.update(image="k8s-replay.invalid/none:1", imagePullPolicy="Never")
    replayed = replay(*draft.write(), "-o", "json")
    assert_document(replayed, 22, "image_pull_failed")
    assert "ErrImageNeverPull" in replayed.message


def test_a_user_who_may_not_exec_is_told(
    replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    namespace.create()
    user = kubeconfigs(user={"token": make_account(namespace, PODS)})
    replayed = replay("shell-spawn", "-o", "json", env=user)
    assert_document(replayed, 23, "rbac_denied")
    assert 'cannot create resource "pods/exec"' in replayed.message


def test_a_signal_during_the_command_ends_it(replay: Replay, namespace: Namespace, draft: Draft) -> None:
    running = sleep_in_the_pod(replay, draft, namespace)
    running.signal(signal.SIGINT)
    assert_interrupted(running.end(), signal.SIGINT, "trigger")
    assert namespace.left() == []
