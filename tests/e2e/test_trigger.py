"""Exit code 23: a trigger that did not run to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.accounts import PODS, make_account
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.drafts import Draft
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed


def assert_failed(replayed: Replayed, reason: str) -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (23, reason)
    assert document["overall"] == "trigger_failed"
    assert (document["ready"], document["trigger"]) == ("pass", "fail")
    assert document["behavior_verification"] == "pending"
    assert document["cleanup"]["status"] == "clean"
    assert f"command: kubectl exec -i -t {document['pod']} -c target " in replayed.message


@pytest.fixture
def draft(draft: Draft) -> Draft:
    """A scenario whose command needs to prove nothing: it never gets that far."""
    draft.prove({"exit_code": 0})
    return draft


def test_a_user_who_may_not_exec(replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs) -> None:
    namespace.create()
    user = {"token": make_account(namespace, PODS)}
    replayed = replay("shell-spawn", "-o", "json", env=kubeconfigs(user=user))
    assert_failed(replayed, "rbac_denied")
    assert 'cannot create resource "pods/exec"' in replayed.message


def test_a_pod_that_somebody_deletes_during_the_command(
    replay: Replay, draft: Draft, namespace: Namespace
) -> None:
    # What the command writes to the first process's output is in the pod's log: it has begun.
    draft.run("sh", "-c", "echo begun > /proc/1/fd/1; exec sleep 300", tty=True)
    running = replay.start(*draft.write(), "-o", "json")
    running.wait_for("ready      PASS")
    (pod,) = namespace.pods
    name = pod["metadata"]["name"]
    until(lambda: "begun" in namespace.kubectl("logs", name).out, "the command to begin")
    namespace.kubectl("delete", "pod", name, "--wait=false").passed()
    replayed = running.end()
    assert_failed(replayed, "pod_deleted")
    assert replayed.message.splitlines()[0] == "Somebody deleted the pod during the run."


def test_a_pod_that_ends_by_itself_during_the_command(replay: Replay, draft: Draft) -> None:
    draft.container["command"] = ["sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.1; done"]
    draft.run("sh", "-c", "kill -TERM 1; exec sleep 300", tty=True)
    replayed = replay(*draft.write(), "-o", "json")
    assert_failed(replayed, "pod_ended")
    assert replayed.message.splitlines()[0] == "The pod ended by itself."


def test_a_command_that_outlives_its_time(replay: Replay, draft: Draft) -> None:
    draft.run("sleep", "300", tty=True)
    draft.scenario["timeouts"]["trigger_seconds"] = 1
    replayed = replay(*draft.write(), "-o", "json")
    assert_failed(replayed, "trigger_timeout")
    assert replayed.message.splitlines()[0] == "The command did not end in time."
    assert replayed.message.splitlines()[-1] == "next: raise timeouts.trigger_seconds in scenario.yaml"


def test_a_program_that_the_image_does_not_have(replay: Replay, draft: Draft) -> None:
    draft.run("no-such-program", tty=True)
    replayed = replay(*draft.write(), "-o", "json")
    assert_failed(replayed, "exec_failed")
    assert '"no-such-program": executable file not found in $PATH' in replayed.message
