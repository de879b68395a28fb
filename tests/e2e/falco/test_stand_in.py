"""The stand-in for Falco, seen by kubectl and by our own discovery."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.detection import discovery, falco_rules
from kubectl_replay.detection.falco_log import FalcoLog
from kubectl_replay.detection.line import split
from kubectl_replay.detection.timestamp import SECOND
from kubectl_replay.kubectl import Connection, Kubectl
from tests.cluster.site import find_site
from tests.e2e.falco_manifests import Kind, Shape

if TYPE_CHECKING:
    from kubectl_replay.detection.agents import Agent
    from tests.e2e.cluster import Target
    from tests.e2e.falco.conftest import Install
    from tests.e2e.stand_in import StandIn

NODE = find_site().node(1).name
LINE = "12:00:00.000000001: Notice A line of a test"


def find(target: Target, monkeypatch: pytest.MonkeyPatch) -> tuple[Agent, ...]:
    for name, value in target.environment.items():
        monkeypatch.setenv(name, value)
    found = discovery.discover(Kubectl(Connection(context=target.context)))
    assert found.failed is None
    return found.agents


def test_it_is_found_on_every_node(
    stand_in: StandIn, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert target.local
    agents = sorted(find(target, monkeypatch), key=lambda agent: agent.node)
    assert [agent.node for agent in agents] == [node.name for node in target.local.nodes]
    assert [(agent.namespace, agent.pod) for agent in agents] == [
        (agent.namespace, agent.name) for agent in stand_in.agents
    ]
    for agent in agents:
        assert agent.pod.startswith("falco-")
        assert (agent.container, agent.ready, agent.version) == ("falco", True, (0, 44, 1))
        assert (agent.owner, agent.release, agent.terminal) == ("DaemonSet/falco", "falco", False)
        assert agent.holds_output_back is False


@pytest.mark.parametrize("kind", ["Deployment", "Pod"])
def test_it_is_found_without_labels_by_its_container(
    install: Install, kind: Kind, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = Shape(version="0.40.0", kind=kind, labelled=False, ready=False, release="detector")
    install(shape)
    (agent,) = find(target, monkeypatch)
    assert agent.pod.startswith("detector")
    assert (agent.ready, agent.version, agent.holds_output_back) == (False, (0, 40, 0), True)


def test_it_starts_as_falco_does(stand_in: StandIn) -> None:
    for agent in stand_in.agents:
        lines = stand_in.kubectl_logs(agent)
        assert lines[0].partition(": ")[2].startswith("Falco version: 0.44.1 (")
        assert lines[-1].endswith("One ring buffer every '2' CPUs.")


def test_a_line_is_printed_by_the_agent_that_was_fed(stand_in: StandIn) -> None:
    first, second = stand_in.agents
    first.feed(LINE, "ünï \x1b[1m" + "x" * 40_000)
    second.feed(f"{LINE} too")
    assert stand_in.kubectl_logs(first)[-2:] == [LINE, "ünï \x1b[1m" + "x" * 40_000]
    assert stand_in.kubectl_logs(second)[-1] == f"{LINE} too"


def test_no_line_of_many_is_lost(stand_in: StandIn) -> None:
    agent = stand_in.agents[0]
    lines = [f"{LINE} {number}" for number in range(50_000)]
    agent.feed(*lines)
    assert stand_in.kubectl_logs(agent, f"--tail={len(lines)}") == lines


def test_a_rotation_leaves_only_the_new_file(stand_in: StandIn) -> None:
    agent = stand_in.agents[0]
    agent.feed(LINE)
    agent.rotate()
    assert stand_in.kubectl_logs(agent) == []
    agent.feed("the first of the new file")
    assert stand_in.kubectl_logs(agent) == ["the first of the new file"]


def test_the_kubelet_rotates_alike(stand_in: StandIn) -> None:
    agent = stand_in.agents[1]
    agent.overflow("x" * 1000)
    agent.feed("the first of the new file")
    assert stand_in.kubectl_logs(agent) == ["the first of the new file"]


def test_a_restart_moves_what_was_fed_to_the_previous_log(stand_in: StandIn) -> None:
    agent, other = stand_in.agents
    agent.feed(LINE)
    agent.restart()
    assert (agent.restarts, other.restarts) == (1, 0)
    assert LINE not in stand_in.kubectl_logs(agent)
    assert stand_in.kubectl_logs(agent)[-1].endswith("One ring buffer every '2' CPUs.")
    assert stand_in.kubectl_logs(agent, "--previous")[-1] == LINE
    agent.feed("after it")
    assert stand_in.kubectl_logs(agent)[-1] == "after it"


def test_one_that_is_told_to_end_prints_its_summary(stand_in: StandIn) -> None:
    agent = stand_in.agents[0]
    agent.restart(signum=signal.SIGTERM)
    words = [line.partition(": ")[2] for line in stand_in.kubectl_logs(agent, "--previous")]
    assert "SIGTERM received, exiting..." in words


def test_a_reload_starts_anew_in_the_same_log(stand_in: StandIn) -> None:
    agent = stand_in.agents[0]
    agent.feed(LINE)
    agent.reload()
    lines = stand_in.kubectl_logs(agent)
    assert lines.index(LINE) < next(at for at, line in enumerate(lines) if "SIGHUP received" in line)
    assert sum("Falco version: 0.44.1" in line for line in lines) == 2
    assert agent.restarts == 0


def test_it_answers_what_rules_it_has_and_how_it_is_configured(install: Install, target: Target) -> None:
    installed = install(Shape(rules=(("Drop and execute new binary in container", "Critical"),), node=NODE))
    (agent,) = installed.agents
    run = ("exec", "-n", agent.namespace, agent.name, "-c", "falco", "--")
    listed = target.kubectl(*run, "falco", "-L", "-o", "json_output=true").passed()
    (rule,) = falco_rules.parse_rules(listed)
    assert (rule.name, rule.priority) == ("Drop and execute new binary in container", "Critical")
    configuration = falco_rules.parse_configuration(target.kubectl(*run, "cat", "/etc/falco/falco.yaml").out)
    assert configuration
    assert (configuration.json, configuration.stdout, configuration.priority) == (True, True, "debug")


def test_one_with_a_terminal_prints_its_lines_unbroken(install: Install) -> None:
    installed = install(Shape(version="0.40.0", terminal=True, node=NODE))
    (agent,) = installed.agents
    lines = [f"{LINE} {number} " + "x" * 1000 for number in range(1000)]
    agent.feed(*lines)
    assert installed.kubectl_logs(agent)[-1000:] == lines


def test_one_that_was_aged_has_started_long_ago(stand_in: StandIn) -> None:
    agent = stand_in.agents[0]
    agent.feed(LINE)
    begin = time.time_ns()
    stand_in.age(3600)
    agent.feed("now")
    log = FalcoLog()
    lines = stand_in.kubectl_logs(agent, "--timestamps")
    list(log.read(lines))
    assert log.first_time
    assert 3500 * SECOND < begin - log.first_time < 3700 * SECOND
    assert (log.restarted_since(begin), log.version, log.zone) == (False, "0.44.1", 0)
    assert log.restarted_since(begin - 3700 * SECOND)
    assert split(lines[-2]).text == LINE
    last = split(lines[-1])
    assert last.stamp
    assert last.stamp > begin
