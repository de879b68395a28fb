"""Exit code 21, and what comes through all the same: the ways in which a cluster checks what is created."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from tests.e2e.policies import PODS, only, policy, rule
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed

TRIAL = ("run", "trial", "--image=busybox:1.36", "--dry-run=server")
SENTENCE = "An admission policy of the cluster refused the workload."


def assert_refused(replayed: Replayed, words: str, reason: str = "admission_denied") -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (21, reason), replayed.stderr
    assert (document["deploy"], document["ready"], document["pod"]) == ("fail", "pending", "")
    assert words in replayed.message
    assert document["cleanup"]["status"] == "clean"


def write(path: Path, patch: dict[str, Any]) -> str:
    path.write_text(yaml.safe_dump(patch), "utf-8")
    return str(path)


def test_baseline_admits_root_but_not_the_host_s_network(
    replay: Replay, draft: Draft, namespace: Namespace
) -> None:
    namespace.create(enforce="baseline")
    draft.pod["spec"]["securityContext"] = {"runAsUser": 0}
    draft.container["securityContext"] = {}
    assert replay(*draft.write()).code == 10
    draft.pod["spec"]["hostNetwork"] = True
    refused = replay(*draft.write(), "-o", "json")
    assert_refused(refused, 'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)')
    assert refused.message.splitlines()[0] == SENTENCE


def test_a_namespace_that_only_warns_makes_no_run_fail(
    replay: Replay, draft: Draft, namespace: Namespace
) -> None:
    namespace.create(warn="restricted")
    draft.pod["spec"]["securityContext"] = {"runAsUser": 0}
    replayed = replay(*draft.write(), "-o", "json")
    assert (replayed.code, replayed.document["failure_reason"]) == (10, "")


def test_a_policy_that_wants_a_label_is_told_and_a_patch_gives_it(
    replay: Replay, namespace: Namespace, tmp_path: Path
) -> None:
    namespace.create()
    patch = write(tmp_path / "patch.yaml", {"metadata": {"labels": {"team": "blue"}}})
    with rule(namespace, TRIAL, PODS, "'team' in object.metadata.labels"):
        assert_refused(replay("shell-spawn", "-o", "json"), "denied request: the policy says no")
        assert replay("shell-spawn", "--pod-patch", patch).code == 10
        assert replay("shell-spawn", env={"REPLAY_POD_PATCH": patch}).code == 10


def test_a_policy_that_lets_nobody_delete_ends_25_with_its_words(
    replay: Replay, namespace: Namespace
) -> None:
    namespace.create()
    namespace.kubectl("run", "trial", "--image=busybox:1.36").passed()
    trial = ("delete", "pod", "trial", "--dry-run=server")
    with rule(namespace, trial, PODS | {"operations": ["DELETE"]}, "false"):
        replayed = replay("shell-spawn", "-o", "json")
    document = replayed.document
    assert (replayed.code, document["cleanup"]["status"]) == (25, "incomplete")
    assert "denied request: the policy says no" in document["cleanup"]["message"]
    until(lambda: replay("cleanup", "shell-spawn", "--force").code == 0, "the policy to be gone")
    namespace.kubectl("delete", "pod", "trial", "--now").passed()


def test_a_webhook_that_does_not_answer_is_no_server_that_does_not(
    replay: Replay, namespace: Namespace
) -> None:
    namespace.create()
    hook = {
        "name": f"{namespace.name}.e2e.example",
        "clientConfig": {"url": "https://127.0.0.1:9/"},
        "namespaceSelector": only(namespace),
        "rules": [PODS],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    with policy(namespace, TRIAL, {"kind": "ValidatingWebhookConfiguration", "webhooks": [hook]}):
        replayed = replay("shell-spawn", "-o", "json")
    assert_refused(replayed, 'failed calling webhook "')


def test_a_limit_range_whose_minimum_is_more_than_the_workload_asks_for(
    replay: Replay, namespace: Namespace
) -> None:
    namespace.create()
    limit = {"type": "Container", "min": {"memory": "32Mi"}}
    body = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "x"}, "spec": {"limits": [limit]}}
    namespace.kubectl("create", "-f", "-", stdin=json.dumps(body)).passed()
    replayed = replay("shell-spawn", "-o", "json")
    assert_refused(replayed, "minimum memory usage per Container is 32Mi, but request is 16Mi")


def test_a_quota_that_a_kept_run_uses_up_is_free_again_after_cleanup(
    replay: Replay, namespace: Namespace
) -> None:
    namespace.create()
    namespace.kubectl("create", "quota", "one", "--hard=pods=1").passed()
    kept = replay("shell-spawn", "--keep", "-o", "json")
    assert kept.code == 10, kept.stdout
    assert_refused(
        replay("shell-spawn", "-o", "json"), "exceeded quota: one, requested: pods=1, used: pods=1"
    )
    assert namespace.left() == [f"pods/{kept.document['pod']}"]
    assert replay("cleanup", "shell-spawn").code == 0
    until(lambda: replay("shell-spawn").code == 10, "the quota to count again")


def test_what_was_made_before_the_refusal_is_removed(replay: Replay, namespace: Namespace) -> None:
    namespace.create()
    namespace.kubectl("create", "quota", "none", "--hard=pods=0").passed()
    replayed = replay("secret-enumeration", "-o", "json")
    assert_refused(replayed, "exceeded quota: none")
    assert namespace.left() == []


def test_a_quota_that_wants_limits_is_told_and_a_patch_gives_them(
    replay: Replay, draft: Draft, namespace: Namespace, tmp_path: Path
) -> None:
    namespace.create()
    namespace.kubectl("create", "quota", "all", "--hard=limits.memory=1Gi").passed()
    limits = {"resources": {"limits": {"memory": "64Mi"}}}
    draft.container.pop("resources")
    words = draft.write()
    assert_refused(replay(*words, "-o", "json"), "failed quota: all: must specify limits.memory for: target")
    patch = write(tmp_path / "patch.yaml", {"spec": {"containers": [{"name": "target"} | limits]}})
    assert replay(*words, "--pod-patch", patch).code == 10


def test_a_priority_class_that_does_not_exist(replay: Replay, draft: Draft, namespace: Namespace) -> None:
    namespace.create()
    draft.pod["spec"]["priorityClassName"] = "e2e-none"
    replayed = replay(*draft.write(), "-o", "json")
    assert_refused(replayed, "no PriorityClass with name e2e-none was found")


def test_a_namespace_that_is_being_deleted(replay: Replay, namespace: Namespace) -> None:
    namespace.create()
    namespace.kubectl("create", "configmap", "holds").passed()
    hold = {"metadata": {"finalizers": ["e2e.example/hold"]}}
    namespace.kubectl("patch", "configmap", "holds", "--type=merge", "-p", json.dumps(hold)).passed()
    namespace.remove()
    replayed = replay("shell-spawn", "-o", "json")
    free = json.dumps({"metadata": {"finalizers": None}})
    namespace.kubectl("patch", "configmap", "holds", "--type=merge", "-p", free).passed()
    assert_refused(replayed, "because it is being terminated", "namespace_terminating")
    assert replayed.message.splitlines()[0] == "The namespace is being deleted."
    assert replayed.message.splitlines()[-1] == "next: wait until it is gone, or name another one"
