"""The first promise: one command replays shell-spawn, proves it, cleans up, and says so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.replay import FIRST_KEYS

if TYPE_CHECKING:
    from tests.e2e.audit import AuditLog
    from tests.e2e.cluster import Target
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed

GOLDEN = Path(__file__).with_name("golden") / "shell-spawn.txt"
PROGRESS = """\
kubectl replay shell-spawn: Learn whether a shell that is started in a running container, with a terminal, \
raises an alert.
For test clusters only.

preflight  PASS           0.00s
deploy     PASS           0.00s
ready      PASS           0.00s
trigger    PASS           0.00s
behavior   PASS           0.00s
detection  SKIP           0.00s
cleanup    PASS           0.00s
"""
OURS = {"app.kubernetes.io/managed-by": "kubectl-replay"}


def golden(context: str) -> str:
    if len(context) > 16:
        pytest.skip("the box is wider for this context's name, which is a unit test's affair")
    return GOLDEN.read_text("utf-8").replace(f"{'k8s-replay-local':<16}", f"{context:<16}")


def timeless(stderr: str) -> str:
    return re.sub(r" {2}[ \d]{2}\d\.\d\ds", "    0.00s", stderr)


def assert_passed(replayed: Replayed, context: str) -> None:
    assert replayed.code == 10
    assert replayed.stdout == golden(context)
    assert timeless(replayed.stderr) == PROGRESS


def test_it_passes_from_a_clean_state_and_once_more_right_away(
    replay: Replay, target: Target, namespace: Namespace
) -> None:
    assert_passed(replay("shell-spawn"), target.context)
    assert namespace.left() == []
    assert_passed(replay("shell-spawn"), target.context)


def test_the_long_form_is_the_same_command(replay: Replay, target: Target) -> None:
    assert_passed(replay("run", "shell-spawn"), target.context)


def test_it_is_a_kubectl_plugin(replay: Replay, target: Target) -> None:
    assert_passed(replay("shell-spawn", program=("kubectl", "replay")), target.context)


@pytest.mark.parametrize(("words", "env"), [(["-o", "json"], {}), ([], {"JSON": "1"})])
def test_stdout_is_one_document_that_begins_with_the_eleven_keys(
    replay: Replay, target: Target, namespace: Namespace, words: list[str], env: dict[str, str | None]
) -> None:
    replayed = replay("shell-spawn", *words, env=env)
    assert replayed.code == 10
    document = replayed.document
    assert list(document)[: len(FIRST_KEYS)] == list(FIRST_KEYS)
    assert {key: document[key] for key in FIRST_KEYS} == {
        "scenario": "shell-spawn",
        "context": target.context,
        "environment_check": "pass",
        "deploy": "pass",
        "ready": "pass",
        "trigger": "pass",
        "behavior_verification": "pass",
        "detection_backend": "none",
        "detection_verification": "skip",
        "overall": "scenario_passed_detection_skipped",
        "failure_reason": "",
    }
    assert document["namespace"] == namespace.name
    assert document["pod"] == f"shell-spawn-target-{document['run_id']}"
    assert document["node"]
    assert [proof["held"] for proof in document["evidence"]] == [True, True]
    assert document["cleanup"] == {"status": "clean", "left": [], "command": "", "message": ""}


def test_detection_switched_off_is_disabled(replay: Replay) -> None:
    replayed = replay("shell-spawn", "--no-detection", "-o", "json")
    assert replayed.code == 10
    assert replayed.document["detection_backend"] == "disabled"
    assert replayed.document["detection"]["reason"] == "disabled"


def test_where_the_behavior_is_enough_it_ends_with_0(replay: Replay) -> None:
    replayed = replay("shell-spawn", "--require", "behavior", "-o", "json")
    assert replayed.code == 0
    assert replayed.document["overall"] == "scenario_passed_detection_skipped"


def test_a_namespace_that_it_creates_is_labelled_and_stays(replay: Replay, namespace: Namespace) -> None:
    replay("shell-spawn")
    assert namespace.labels == OURS


def test_a_namespace_that_was_there_is_not_labelled(replay: Replay, namespace: Namespace) -> None:
    namespace.create()
    assert replay("shell-spawn").code == 10
    assert namespace.labels == {}


def test_a_run_in_a_namespace_that_exists_makes_five_calls(
    replay: Replay, namespace: Namespace, audit: AuditLog
) -> None:
    namespace.create()
    before = len(audit.events())
    assert replay("shell-spawn").code == 10
    events = audit.events()[before:]
    calls = [short for short in audit.calls()[before:] if not short.endswith("pods/exec")]
    # `kubectl get --watch` lists first, and `kubectl exec` reads its pod; create and watch run side by side.
    assert sorted(calls) == sorted(["list pods", "watch pods", "create pods", "get pods", "delete pods"])
    (exec_event,) = [event for event in events if event["objectRef"].get("subresource") == "exec"]
    assert "&tty=true" in exec_event["requestURI"]
    assert "&container=target" in exec_event["requestURI"]
