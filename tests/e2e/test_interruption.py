"""Exit codes 130, 143 and 129: a signal in any phase ends the run, and nothing is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.interruptions import CODES, assert_interrupted, sleep_in_the_pod

if TYPE_CHECKING:
    from signal import Signals

    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

each_signal = pytest.mark.parametrize("signum", CODES, ids=lambda signum: signum.name)


@each_signal
def test_in_preflight_it_ends_at_once(
    replay: Replay, namespace: Namespace, gate: Gate, signum: Signals
) -> None:
    running = replay.start("shell-spawn", "-o", "json", env=gate.build("config"))
    gate.wait_reached()
    running.signal(signum)
    assert_interrupted(running.end(), signum, "preflight")
    assert gate.calls == ["config view -o json"]
    assert namespace.left() == []


@each_signal
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_in_deploy_the_create_is_waited_for_and_undone(
    replay: Replay, namespace: Namespace, gate: Gate, signum: Signals, after: bool
) -> None:
    namespace.create()
    running = replay.start("shell-spawn", "-o", "json", env=gate.build("create", after=after))
    gate.wait_reached()
    assert len(namespace.left()) == after
    running.signal(signum)
    gate.open()
    assert_interrupted(running.end(), signum, "deploy")
    assert namespace.left() == []


@each_signal
def test_in_ready_the_pod_is_removed(
    replay: Replay, namespace: Namespace, draft: Draft, signum: Signals
) -> None:
    draft.pod["spec"]["nodeSelector"] = {"e2e": "no-such-node"}
    running = replay.start(*draft.write(), "-o", "json")
    running.wait_for("deploy     PASS")
    assert len(namespace.left()) == 1
    running.signal(signum)
    assert_interrupted(running.end(), signum, "ready")
    assert namespace.left() == []


@each_signal
def test_in_trigger_the_command_is_ended(
    replay: Replay, namespace: Namespace, draft: Draft, signum: Signals
) -> None:
    running = sleep_in_the_pod(replay, draft, namespace)
    running.signal(signum)
    assert_interrupted(running.end(), signum, "trigger")
    assert namespace.left() == []


@each_signal
def test_in_cleanup_it_is_finished_first(
    replay: Replay, namespace: Namespace, gate: Gate, signum: Signals
) -> None:
    running = replay.start("shell-spawn", "-o", "json", env=gate.build("delete"))
    gate.wait_reached()
    running.signal(signum)
    gate.open()
    replayed = running.end()
    assert_interrupted(replayed, signum, "cleanup")
    assert replayed.document["behavior_verification"] == "pass"
    assert namespace.left() == []
