"""Behaviors that the cluster's own policies block: not observed, and said as what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.outcomes import assert_not_observed
from tests.e2e.policies import PODS, rule
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

EXEC = PODS | {"operations": ["CONNECT"], "resources": ["pods/exec"]}


@pytest.mark.parametrize("scenario", ["shell-spawn", "kubectl-exec"])
def test_an_exec_that_a_policy_denies_is_told_in_the_words_of_the_policy(
    replay: Replay, namespace: Namespace, scenario: str
) -> None:
    namespace.create()
    namespace.kubectl("run", "trial", "--image=busybox:1.36", "--", "sleep", "600").passed()
    until(lambda: "'phase': 'Running'" in str(namespace.pods), "a pod to try the policy on")
    with rule(namespace, ("exec", "trial", "--", "true"), EXEC, "false"):
        replayed = replay(scenario, "-o", "json")
    namespace.kubectl("delete", "pod", "trial", "--now").passed()
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (24, "blocked_by_policy")
    assert "denied request: the policy says no" in replayed.message
    assert document["cleanup"]["status"] == "clean"


def test_a_command_that_is_killed_while_its_pod_lives_on(replay: Replay, draft: Draft) -> None:
    draft.run("sh", "-c", "kill -KILL $$", tty=True)
    draft.prove({"exit_code": 0})
    replayed = replay(*draft.write(), "-o", "json")
    assert_not_observed(replayed, "blocked_by_policy")
    assert "  the command ended with exit code 137" in replayed.message.splitlines()
