"""Falco's log as a whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.falco_log import FalcoLog, Mark
from kubectl_replay.detection.timestamp import SECOND
from tests.unit.detection import samples
from tests.unit.detection.samples import DATA, EVENT, PREFIX, RULE, STAMP, at

OWN = "Tue Nov 24 06:42:31 2026: "


def read(*lines: str) -> FalcoLog:
    log = FalcoLog()
    assert list(log.read(lines)) == []
    return log


def sample(name: str) -> list[str]:
    return (DATA / name).read_text("utf-8").splitlines()


def test_alerts_come_in_the_order_of_their_lines() -> None:
    log = FalcoLog()
    later = samples.falco_json(time="2026-11-24T06:42:32.000000000Z")
    alerts = list(log.read([later, "", samples.falco_json()]))
    assert [alert.time for alert in alerts] == [at("2026-11-24T06:42:32Z"), at(EVENT)]


def test_alerts_can_be_had_one_line_at_a_time() -> None:
    log = FalcoLog()
    assert log.feed(f"{STAMP} {OWN}Opening 'syscall' source with modern BPF probe.") is None
    alert = log.feed(samples.falco_text())
    assert alert
    assert alert.label == PREFIX


def test_the_start_up_lines_tell_what_is_loaded() -> None:
    log = read(*sample("falco-0.40-startup.log"))
    assert log.version == "0.40.0"
    assert log.rules_files == ["/etc/falco/falco_rules.yaml", "/etc/falco/rules.d/shop.yaml"]
    assert log.sources == ("syscall", "k8s_audit")
    assert log.zone == 0
    assert log.first_time == at("2026-11-24T06:31:34.1Z")
    assert log.marks == [Mark("started", at("2026-11-24T06:31:34.1Z"))]
    assert (log.mode, log.broken, log.least_priority) == (None, 0, "")


def test_an_older_falco_names_its_rules_files_one_by_one() -> None:
    own = f"{STAMP} {OWN}"
    log = read(f"{own}Falco version 0.34.1", f"{own}Loading rules from file /etc/falco/falco_rules.yaml:")
    assert (log.version, log.rules_files) == ("0.34.1", ["/etc/falco/falco_rules.yaml"])


def test_a_new_start_forgets_what_the_old_one_loaded() -> None:
    lines = sample("falco-0.40-startup.log")
    log = read(*lines, *lines)
    assert log.rules_files == ["/etc/falco/falco_rules.yaml", "/etc/falco/rules.d/shop.yaml"]


def test_the_summary_block_is_a_stop_and_no_alert() -> None:
    log = FalcoLog()
    alerts = list(log.read(sample("falco-0.44-text.log")))
    assert len(alerts) == 4
    assert log.mode == "text"
    assert log.least_priority == "Informational"
    assert log.marks == [Mark("stopped", at("2026-11-24T06:50:00.1Z"))]
    assert log.slowest == 2_000_000 - 1
    assert log.broken == 0


def test_the_mode_is_that_of_the_alerts() -> None:
    log = FalcoLog()
    assert [alert.rule for alert in log.read([samples.falco_json()])] == [RULE]
    assert (log.mode, log.slowest) == ("json", 2_000_000)


def test_what_falco_says_of_itself_is_no_alert() -> None:
    log = read(*sample("falco-0.44-internal.jsonl"))
    assert log.mode == "json"
    assert log.marks == [Mark("drops", at("2026-11-24T06:41:34.942148476Z"))]
    assert log.least_priority == ""


def test_a_drop_without_a_time_has_that_of_its_line() -> None:
    words = "Debug Falco internal: syscall event drop. 1 system calls dropped in last second."
    log = read(f"{STAMP} 09:00:00.000000000: {words}")
    assert log.marks == [Mark("drops", at(STAMP))]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("SIGINT received, exiting...", "stopped"),
        ("SIGTERM received, exiting...", "stopped"),
        ("SIGHUP received, restarting...", "reloading"),
        ("Falco version: 0.44.1 (x86_64)", "started"),
        ("Falco internal: syscall event drop. 1 system calls dropped in last second.", "drops"),
        ("Outputs queue out of memory. Drop event and continue on ...", "drops"),
    ],
)
def test_falcos_own_log_tells_what_happens_to_it(words: str, kind: str) -> None:
    log = read(f"{STAMP} {OWN}{words}")
    assert log.marks == [(kind, at(STAMP))]


def test_other_words_of_falco_mark_nothing() -> None:
    assert read(f"{STAMP} {OWN}Error: /etc/falco/rules.d/shell-rules.yaml: {RULE}").marks == []


def test_a_restart_counts_from_shortly_before_the_moment() -> None:
    log = read(f"{STAMP} {OWN}SIGHUP received, restarting...")
    assert log.restarted_since(at(STAMP))
    assert log.restarted_since(at(STAMP) + 10 * SECOND)
    assert not log.restarted_since(at(STAMP) + 10 * SECOND + 1)
    assert not log.dropped_since(0)


def test_the_last_mark_of_a_kind_is_told() -> None:
    own = f"{STAMP} {OWN}"
    log = read(f"{own}Falco version: 0.44.1", f"{own}SIGHUP received, restarting...")
    assert log.last("started") == Mark("started", at(STAMP))
    assert log.last("started", "reloading") == Mark("reloading", at(STAMP))
    assert log.last("drops") is None


def test_a_drop_counts_from_the_moment() -> None:
    log = read(sample("falco-0.44-internal.jsonl")[1])
    drop = at("2026-11-24T06:41:34.942148476Z")
    assert log.dropped_since(drop)
    assert not log.dropped_since(drop + 1)
    assert not log.restarted_since(0)


def test_what_has_no_time_may_have_happened_at_any() -> None:
    log = read(f"{OWN}SIGHUP received, restarting...", f"{OWN}Outputs queue out of memory. Drop event")
    assert log.restarted_since(at(STAMP))
    assert log.dropped_since(at(STAMP))


def test_half_a_line_is_told() -> None:
    log = read(samples.falco_json()[:-40], samples.falco_json(stamp=None)[:90])
    assert log.broken == 2


def test_the_first_line_dates_the_log() -> None:
    log = read(f"{STAMP} ", "2026-11-24T06:42:32Z x")
    assert log.first_time == at(STAMP)
    assert read("2026-11-24T06:42:31+0000: x").first_time == at("2026-11-24T06:42:31Z")
    assert read("", f"{STAMP} x").first_time == at(STAMP)


def test_falcos_own_log_tells_the_zone_of_its_alerts() -> None:
    log = FalcoLog()
    line = samples.falco_text(time="2026-11-24T08:42:31.262161661Z")
    lines = [line, f"{STAMP} Tue Nov 24 08:42:31 2026: x", line]
    assert [alert.time for alert in log.read(lines)] == [None, at(EVENT)]


def test_an_unknown_priority_is_not_the_least() -> None:
    log = FalcoLog()
    lines = [samples.falco_json(priority="Loud"), samples.falco_json(priority="Warning")]
    assert len(list(log.read(lines))) == 2
    assert log.least_priority == "Warning"


@given(st.lists(st.text()))
def test_any_log_is_read_without_a_crash(lines: list[str]) -> None:
    assert list(FalcoLog().read(lines)) == []


@given(st.text(), st.sampled_from([OWN, "06:42:31.262161661: Notice ", "{", '{"rule":"x"}']))
def test_any_end_of_a_line_is_read_without_a_crash(text: str, head: str) -> None:
    log = FalcoLog()
    assert len(list(log.read([f"{STAMP} {head}{text}"]))) <= 1
