"""Runs that are stopped by a signal, and what they must end as."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed, Running

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


def assert_interrupted(replayed: Replayed, signum: int, phase: str, cleanup: str = "clean") -> None:
    """Fail the test unless this signal ended the run in this phase."""
    document = replayed.document
    assert replayed.code == CODES[signal.Signals(signum)]
    assert (document["overall"], document["failure_reason"]) == ("interrupted", "interrupted")
    failed = [item["name"] for item in document["phases"] if item["reason"] == "interrupted"]
    assert failed == [phase]
    assert document["cleanup"]["status"] == cleanup


def sleep_in_the_pod(replay: Replay, draft: Draft, namespace: Namespace, **env: str | None) -> Running:
    """Start a run whose command sleeps, and wait until it does."""
    proof = "printf %s%s {{replay.proof_a}} {{replay.proof_b}}"
    draft.run("sh", "-c", f"echo begun > /proc/1/fd/1; sleep 300; {proof}", tty=True)
    draft.prove({"exit_code": 0}, {"proof": True})
    running = replay.start(*draft.write(), "-o", "json", env=env)
    wait_until_begun(running, namespace)
    return running


def wait_until_begun(running: Running, namespace: Namespace) -> None:
    """Wait until the command of a run has written "begun" into the log of its pod."""
    running.wait_for("ready      PASS")
    (pod,) = namespace.pods
    until(lambda: "begun" in namespace.kubectl("logs", pod["metadata"]["name"]).out, "the command to begin")
