"""The stand-in for Falco alerts on real commands in real pods, in lines that our own readers understand."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from kubectl_replay.detection import falco_json, falco_text
from kubectl_replay.detection.line import split
from tests.e2e.alerting import silence
from tests.e2e.falco_lines import text_alert
from tests.e2e.falco_rules import changed, stock
from tests.e2e.programs import run_on_terminal
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert
    from tests.e2e.falco.conftest import Alerts
    from tests.e2e.falco_lines import Sighting
    from tests.e2e.namespaces import Namespace
    from tests.e2e.stand_in import StandIn

RULE = "Terminal shell in container"
SHELL = ("sh", "-c", ": kr-abc; printf '%s\\n' 'a b'; id")


def start_pod(namespace: Namespace, node: str) -> str:
    """Run a pod that sleeps; returns its container's id."""
    namespace.create()
    spec = {
        "nodeName": node,
        "terminationGracePeriodSeconds": 0,
        "containers": [{"name": "target", "image": "busybox:1.36", "command": ["sleep", "600"]}],
    }
    namespace.kubectl("create", "-f", "-", stdin=json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "target"}, "spec": spec,
    })).passed()  # fmt: skip
    namespace.kubectl("wait", "--for=condition=Ready", "pod/target", "--timeout=60s").passed()
    (pod,) = namespace.pods
    return str(pod["status"]["containerStatuses"][0]["containerID"]).removeprefix("containerd://")


def type_shell(namespace: Namespace) -> None:
    """Run a shell on a terminal in the pod."""
    argv = ("kubectl", "-n", namespace.name, "exec", "-it", "target", "--", *SHELL)
    assert run_on_terminal(argv, namespace.target.environment, "").code == 0


def alerts_of(stand_in: StandIn, node: str) -> list[Alert]:
    """All alerts in the log of an agent, read as the product reads them."""
    lines = map(split, stand_in.kubectl_logs(stand_in.on(node), "--timestamps"))
    found = [falco_json.parse(line) or falco_text.parse(line) for line in lines]
    return [alert for alert in found if alert]


def test_a_shell_with_a_terminal_raises_the_alert_on_its_node_alone(
    stand_in: StandIn, namespace: Namespace, alerts: Alerts
) -> None:
    here, there = (agent.node for agent in stand_in.agents)
    container = start_pod(namespace, there)
    before = time.time_ns()
    with alerts() as watcher:
        type_shell(namespace)
        namespace.kubectl("exec", "target", "--", "sh", "-c", "true").passed()
        until(lambda: len(watcher.seen) == 2 and alerts_of(stand_in, there), "the alert")
    (alert,) = alerts_of(stand_in, there)
    assert alerts_of(stand_in, here) == []
    assert (alert.rule, alert.priority, alert.source) == (RULE, "Notice", "syscall")
    assert (alert.container_id, alert.container_name) == (container[:12], "target")
    assert (alert.namespace, alert.pod) == (namespace.name, "target")
    assert alert.fields["proc.cmdline"] == " ".join(SHELL)
    assert alert.time
    assert alert.stamp
    assert before < alert.time < alert.stamp < time.time_ns()
    namespace.remove()


def test_what_is_printed_is_the_answers_affair(
    stand_in: StandIn, namespace: Namespace, alerts: Alerts
) -> None:
    node = stand_in.agents[0].node
    start_pod(namespace, node)
    for number, answer in enumerate((silence, changed(rule="Another"), lambda seen: [text_alert(seen)]), 1):
        with alerts(answer) as watcher:
            type_shell(namespace)
            until(lambda: watcher.seen, "the command")
        assert len(alerts_of(stand_in, node)) == number - 1
    another, text = alerts_of(stand_in, node)
    assert (another.rule, text.rule) == ("Another", "")
    assert text.label == "A shell was spawned in a container with an attached terminal"
    assert text.container_id == another.container_id
    namespace.remove()


def test_an_alert_may_come_late(stand_in: StandIn, namespace: Namespace, alerts: Alerts) -> None:
    node = stand_in.agents[0].node
    start_pod(namespace, node)
    with alerts(delay=1.0):
        type_shell(namespace)
        until(lambda: alerts_of(stand_in, node), "the alert")
    (alert,) = alerts_of(stand_in, node)
    assert alert.time
    assert alert.stamp
    assert 1_000_000_000 < alert.stamp - alert.time < 4_000_000_000
    namespace.remove()


def test_the_start_of_a_container_is_seen_where_it_is_asked_for(
    stand_in: StandIn, namespace: Namespace, alerts: Alerts
) -> None:
    def answer(seen: Sighting) -> list[str]:
        return [text_alert(seen)] if seen.started else []

    node = stand_in.agents[0].node
    with alerts(answer, starts=True) as watcher:
        container = start_pod(namespace, node)
        until(lambda: alerts_of(stand_in, node), "the alert")
    assert [seen.cmdline for seen in watcher.seen] == ["sleep 600"]
    assert [alert.container_id for alert in alerts_of(stand_in, node)] == [container[:12]]
    namespace.remove()


def test_a_stock_falco_alerts_on_a_link_to_a_sensitive_file_too(
    stand_in: StandIn, namespace: Namespace, alerts: Alerts
) -> None:
    node = stand_in.agents[0].node
    start_pod(namespace, node)
    with alerts(stock):
        namespace.kubectl("exec", "target", "--", "ln", "-sf", "/etc/shadow", "/it").passed()
        until(lambda: alerts_of(stand_in, node), "the alert")
    (alert,) = alerts_of(stand_in, node)
    assert alert.rule == "Create Symlink Over Sensitive Files"
    assert alert.message.startswith(
        "Symlinks created over sensitive files | target=/etc/shadow linkpath=/it evt_type=symlink"
    )
    namespace.remove()
