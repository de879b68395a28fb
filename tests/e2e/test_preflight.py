"""Exit code 20: what is refused before anything is asked of a server, or when none answers."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.e2e.cluster import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.audit import AuditLog
    from tests.e2e.cluster import Target
    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.kubeconfigs import Changes, Kubeconfigs
    from tests.e2e.replay import Replay, Replayed


def assert_refused(replayed: Replayed, reason: str) -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (20, reason)
    assert document["overall"] == "preflight_failed"
    assert document["environment_check"] == "fail"
    assert {document[key] for key in ("deploy", "ready", "trigger", "behavior_verification")} == {"pending"}
    assert document["detection_verification"] == "pending"
    assert document["cleanup"]["status"] == "clean"


def test_a_machine_without_kubectl_is_told_to_install_it(replay: Replay) -> None:
    replayed = replay("shell-spawn", "-o", "json", env={"PATH": str(COMMANDS)})
    assert_refused(replayed, "kubectl_missing")
    assert replayed.message.splitlines() == [
        "kubectl is not on PATH.",
        "next: install kubectl 1.24 or later: https://kubernetes.io/docs/tasks/tools/",
    ]


def test_a_server_that_does_not_listen_is_unreachable(replay: Replay, kubeconfigs: Kubeconfigs) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen, so that it refuses for sure
        server = f"https://127.0.0.1:{taken.getsockname()[1]}"
        replayed = replay("shell-spawn", "-o", "json", env=kubeconfigs(server=server))
    assert_refused(replayed, "cluster_unreachable")
    first, *said, command, advice = replayed.message.splitlines()
    assert first == "The API server does not answer."
    assert any(server.removeprefix("https://") in line for line in said)
    assert command.startswith("command: kubectl ")
    assert advice == "next: start the cluster, or mend the connection and try `kubectl version`"


def test_a_kubeconfig_without_a_context_is_no_context(replay: Replay, tmp_path: Path) -> None:
    empty = tmp_path / "config"
    empty.touch()
    replayed = replay("shell-spawn", "-o", "json", env={"KUBECONFIG": str(empty)})
    assert_refused(replayed, "no_context")
    assert replayed.message.startswith("The kubeconfig names no current context.")


def test_a_context_that_is_not_in_the_kubeconfig_is_no_context(replay: Replay, target: Target) -> None:
    replayed = replay("shell-spawn", "-o", "json", "--context", "kind-elsewhere")
    assert_refused(replayed, "no_context")
    assert replayed.message.splitlines() == [
        'The kubeconfig has no context "kind-elsewhere".',
        "command: kubectl config get-contexts",
        f"next: name one with --context: {target.context}",
    ]


def test_a_kubeconfig_that_is_not_yaml_is_told_in_the_words_of_kubectl(
    replay: Replay, tmp_path: Path
) -> None:
    broken = tmp_path / "config"
    broken.write_text("clusters: [")
    replayed = replay("shell-spawn", "-o", "json", "--kubeconfig", str(broken))
    assert_refused(replayed, "kubeconfig_invalid")
    assert "error: error loading config file" in replayed.message


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ({"context": "acme-prod"}, 'context "acme-prod" has the word "prod", so it may be in production'),
        ({"cluster": "eks-prd1"}, 'cluster "eks-prd1" has the word "prd", so it may be in production'),
        ({"context": "acme-test"}, 'context "acme-test" is not a local cluster\'s and was not named'),
    ],
)
def test_the_guard_refuses_by_name_without_asking_the_server(
    replay: Replay, kubeconfigs: Kubeconfigs, gate: Gate, names: Changes, sentence: str
) -> None:
    replayed = replay("shell-spawn", "-o", "json", env=gate.build() | kubeconfigs(**names))
    assert_refused(replayed, "guard_refused")
    assert replayed.message.splitlines()[0] == f"Refused: {sentence}."
    assert gate.calls == ["config view -o json"]


def test_what_the_guard_refuses_leaves_no_trace_in_the_audit_log(
    replay: Replay, kubeconfigs: Kubeconfigs, audit: AuditLog
) -> None:
    assert replay("shell-spawn", env=kubeconfigs(context="acme-prod")).code == 20
    assert audit.calls() == []
    assert replay("shell-spawn").code == 10
    assert audit.calls()


def test_a_context_that_is_named_is_used(replay: Replay, kubeconfigs: Kubeconfigs) -> None:
    assert replay("shell-spawn", "--context", "acme-test", env=kubeconfigs(context="acme-test")).code == 10


def test_a_context_that_is_allowed_by_name_is_used_with_a_notice(
    replay: Replay, kubeconfigs: Kubeconfigs
) -> None:
    allowed = {"REPLAY_ALLOW_CONTEXT": "acme-prod"}
    replayed = replay("shell-spawn", env=kubeconfigs(context="acme-prod") | allowed)
    assert replayed.code == 10
    assert (
        'notice: REPLAY_ALLOW_CONTEXT lets this pass: context "acme-prod" has the word "prod", '
        "so it may be in production\n" in replayed.stderr
    )


def test_a_scenario_with_errors_is_refused_with_all_of_them(replay: Replay, draft: Draft) -> None:
    draft.scenario["timeouts"]["ready_secs"] = 5
    draft.scenario["safety"] = "harmless"
    del draft.scenario["title"]
    words = draft.write()
    replayed = replay(*words, "-o", "json")
    assert_refused(replayed, "scenario_invalid")
    first, *problems = replayed.message.splitlines()
    assert first == 'The folder of "probe" has errors.'
    file = draft.source / "probe" / "scenario.yaml"
    assert len(problems) == 3
    assert all(problem.startswith(f"  {file}:") for problem in problems)
    assert [problem for problem in problems if "unknown key 'ready_secs'" in problem]
    assert [problem for problem in problems if "missing key 'title'" in problem]
    assert [problem for problem in problems if "safety" in problem]


def test_a_scenario_whose_manifest_is_no_yaml_is_refused_with_its_place(replay: Replay, draft: Draft) -> None:
    words = draft.write()
    file = draft.source / "probe" / "manifests" / "pod.yaml"
    file.write_text("kind: [Pod\n")
    replayed = replay(*words, "-o", "json")
    assert_refused(replayed, "scenario_invalid")
    assert replayed.message.splitlines()[0] == f"{file} is no manifest."
    assert "line 2, column 1" in replayed.message


@pytest.mark.parametrize("name", ["kube-system", "falco"])
def test_a_namespace_of_the_cluster_or_of_a_detector_is_refused(replay: Replay, name: str) -> None:
    replayed = replay("shell-spawn", "-o", "json", "-n", name)
    assert_refused(replayed, "namespace_refused")
    assert replayed.message.splitlines()[0] == (
        f'The namespace "{name}" is never used: it belongs to the cluster or to a detector.'
    )


def test_a_privileged_scenario_is_refused_unless_it_is_allowed(replay: Replay, draft: Draft) -> None:
    draft.scenario["safety"] = "privileged"
    replayed = replay(*draft.write(), "-o", "json")
    assert_refused(replayed, "privileged_not_allowed")
    assert replayed.message.splitlines()[0] == 'The scenario "probe" needs a privileged workload.'
