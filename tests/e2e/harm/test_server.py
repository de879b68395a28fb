"""An API server that stops answering, phase by phase: each run has its own code, its end, and the truth."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.interruption import ONE_PRESS_SECONDS
from kubectl_replay.removal import AWAY_SECONDS
from tests.e2e import programs
from tests.e2e.frail import API_SERVER, Frail, settle
from tests.e2e.interruptions import sleep_in_the_pod
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.cluster import Target
    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed

CLUSTER = (3, 1)


@pytest.fixture
def doomed(target: Target, namespace: Namespace) -> Frail:
    """The API server, which the test itself brings back; the test's namespace exists."""
    assert target.local
    settle(namespace)
    return Frail(target.local, API_SERVER)


@pytest.fixture
def server(doomed: Frail) -> Iterator[Frail]:
    """The API server, in health before and after the test."""
    yield doomed
    doomed.heal()


def assert_ended(replayed: Replayed, code: int, reason: str, cleanup: str = "clean") -> None:
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (code, reason), replayed.stderr
    assert document["cleanup"]["status"] == cleanup


def paste(replay: Replay, replayed: Replayed, namespace: Namespace) -> None:
    """Run the printed command, once the server is back, as a person would."""
    programs.run(("sh", "-c", replayed.document["cleanup"]["command"]), replay.surroundings(None)).passed()
    until(lambda: not namespace.left(), "all of the run to go")


def test_without_it_a_fast_run_and_cleanup_say_so_and_a_dry_run_does_not_need_it(
    replay: Replay, server: Frail
) -> None:
    server.kill()
    fast = replay("shell-spawn", "--fast", "-o", "json")
    cleaned = replay("cleanup", "shell-spawn")
    dry = replay("shell-spawn", "--dry-run", "-o", "json")
    assert_ended(fast, 20, "cluster_unreachable")
    assert fast.message.splitlines()[0] == "The API server does not answer."
    assert (cleaned.code, cleaned.stdout) == (20, "")
    assert cleaned.stderr.startswith("error: The API server does not answer.\n")
    assert (dry.code, dry.document["overall"]) == (0, "dry_run")


def test_one_that_stands_still_at_the_create_is_not_waited_for_and_may_have_heard_it(
    replay: Replay, namespace: Namespace, server: Frail
) -> None:
    namespace.kubectl("get", "pods").passed()  # kubectl knows what the server has, and sends the pod at once
    server.pause()
    replayed = replay("shell-spawn", "--request-timeout", "1s", "-o", "json")
    server.heal()
    assert_ended(replayed, 20, "cluster_unreachable", "incomplete")
    assert replayed.document["duration_seconds"] < AWAY_SECONDS
    paste(replay, replayed, namespace)


def test_one_that_stands_still_before_it_was_asked_to_create_anything_leaves_no_doubt(
    replay: Replay, namespace: Namespace, server: Frail, tmp_path: Path
) -> None:
    server.pause()
    cold = {"KUBECACHEDIR": str(tmp_path / "cold")}  # kubectl must ask what the server has
    replayed = replay("shell-spawn", "--request-timeout", "1s", "-o", "json", env=cold)
    server.heal()
    assert_ended(replayed, 20, "cluster_unreachable")
    assert namespace.left() == []


def test_a_death_between_two_steps_of_deploy_is_a_lost_connection(
    replay: Replay, gate: Gate, namespace: Namespace, server: Frail
) -> None:
    missing = f"{namespace.name}-missing"
    running = replay.start("shell-spawn", "-n", missing, "-o", "json", env=gate.build("create", after=True))
    gate.wait_reached()  # the answer is that there is no such namespace
    server.kill()
    gate.open()
    replayed = running.end()
    assert_ended(replayed, 21, "connection_lost")
    assert replayed.message.splitlines()[0] == "The API server had answered, then stopped answering."


def test_a_death_while_the_pod_is_awaited_ends_with_the_time_and_cleanup_waits(
    replay: Replay, draft: Draft, namespace: Namespace, server: Frail
) -> None:
    draft.pod["spec"]["nodeSelector"] = {"e2e": "no-such-node"}
    running = replay.start(*draft.write(), "--ready-timeout", "3", "-o", "json")
    running.wait_for("deploy     PASS")
    server.kill()
    running.wait_for("ready      FAIL")
    server.heal()
    assert_ended(running.end(), 22, "connection_lost")
    assert namespace.left() == []


def test_one_that_stands_still_under_the_command_ends_with_the_command_s_time(
    replay: Replay, draft: Draft, namespace: Namespace, server: Frail
) -> None:
    draft.scenario["timeouts"]["trigger_seconds"] = 4
    running = sleep_in_the_pod(replay, draft, namespace)
    server.pause()
    running.wait_for("trigger    FAIL")
    server.heal()
    assert_ended(running.end(), 23, "trigger_timeout")
    assert namespace.left() == []


def test_a_restart_while_the_log_of_a_start_is_read_makes_no_run_fail(
    replay: Replay, draft: Draft, namespace: Namespace, server: Frail
) -> None:
    script = (
        "trap 'printf \"%s %s\\n\" went on; exec sleep 600' USR1; echo begun; while :; do sleep 0.1; done"
    )
    draft.scenario["trigger"] |= {"kind": "pod-start", "tty": False, "command": ["sh", "-c", script]}
    draft.prove({"output_matches": "^went on$"})
    running = replay.start(*draft.write(), "-o", "json")
    running.wait_for("ready      PASS")
    pod = namespace.pods[0]["metadata"]["name"]
    until(lambda: "begun" in namespace.kubectl("logs", pod).out, "the start to begin")
    server.kill()
    server.heal()
    namespace.kubectl("exec", pod, "--", "kill", "-USR1", "1").passed()
    assert_ended(running.end(), 10, "")
    assert namespace.left() == []


def test_who_does_not_want_to_wait_for_it_presses_twice(
    replay: Replay, draft: Draft, namespace: Namespace, server: Frail
) -> None:
    draft.pod["spec"]["nodeSelector"] = {"e2e": "no-such-node"}
    running = replay.start(*draft.write(), "-o", "json")
    running.wait_for("deploy     PASS")
    server.kill()
    running.signal(signal.SIGINT)
    running.wait_for("ready      FAIL")
    time.sleep(2 * ONE_PRESS_SECONDS)  # else it is one press
    running.signal(signal.SIGINT)
    replayed = running.end()
    server.heal()
    assert_ended(replayed, 130, "interrupted", "incomplete")
    assert replayed.document["duration_seconds"] < AWAY_SECONDS
    paste(replay, replayed, namespace)


def test_a_passed_run_that_cannot_reach_it_any_more_ends_25_and_says_how_to_clean_up(
    replay: Replay, namespace: Namespace, gate: Gate, doomed: Frail
) -> None:
    # The last test: after so long an outage the cluster takes half a minute to be itself again.
    running = replay.start("shell-spawn", "-o", "json", env=gate.build("delete"))
    gate.wait_reached()
    doomed.kill()
    gate.open()
    replayed = running.end()
    doomed.start()
    until(lambda: namespace.kubectl("get", "pods").code == 0, "an answer")
    assert_ended(replayed, 25, "objects_left", "incomplete")
    document = replayed.document
    assert document["behavior_verification"] == "pass"
    assert document["cleanup"]["left"] == [f"pod/{document['pod']}"]
    assert " was refused - did you specify the right host or port?" in document["cleanup"]["message"]
    assert namespace.left() == [f"pods/{document['pod']}"]
    paste(replay, replayed, namespace)
