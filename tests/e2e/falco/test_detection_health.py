"""What silence means: it depends on whether Falco could have been heard."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.procfs import PROC
from tests.e2e.alerting import alerting, shell_alert, silence
from tests.e2e.falco.asking import QUICK, run_beside, settle, verdict, warm
from tests.e2e.falco_lines import Sighting, json_alert, json_drops, text_alert
from tests.e2e.falco_manifests import Kind, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.e2e.falco.conftest import Install
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay
    from tests.e2e.stand_in import StandIn


@pytest.mark.parametrize("alert", [json_alert, text_alert])
def test_the_older_shapes_are_known_by_the_container_s_id_alone(
    replay: Replay, install: Install, namespace: Namespace, alert: Callable[..., str]
) -> None:
    stand_in = install(Shape(version="0.40.0", terminal=True))
    replayed = run_beside(replay, stand_in, namespace, lambda seen: [alert(seen, "0.40")])
    assert verdict(replayed) == (0, "detected", None)


def test_a_falco_that_never_printed_an_alert_proves_nothing_by_its_silence(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    replayed = run_beside(replay, stand_in, namespace, silence, *QUICK)
    assert verdict(replayed) == (11, "inconclusive", "stdout_output_off")


def test_a_falco_that_holds_its_output_back_proves_nothing_by_its_silence(
    replay: Replay, install: Install, namespace: Namespace
) -> None:
    stand_in = install(Shape(version="0.40.0"))
    settle(stand_in)
    replayed = run_beside(replay, stand_in, namespace, silence, *QUICK)
    assert verdict(replayed) == (11, "inconclusive", "stdout_buffered")


@pytest.mark.parametrize("how", [{"terminal": True}, {"arguments": ("-U",)}])
def test_with_a_terminal_or_its_flag_it_holds_nothing_back(
    replay: Replay, install: Install, namespace: Namespace, how: dict[str, Any]
) -> None:
    stand_in = install(Shape(version="0.40.0", **how))
    settle(stand_in)
    replayed = run_beside(replay, stand_in, namespace, silence, *QUICK)
    assert verdict(replayed) == (11, "not_detected", "no_alert")


@pytest.mark.parametrize("kind", ["Deployment", "Pod"])
def test_a_falco_without_its_chart_s_labels_is_found(
    replay: Replay, install: Install, namespace: Namespace, stand_in_node: str, kind: Kind
) -> None:
    shape = Shape(kind=kind, labelled=False, release="detector", node=stand_in_node)
    stand_in = install(shape)
    with alerting(stand_in, namespace.name):
        replayed = replay("shell-spawn", "-o", "json", "--node", stand_in_node)
    assert verdict(replayed) == (0, "detected", None)


def test_an_agent_on_another_node_alone_cannot_have_seen_it(
    replay: Replay, install: Install, nodes: tuple[str, str]
) -> None:
    first, second = nodes
    install(Shape(node=second))
    replayed = replay("shell-spawn", "-o", "json", "--node", first, *QUICK)
    assert verdict(replayed) == (11, "inconclusive", "no_agent_on_node")


def test_without_any_agent_it_is_skipped(replay: Replay, namespace: Namespace) -> None:
    replayed = replay("shell-spawn", "-o", "json")
    assert verdict(replayed) == (10, "skipped", "no_backend")
    assert (replayed.document["detection_backend"], namespace.left()) == ("none", [])


def test_an_agent_that_is_not_ready_proves_nothing(
    replay: Replay, install: Install, namespace: Namespace
) -> None:
    stand_in = install(Shape(ready=False))
    warm(stand_in)
    replayed = run_beside(replay, stand_in, namespace, silence, *QUICK)
    assert verdict(replayed) == (11, "inconclusive", "agent_not_ready")


def test_a_restart_in_the_window_hides_nothing_that_was_printed_before(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    def alert_and_restart(seen: Sighting) -> Iterable[str]:
        agent = stand_in.on(seen.node)
        agent.feed(*shell_alert(seen))
        agent.restart()
        return ()

    replayed = run_beside(replay, stand_in, namespace, alert_and_restart, "--detect-timeout", "10s")
    assert verdict(replayed) == (0, "detected", None)


def test_silence_around_a_restart_is_no_miss(replay: Replay, stand_in: StandIn, namespace: Namespace) -> None:
    warm(stand_in)

    def restart(seen: Sighting) -> Iterable[str]:
        stand_in.on(seen.node).restart()
        warm(stand_in)
        return ()

    replayed = run_beside(replay, stand_in, namespace, restart, "--detect-timeout", "5s")
    assert verdict(replayed) == (11, "inconclusive", "restarted")


def test_a_reload_in_the_window_is_seen(replay: Replay, stand_in: StandIn, namespace: Namespace) -> None:
    warm(stand_in)

    def reload(seen: Sighting) -> Iterable[str]:
        stand_in.on(seen.node).reload()
        return ()

    replayed = run_beside(replay, stand_in, namespace, reload, "--detect-timeout", "5s")
    assert verdict(replayed) == (11, "inconclusive", "restarted")


def test_lost_events_in_the_window_leave_it_open(
    replay: Replay, install: Install, namespace: Namespace
) -> None:
    stand_in = install(Shape())
    settle(stand_in)

    def lose(seen: Sighting) -> Iterable[str]:
        return [json_drops(seen.time, node=seen.node)]

    assert verdict(run_beside(replay, stand_in, namespace, lose, *QUICK)) == (11, "inconclusive", "drops")


def cut_off(agent: str) -> None:
    """Kill the kubectl that follows the log of an agent."""
    for folder in PROC.glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if words[:2] == [b"kubectl", b"logs"] and agent.encode() in words:
                os.kill(int(folder.name), signal.SIGKILL)


def test_what_a_rotation_took_while_nobody_followed_is_no_miss(
    replay: Replay, install: Install, namespace: Namespace
) -> None:
    stand_in = install(Shape())
    settle(stand_in)

    def alert_unseen(seen: Sighting) -> Iterable[str]:
        agent = stand_in.on(seen.node)
        cut_off(agent.name)
        agent.feed(*shell_alert(seen))
        agent.rotate()
        warm(stand_in)
        return ()

    replayed = run_beside(replay, stand_in, namespace, alert_unseen, "--detect-timeout", "4s")
    assert verdict(replayed) == (11, "inconclusive", "log_rotated")


def test_a_stream_that_is_cut_off_is_read_again(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    def alert_unseen(seen: Sighting) -> Iterable[str]:
        cut_off(stand_in.on(seen.node).name)
        return shell_alert(seen)

    replayed = run_beside(replay, stand_in, namespace, alert_unseen, "--detect-timeout", "8s")
    assert verdict(replayed) == (0, "detected", None)
