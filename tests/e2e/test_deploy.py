"""Exit code 21: what the API server refuses to create."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import programs
from tests.e2e.accounts import EXEC, PODS, make_account, without

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed


def assert_failed(replayed: Replayed, reason: str) -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (21, reason)
    assert document["overall"] == "deploy_failed"
    assert (document["environment_check"], document["deploy"], document["ready"]) == (
        "pass",
        "fail",
        "pending",
    )
    assert document["pod"] == ""
    assert document["cleanup"]["status"] == "clean"


def assert_told(replay: Replay, replayed: Replayed, words: str) -> None:
    """Both the result and the command that it has one paste say these words."""
    assert words in replayed.message
    assert words in paste(replay, replayed)


def paste(replay: Replay, replayed: Replayed, env: dict[str, str | None] | None = None) -> str:
    """Run the command that was printed, as a person would, and return what it complains of."""
    (command,) = [line for line in replayed.message.splitlines() if line.startswith("command: ")]
    ended = programs.run(("sh", "-c", command.removeprefix("command: ")), replay.surroundings(env))
    assert ended.code
    return ended.err


def test_a_pod_that_the_api_server_finds_invalid(replay: Replay, draft: Draft, namespace: Namespace) -> None:
    namespace.create()
    draft.container["resources"]["limits"]["memory"] = "1Mi"  # less than is requested
    replayed = replay(*draft.write(), "-o", "json")
    assert_failed(replayed, "manifest_refused")
    assert 'The Pod "probe-target-' in replayed.message
    assert_told(replay, replayed, "must be less than or equal to memory limit of 1Mi")


def test_a_manifest_with_a_field_that_kubernetes_does_not_know(
    replay: Replay, draft: Draft, namespace: Namespace
) -> None:
    namespace.create()
    draft.pod["spec"]["restartPolicies"] = "Never"
    replayed = replay(*draft.write(), "-o", "json")
    assert_failed(replayed, "manifest_refused")
    assert_told(replay, replayed, 'unknown field "spec.restartPolicies"')


def test_a_namespace_whose_pod_security_does_not_admit_the_workload(
    replay: Replay, draft: Draft, namespace: Namespace
) -> None:
    namespace.create(enforce="restricted")
    draft.pod["spec"]["securityContext"] = {"runAsUser": 0}
    replayed = replay(*draft.write(), "-o", "json")
    assert_failed(replayed, "admission_denied")
    assert_told(replay, replayed, 'violates PodSecurity "restricted:latest"')
    assert "next: name a namespace whose policy admits it (--namespace), or change that policy" in (
        replayed.message.splitlines()
    )


def test_the_built_in_scenario_is_admitted_by_the_strictest_pod_security(
    replay: Replay, namespace: Namespace
) -> None:
    namespace.create(enforce="restricted")
    assert replay("shell-spawn").code == 10


def test_a_user_who_may_not_create_pods(
    replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    namespace.create()
    token = make_account(namespace, without(PODS, "create"), EXEC)
    user = kubeconfigs(user={"token": token})
    replayed = replay("shell-spawn", "-o", "json", env=user)
    assert_failed(replayed, "rbac_denied")
    assert 'cannot create resource "pods"' in replayed.message
    assert 'cannot create resource "pods"' in paste(replay, replayed, user)
    assert replayed.message.splitlines()[-1] == (
        "next: ask for a Role: pods create, get, list, watch, delete and pods/exec create, get"
    )
    assert token not in replayed.stdout + replayed.stderr


def test_a_user_who_may_not_create_the_namespace(
    replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    namespace.create()
    user = {"token": make_account(namespace, PODS, EXEC)}
    missing = f"{namespace.name}-missing"
    replayed = replay("shell-spawn", "-o", "json", "-n", missing, env=kubeconfigs(user=user))
    assert (replayed.code, replayed.document["failure_reason"]) == (21, "rbac_denied")
    assert replayed.document["cleanup"]["status"] == "clean"


@pytest.mark.parametrize("cache", ["cold", "warm"])
def test_credentials_that_the_server_does_not_know(
    replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs, tmp_path: Path, cache: str
) -> None:
    # kubectl says it in other words where it knows the cluster's kinds from an earlier call.
    user = kubeconfigs(user={"token": "nobody"})
    namespace.kubectl("get", "pods").passed()
    caches: dict[str, dict[str, str | None]] = {"warm": {}, "cold": {"KUBECACHEDIR": str(tmp_path / "cache")}}
    replayed = replay("shell-spawn", "-o", "json", env=user | caches[cache])
    assert (replayed.code, replayed.document["failure_reason"]) == (20, "credentials_refused")
    assert replayed.document["cleanup"]["status"] == "clean"


def test_a_quota_that_is_used_up(replay: Replay, namespace: Namespace) -> None:
    namespace.create()
    namespace.kubectl("create", "quota", "none", "--hard=pods=0").passed()
    replayed = replay("shell-spawn", "-o", "json")
    assert_failed(replayed, "admission_denied")
    assert_told(replay, replayed, "exceeded quota: none")


def test_a_create_whose_answer_never_comes_is_undone(
    replay: Replay, namespace: Namespace, gate: Gate
) -> None:
    namespace.create()
    env = gate.build("create", after=True)  # the pod is made, and the gate never opens
    running = replay.start("shell-spawn", "-o", "json", "--request-timeout", "1s", env=env)
    gate.wait_reached()
    assert len(namespace.left()) == 1
    replayed = running.end()
    assert (replayed.code, replayed.document["failure_reason"]) == (21, "connection_lost")
    assert replayed.document["cleanup"]["status"] == "clean"
    assert namespace.left() == []
