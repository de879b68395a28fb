"""`doctor falco` beside a stand-in: what it finds, each with its fix, and that it changes nothing."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.audit import AuditLog
from tests.e2e.falco.looking import alert, make_user, sighting
from tests.e2e.falco.test_detection_rights import LOGS, PODS, grant
from tests.e2e.falco_lines import json_drops, text_alert
from tests.e2e.falco_manifests import CONFIGURATION, Shape
from tests.e2e.test_doctor import findings
from tests.e2e.test_make import MAKE

if TYPE_CHECKING:
    from tests.cluster.state import Cluster
    from tests.e2e.falco.conftest import Install
    from tests.e2e.gates import Gate
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay
    from tests.e2e.stand_in import StandIn

CHECKS = [
    "kubectl", "context", "server", "falco", "agent", "agent", "log", "version", "buffering",
    "event sources", "rules files", "drops", "last start", "alerts", "rules", "output", "stdout_output",
    "minimum priority", "rule_matching",
]  # fmt: skip
AT_ONCE = "alerts are printed at once"


def find(replay: Replay, check: str, env: dict[str, str | None] | None = None) -> list[dict[str, str]]:
    """Return what is found of one check."""
    return findings(replay("doctor", "falco", "-o", "json", env=env), check)


def test_a_healthy_falco_is_ok_in_everything(
    replay: Replay, stand_in: StandIn, nodes: tuple[str, str]
) -> None:
    stand_in.feed(alert())
    replayed = replay("doctor", "falco", "-o", "json")
    assert (replayed.code, replayed.stderr) == (0, "")
    found = findings(replayed)
    assert {each["status"] for each in found} == {"ok"}
    assert list(dict.fromkeys(each["check"] for each in found)) == list(dict.fromkeys(CHECKS))
    said = {each["check"]: each["message"] for each in found}
    where = f"DaemonSet/falco in the namespace {stand_in.namespace}: 2 pods"
    assert said["falco"] == f"{where}, found by the label app.kubernetes.io/name=falco"
    assert said["version"] == "0.44.1, as its start says"
    assert said["event sources"] == "syscall (modern BPF probe)"
    assert said["rules files"] == "/etc/falco/falco_rules.yaml"
    assert said["rules"].startswith("4 loaded, as `falco -L` in ")
    agents = [each["message"] for each in found if each["check"] == "agent"]
    assert agents == [
        f"{node}: {stand_in.namespace}/{stand_in.on(node).name}, 0 restarts, ready" for node in nodes
    ]


def test_text_and_document_say_the_same(replay: Replay, stand_in: StandIn) -> None:
    stand_in.feed(alert())
    document = json.loads(replay("doctor", "falco", env={"JSON": "1"}).stdout)
    text = replay("doctor", "falco").stdout.splitlines()
    about = [f"{each['check']}: {each['message']}" for each in document["findings"]]
    assert [line[8:] for line in text if "  fix: " not in line] == about


@pytest.mark.parametrize(
    ("shape", "status", "message"),
    [
        (Shape(version="0.40.0"), "fail", "Falco 0.40.0 without a terminal and without -U can print"),
        (Shape(version="0.40.0", arguments=("-U",)), "ok", f"{AT_ONCE}: Falco has the flag -U"),
        (Shape(version="0.40.0", terminal=True), "ok", f"{AT_ONCE}: Falco has a terminal"),
    ],
    ids=["neither", "flag", "terminal"],
)
def test_a_falco_that_holds_its_alerts_back_fails(
    replay: Replay, install: Install, shape: Shape, status: str, message: str
) -> None:
    install(shape)
    (found,) = find(replay, "buffering")
    assert found["status"] == status
    assert found["message"].startswith(message)


def test_text_output_cannot_name_rules(replay: Replay, stand_in: StandIn) -> None:
    stand_in.feed(text_alert(sighting()))
    (found,) = find(replay, "output")
    assert found["status"] == "warn"
    assert found["message"].startswith("text, which cannot name the rule")


SETTINGS = {
    "stdout_output": ("enabled: true", "enabled: false", "fail"),
    "minimum priority": ("priority: debug", "priority: warning", "warn"),
    "output": ("json_output: true", "json_output: false", "warn"),
    "rule_matching": ("rule_matching: first", "rule_matching: all", "ok"),
}


@pytest.mark.parametrize("check", SETTINGS)
def test_what_falco_is_told_to_do_is_read_from_its_configuration(
    replay: Replay, install: Install, check: str
) -> None:
    old, new, status = SETTINGS[check]
    install(Shape(configuration=CONFIGURATION.replace(old, new)))
    (found,) = find(replay, check)
    assert found["status"] == status


def test_a_falco_without_labels_is_found_by_its_container(replay: Replay, install: Install) -> None:
    stand_in = install(Shape(kind="Deployment", labelled=False, release="detector", container="agent"))
    (found,) = find(replay, "falco")
    where = f"Deployment/detector in the namespace {stand_in.namespace}: 1 pod"
    assert found["message"] == f"{where}, found by the container's name or image"


def test_a_node_without_an_agent_and_one_whose_agent_is_not_ready_are_named(
    replay: Replay, install: Install, nodes: tuple[str, str]
) -> None:
    install(Shape(node=nodes[1], ready=False))
    without, waiting = find(replay, "agent")
    assert (without["status"], waiting["status"]) == ("warn", "fail")
    assert without["message"] == f"{nodes[0]}: none, so nothing that happens there is seen"
    assert waiting["message"].endswith("not ready")


def test_losses_reloads_and_restarts_are_told_with_their_nodes(
    replay: Replay, stand_in: StandIn, nodes: tuple[str, str]
) -> None:
    first, second = (stand_in.on(node) for node in nodes)
    first.feed(json_drops(time.time_ns(), node=first.node))
    first.reload()
    second.restart()
    drops = {each["status"]: each["message"] for each in find(replay, "drops")}
    assert drops["warn"].startswith(f"{nodes[0]}: the last one at 20")
    assert drops["ok"].startswith(f"{nodes[1]}: none since 20")
    starts = [each["message"] for each in find(replay, "last start")]
    assert starts[0].startswith(f"{nodes[0]}: its rules were loaded anew at 20")
    assert starts[1].startswith(f"{nodes[1]}: it started at 20")
    assert ", 1 restart, the last time ended 137 (" in find(replay, "agent")[1]["message"]


def test_a_log_that_was_rotated_tells_no_start_and_the_tag_tells_the_version(
    replay: Replay, stand_in: StandIn
) -> None:
    stand_in.rotate()
    stand_in.feed(alert())
    found = findings(replay("doctor", "falco", "-o", "json"))
    said = {each["check"]: (each["status"], each["message"]) for each in found}
    assert said["version"] == ("ok", "0.44.1, as the image's tag says")
    assert said["event sources"] == ("warn", "not made: its log does not reach back to its start")


def test_where_there_is_none_it_fails_with_the_way_to_have_one(replay: Replay) -> None:
    (found,) = find(replay, "falco")
    assert found["status"] == "fail"
    assert found["fix"] == "install it: `kubectl replay setup falco`"


def test_who_may_not_look_learns_which_role_to_ask_for(
    replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    env = make_user(namespace, kubeconfigs)
    (found,) = find(replay, "falco", env)
    assert found["status"] == "fail"
    assert 'cannot list resource "pods"' in found["message"]
    assert "pods get, list and pods/log get" in found["fix"]


def test_what_a_user_may_not_ask_was_not_looked_at_and_the_rest_was(
    replay: Replay, stand_in: StandIn, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    env = make_user(namespace, kubeconfigs)
    grant(stand_in, namespace, PODS, LOGS)
    stand_in.feed(alert())
    replayed = replay("doctor", "falco", "-o", "json", env=env | {"FALCO_NAMESPACE": stand_in.namespace})
    said = {each["check"]: each for each in findings(replayed)}
    assert replayed.code == 0
    for check in ("rules", "minimum priority", "rule_matching"):
        assert said[check]["message"].startswith("not made: ")
        assert 'cannot create resource "pods/exec"' in said[check]["message"]
        assert (
            said[check]["fix"]
            == f"ask for a Role in the namespace {stand_in.namespace}: pods/exec create, get"
        )
    assert (said["output"]["status"], said["alerts"]["status"]) == ("ok", "ok")


def test_after_a_refusal_of_the_guard_the_server_is_asked_nothing(
    replay: Replay, kubeconfigs: Kubeconfigs, gate: Gate
) -> None:
    replayed = replay("doctor", "falco", "-o", "json", env=gate.build() | kubeconfigs(context="acme-prod"))
    (found,) = findings(replayed, "falco")
    assert (replayed.code, found["message"]) == (20, "not made: context stands in the way")
    assert sorted(gate.calls) == ["config view -o json", "version --client -o json"]


def test_nothing_is_changed(replay: Replay, stand_in: StandIn, local: Cluster) -> None:
    audit = AuditLog(local.audit_log, stand_in.namespace)
    assert replay("doctor", "falco").code == 0
    assert {call.split()[0] for call in audit.calls()} <= {"get", "list", "create"}
    assert {call for call in audit.calls() if call.startswith("create")} <= {"create pods/exec"}


def test_the_target_of_make_is_the_same(replay: Replay, stand_in: StandIn) -> None:
    replayed = replay("doctor-falco", program=MAKE)
    assert replayed.code == 0
    assert f"in the namespace {stand_in.namespace}: 2 pods" in replayed.stdout
