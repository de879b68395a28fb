"""`logs falco` beside a stand-in: which alerts are shown, of which runs, and until when."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.e2e.alerting import alerting
from tests.e2e.falco.looking import SECRET, alert, make_user, sighting, wait_for_out
from tests.e2e.falco.test_detection_rights import LOGS, PODS, grant
from tests.e2e.falco_lines import json_alert, text_alert
from tests.e2e.falco_manifests import Shape
from tests.e2e.test_make import MAKE
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.e2e.falco.conftest import Install
    from tests.e2e.falco_lines import Sighting
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed
    from tests.e2e.stand_in import StandIn

RULE = "Terminal shell in container"


def pods(replayed: Replayed) -> list[str]:
    """Return the pods that were shown, in order."""
    return [line.split()[-2] for line in replayed.stdout.splitlines()]


def test_the_alerts_of_all_agents_are_shown_in_the_order_of_time(
    replay: Replay, stand_in: StandIn, nodes: tuple[str, str]
) -> None:
    first, second = (stand_in.on(node) for node in nodes)
    first.feed(alert("one"))
    second.feed(alert("two", priority="Critical"))
    first.feed(text_alert(sighting("three")))
    replayed = replay("logs", "falco")
    assert (replayed.code, replayed.stderr) == (0, "")
    assert pods(replayed) == ["shop/one", "shop/two", "shop/three"]
    two, three = replayed.stdout.splitlines()[1:]
    time_shown, node, priority, *rule, _, container = two.split()
    assert time_shown.startswith("20")
    assert time_shown.endswith("Z")
    assert (node, priority, " ".join(rule), container) == (nodes[1], "Critical", RULE, "app")
    assert "  A shell was spawned in a container with an attached terminal  shop/three  app" in three


def test_command_lines_are_shown_only_where_the_raw_lines_are_asked_for(
    replay: Replay, stand_in: StandIn
) -> None:
    lines = [alert(), text_alert(sighting()), text_alert(sighting(), "0.40")]
    stand_in.agents[0].feed(*lines)
    assert SECRET not in replay("logs", "falco").stdout
    raw = replay("logs", "falco", "--raw").stdout.splitlines()
    assert [line for line in raw if SECRET in line] == lines


def test_raw_lines_are_those_that_the_agents_printed(
    replay: Replay, install: Install, nodes: tuple[str, str]
) -> None:
    stand_in = install(Shape(node=nodes[0]))
    (agent,) = stand_in.agents
    agent.feed("ünï \x1b[1m" + "x" * 20_000)
    agent.reload()
    replayed = replay("logs", "falco", "--raw")
    assert replayed.code == 0
    assert replayed.stdout.splitlines() == stand_in.kubectl_logs(agent)


def test_what_is_older_than_asked_for_is_left_out(replay: Replay, stand_in: StandIn) -> None:
    agent = stand_in.agents[0]
    agent.feed(alert("old"))
    stand_in.age()
    agent.feed(alert("new"))
    assert pods(replay("logs", "falco", "--since", "10m")) == ["shop/new"]
    assert pods(replay("logs", "falco", "--since", "2h")) == ["shop/old", "shop/new"]


def test_after_a_restart_what_was_said_before_is_shown_too(replay: Replay, stand_in: StandIn) -> None:
    agent = stand_in.agents[0]
    agent.feed(alert("before"))
    agent.restart()
    agent.feed(alert("after"))
    assert pods(replay("logs", "falco")) == ["shop/before", "shop/after"]


def test_only_the_alerts_of_one_run_or_scenario_are_shown(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    with alerting(stand_in, namespace.name):
        documents = [replay("shell-spawn", "-o", "json").document for _ in range(2)]
    names = [f"{namespace.name}/{document['pod']}" for document in documents]
    stand_in.feed(alert("shell-spawn-target-shopping"), alert(documents[0]["pod"]))
    assert pods(replay("logs", "falco", "--scenario", "shell-spawn")) == names
    assert pods(replay("logs", "falco", "--run", documents[1]["run_id"])) == names[1:]
    assert pods(replay("logs", "falco", "--scenario", "kubectl-exec")) == []
    raw = replay("logs", "falco", "--run", documents[0]["run_id"], "--raw")
    assert [documents[0]["pod"] in line for line in raw.stdout.splitlines()] == [True]


def nameless(seen: Sighting) -> Iterable[str]:
    """Alert on every command as a Falco that knows no pods."""
    return [json_alert(replace(seen, namespace=None, pod=None), "0.40")]


def test_where_falco_names_no_pod_its_container_tells_while_it_exists(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    stand_in.feed(json_alert(sighting(), "0.40"))
    with alerting(stand_in, namespace.name, nameless):
        run = replay("shell-spawn", "--keep", "-o", "json").document["run_id"]
    kept = replay("logs", "falco", "--run", run)
    assert len(kept.stdout.splitlines()) == 1
    assert (
        kept.stderr
        == "notice: 2 alerts without a pod and without a container that still exists were left out\n"
    )
    assert replay("cleanup", "shell-spawn").code == 0
    gone = replay("logs", "falco", "--run", run)
    assert (gone.code, gone.stdout) == (0, "")
    assert gone.stderr.startswith("notice: 3 alerts without a pod ")


def test_following_goes_on_through_rotation_restart_and_a_new_pod_until_it_is_interrupted(
    replay: Replay, stand_in: StandIn, nodes: tuple[str, str]
) -> None:
    first, second = (stand_in.on(node) for node in nodes)
    first.feed(alert("before"))
    running = replay.start("logs", "falco", "-f")
    wait_for_out(running, "shop/before")
    second.feed(alert("second-node"))
    wait_for_out(running, "shop/second-node")
    first.rotate()
    first.feed(alert("after-rotation"))
    wait_for_out(running, "shop/after-rotation")
    first.feed(alert("last-words"))
    first.restart()
    first.feed(alert("after-restart"))
    wait_for_out(running, "shop/after-restart")
    stand_in.api.ask("DELETE", f"{second.path}?gracePeriodSeconds=0")
    until(lambda: stand_in.api.read(second.path) is None, "the end of the pod")
    stand_in.wait_ready()
    stand_in.on(nodes[1]).feed(alert("new-pod"))
    wait_for_out(running, "shop/new-pod")
    running.signal(signal.SIGINT)
    ended = running.end()
    assert ended.code == 130
    shown = pods(ended)
    assert len(shown) == len(set(shown)), "a line came twice"
    assert {name.partition("/")[2] for name in shown} == {
        "before", "second-node", "after-rotation", "last-words", "after-restart", "new-pod",
    }  # fmt: skip
    assert f"{second.name} on {nodes[1]} is gone" in ended.stderr


def test_following_a_scenario_shows_its_runs_as_they_come(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    running = replay.start("logs", "falco", "-f", "--scenario", "shell-spawn")
    with alerting(stand_in, namespace.name):
        document = replay("shell-spawn", "-o", "json").document
    stand_in.feed(alert())
    wait_for_out(running, f"{namespace.name}/{document['pod']}")
    running.signal(signal.SIGTERM)
    ended = running.end()
    assert (ended.code, pods(ended)) == (143, [f"{namespace.name}/{document['pod']}"])


def test_following_ends_when_nobody_reads_any_more(replay: Replay, stand_in: StandIn) -> None:
    running = replay.start("logs", "falco", "-f", closed=True)
    stand_in.feed(alert())
    ended = running.end()
    assert (ended.code, ended.stderr) == (0, "")


def test_who_may_not_read_the_logs_learns_which_role_to_ask_for(
    replay: Replay, stand_in: StandIn, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    env = make_user(namespace, kubeconfigs) | {"FALCO_NAMESPACE": stand_in.namespace}
    grant(stand_in, namespace, PODS)
    for words in ((), ("-f",)):
        replayed = replay("logs", "falco", *words, env=env)
        assert (replayed.code, replayed.stdout) == (20, "")
        assert replayed.stderr.count('cannot get resource "pods/log"') == 2
        assert replayed.stderr.endswith("next: ask for a Role in the detector's namespace: pods/log get\n")


def test_a_role_in_falco_s_namespace_is_enough_where_that_is_named(
    replay: Replay, stand_in: StandIn, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    env = make_user(namespace, kubeconfigs) | {"FALCO_NAMESPACE": stand_in.namespace}
    grant(stand_in, namespace, PODS, LOGS)
    stand_in.agents[0].feed(alert())
    replayed = replay("logs", "falco", env=env)
    assert (replayed.code, pods(replayed), replayed.stderr) == (0, ["shop/cart-1"], "")


def test_who_may_not_look_for_falco_is_told(
    replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    replayed = replay("logs", "falco", env=make_user(namespace, kubeconfigs))
    assert (replayed.code, replayed.stdout) == (20, "")
    assert replayed.stderr.startswith("error: The API server forbids looking for detectors.\n")


def test_where_there_is_no_falco_it_ends_20(replay: Replay) -> None:
    replayed = replay("logs", "falco")
    assert (replayed.code, replayed.stdout) == (20, "")
    assert replayed.stderr.startswith("error: There is no Falco in this cluster.\n")


@pytest.mark.parametrize(("goal", "secret"), [("logs-falco", False), ("logs-falco-raw", True)])
def test_the_targets_of_make_are_the_same(replay: Replay, stand_in: StandIn, goal: str, secret: bool) -> None:
    stand_in.feed(alert())
    replayed = replay(goal, "ARGS=--since 5m", program=MAKE)
    assert replayed.code == 0
    assert (SECRET in replayed.stdout) is secret
