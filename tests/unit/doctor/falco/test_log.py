"""What the logs of agents tell."""

from __future__ import annotations

import pytest

from kubectl_replay.doctor.falco import log
from kubectl_replay.doctor.finding import Finding, Status, ok
from tests.unit.detection.samples import falco_json
from tests.unit.doctor.falco.samples import OWN, START, reading
from tests.unit.samples import answer, refused

DENIED = (
    'Error from server (Forbidden): pods "falco-a" is forbidden: User "x" cannot get resource "pods/log"\n'
)
SINCE = "since 2026-11-24T06:00:00Z"
ALERT = falco_json()
DROP = f"{OWN}Falco internal: syscall event drop. 1 system calls dropped in last second."
RELOAD = f"{OWN}SIGHUP received, restarting..."


def test_a_log_that_was_read_is_ok() -> None:
    assert log.judge_log(reading(*START)) == ok("log", "it can be read")


def test_a_log_that_nobody_may_read_fails_with_the_role_to_ask_for() -> None:
    found = log.judge_log(reading(end=refused(DENIED)))
    assert found == Finding(
        "log",
        Status.FAIL,
        f"this user may not read it: {DENIED.strip()}",
        "ask for a Role in the detector's namespace: pods/log get",
    )


def test_a_log_that_could_not_be_read_was_not_looked_at() -> None:
    found = log.judge_log(reading(end=answer(err="error: lost\n", code=1)))
    assert found == Finding(
        "log", Status.WARN, "not made: it could not be read: error: lost", "run this again"
    )


def test_drops_are_told_with_the_time_of_the_last() -> None:
    assert log.judge_drops(reading(*START)) == ok("drops", f"none {SINCE}")
    assert log.judge_drops(reading()) == ok("drops", "none")
    lost = log.judge_drops(reading(*START, DROP))
    assert (lost.status, lost.message) == (Status.WARN, "the last one at 2026-11-24T06:00:00Z")
    assert "buf_size_preset" in lost.fix
    assert log.judge_drops(reading(DROP.partition(" ")[2])).message == "the last one at an unknown time"


@pytest.mark.parametrize(
    ("lines", "status", "message"),
    [
        (START, Status.OK, "it started at 2026-11-24T06:00:00Z"),
        ((*START, RELOAD, *START), Status.OK, "its rules were loaded anew at 2026-11-24T06:00:00Z"),
        ((*START, RELOAD), Status.WARN, "it stopped at 2026-11-24T06:00:00Z and has not started again"),
        ((f"{OWN}anything",), Status.OK, f"not in its log {SINCE}"),
    ],
)
def test_the_last_start_or_reload_is_told(lines: tuple[str, ...], status: Status, message: str) -> None:
    found = log.judge_start(reading(*lines))
    assert (found.status, found.message) == (status, message)


def test_alerts_are_counted_and_none_is_a_warning() -> None:
    silent = log.judge_alerts(reading(*START))
    assert silent.status is Status.WARN
    assert silent.message == f"none {SINCE}, so nothing shows that alerts are printed there"
    assert "--canary" in silent.fix
    last = "the last one at 2026-11-24T06:42:31Z"
    assert log.judge_alerts(reading(*START, ALERT)) == ok("alerts", f"1 alert {SINCE}, {last}")
    assert log.judge_alerts(reading(*START, ALERT, ALERT)) == ok("alerts", f"2 alerts {SINCE}, {last}")


def test_what_falco_says_of_itself_is_no_alert() -> None:
    assert log.judge_alerts(reading(*START, DROP)).status is Status.WARN


def test_agents_that_agree_are_said_once_and_others_by_their_nodes() -> None:
    found = [*log.examine([reading(*START, ALERT), reading(*START, ALERT, DROP, node="node-b")])]
    assert [(each.check, each.message.partition(":")[0]) for each in found if each.check == "drops"] == [
        ("drops", "node-a"),
        ("drops", "node-b"),
    ]
    assert [each.check for each in found if each.check != "drops"] == [
        "log", "version", "buffering", "event sources", "rules files", "last start", "alerts",
    ]  # fmt: skip


def test_two_agents_of_one_node_are_known_by_their_pods() -> None:
    both = [reading(*START), reading(*START, DROP, pod="falco-k8saudit")]
    found = [each.message for each in log.examine(both) if each.check == "drops"]
    assert [message.partition(":")[0] for message in found] == ["falco/falco-a", "falco/falco-k8saudit"]


def test_of_a_log_that_was_not_read_only_what_the_pod_tells_is_said() -> None:
    found = [*log.examine([reading(end=refused(DENIED))])]
    assert [(each.check, each.status) for each in found] == [
        ("log", Status.FAIL),
        ("version", Status.OK),
        ("buffering", Status.OK),
    ]
