"""Signals from a terminal, signals that come twice, and the one that cannot be caught."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e import programs
from tests.e2e.interruptions import assert_interrupted, sleep_in_the_pod
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

SECOND_PRESS_SECONDS = 0.3
"""Signals that are closer than 0.2 s are one wish: timeout(1) sends two."""


def test_the_whole_group_may_get_the_signal_as_from_a_terminal(
    replay: Replay, namespace: Namespace, gate: Gate
) -> None:
    namespace.create()
    running = replay.start("shell-spawn", "-o", "json", env=gate.build("create"))
    gate.wait_reached()
    running.signal(signal.SIGINT, group=True)
    gate.open()
    assert_interrupted(running.end(), signal.SIGINT, "deploy")
    assert namespace.left() == []


def test_two_signals_at_once_are_one(replay: Replay, namespace: Namespace, gate: Gate) -> None:
    running = replay.start("shell-spawn", "-o", "json", env=gate.build("delete"))
    gate.wait_reached()
    running.signal(signal.SIGTERM)
    running.signal(signal.SIGTERM, group=True)
    gate.open()
    assert_interrupted(running.end(), signal.SIGTERM, "cleanup")
    assert namespace.left() == []


def test_a_signal_that_the_caller_ignores_stops_nothing(replay: Replay, gate: Gate) -> None:
    nohup = ("sh", "-c", "trap '' HUP; exec kubectl-replay \"$@\"", "sh")
    running = replay.start("shell-spawn", env=gate.build("create"), program=nohup)
    gate.wait_reached()
    running.signal(signal.SIGHUP)
    gate.open()
    assert running.end().code == 10


@pytest.mark.parametrize("phase", ["trigger", "cleanup"])
def test_a_second_signal_during_cleanup_leaves_at_once_and_says_how_to_go_on(
    replay: Replay, namespace: Namespace, draft: Draft, gate: Gate, phase: str
) -> None:
    if phase == "trigger":
        running = sleep_in_the_pod(replay, draft, namespace, **gate.build("delete"))
        running.signal(signal.SIGTERM)
        gate.wait_reached()
    else:
        running = replay.start("shell-spawn", "-o", "json", env=gate.build("delete"))
        gate.wait_reached()
        running.signal(signal.SIGTERM)
    time.sleep(SECOND_PRESS_SECONDS)
    running.signal(signal.SIGINT)
    replayed = running.end()  # although the gate is still closed
    assert_interrupted(replayed, signal.SIGTERM, phase, cleanup="incomplete")
    document = replayed.document
    assert document["cleanup"]["left"] == [f"pod/{document['pod']}"]
    assert namespace.left() == [f"pods/{document['pod']}"]
    programs.run(("sh", "-c", document["cleanup"]["command"]), replay.surroundings(None)).passed()
    until(lambda: not namespace.left(), "the pod to go")


def test_the_box_says_that_it_was_interrupted(replay: Replay, draft: Draft, namespace: Namespace) -> None:
    draft.pod["spec"]["nodeSelector"] = {"e2e": "no-such-node"}
    running = replay.start(*draft.write())
    running.wait_for("deploy     PASS")
    running.signal(signal.SIGINT)
    replayed = running.end()
    assert replayed.code == 130
    assert "║  overall             INTERRUPTED     ║" in replayed.stdout
    assert "Failure:\n  - SIGINT ended the run.\n" in replayed.stdout
    assert namespace.left() == []


def test_what_a_sigkill_leaves_ends_by_itself(replay: Replay, draft: Draft, namespace: Namespace) -> None:
    draft.pod["spec"]["nodeSelector"] = {"e2e": "no-such-node"}
    running = replay.start(*draft.write())
    running.wait_for("deploy     PASS")
    running.discard()
    (pod,) = namespace.pods
    assert pod["spec"]["activeDeadlineSeconds"] == 60 + 30 + 20 + 120  # the scenario's timeouts, and leeway
    assert pod["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "kubectl-replay"
    namespace.kubectl("delete", "pod", pod["metadata"]["name"]).passed()
    for folder in Path(replay.environment["TMPDIR"]).iterdir():
        shutil.rmtree(folder)
