"""Falco's text lines, of both generations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection import falco_text as reader
from kubectl_replay.detection.line import split
from kubectl_replay.detection.timestamp import SECOND
from tests.unit.detection import samples
from tests.unit.detection.samples import (
    CONTAINER,
    DATA,
    EVENT,
    ID,
    NAMESPACE,
    OTHER_ID,
    POD,
    PREFIX,
    SHORT,
    STAMP,
    at,
)

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert

OURS = (SHORT, CONTAINER, NAMESPACE, POD)


def parse(line: str) -> Alert:
    alert = reader.parse(split(line))
    assert alert
    return alert


def who(alert: Alert) -> tuple[str | None, str | None, str | None, str | None]:
    return (alert.container_id, alert.container_name, alert.namespace, alert.pod)


def test_an_alert_has_all_that_falco_says_but_the_rule() -> None:
    alert = parse(samples.falco_text())
    assert (alert.source, alert.rule, alert.priority) == ("syscall", "", "Notice")
    assert (alert.time, alert.stamp) == (at(EVENT), at(STAMP))
    assert alert.message.startswith(f"{PREFIX} | ")
    assert who(alert) == OURS


def test_falco_0_40_ends_its_line_with_the_container() -> None:
    assert who(parse(samples.falco_text_0_40())) == (SHORT, CONTAINER, None, None)


def test_falco_0_40_with_pk_ends_its_line_with_the_pod() -> None:
    line = samples.falco_text_0_40(metadata=f" k8s_ns={NAMESPACE} k8s_pod_name={POD}")
    assert who(parse(line)) == OURS


def test_an_older_falco_writes_dots_and_calls_the_id_container() -> None:
    line = f"{EVENT[11:29]}: Notice {PREFIX} (user=root k8s.ns={NAMESPACE} k8s.pod={POD} container={SHORT})"
    assert who(parse(f"{STAMP} {line}")) == (SHORT, None, NAMESPACE, POD)


@pytest.mark.parametrize("missing", ["", "<NA>"])
def test_unknown_metadata_is_absent(missing: str) -> None:
    line = samples.falco_text(container_id=missing, name=missing, namespace=missing, pod=missing)
    assert who(parse(line)) == (None,) * 4


def test_a_process_of_the_host_has_an_id() -> None:
    line = samples.falco_text(container_id="host", name="host", namespace="<NA>", pod="<NA>")
    assert who(parse(line)) == ("host", "host", None, None)


FORGED = f"sh -c container_id={SHORT} container_name={CONTAINER} k8s_pod_name={POD} k8s_ns_name={NAMESPACE}"


def test_a_command_cannot_forge_who_it_was() -> None:
    line = samples.falco_text(command=FORGED, container_id=OTHER_ID, name="app", namespace="shop", pod="cart")
    assert who(parse(line)) == (OTHER_ID, "app", "shop", "cart")


def test_a_command_cannot_forge_what_falco_does_not_know() -> None:
    line = samples.falco_text_0_40(
        command=f"sh -c k8s_ns={NAMESPACE} k8s_pod_name={POD} k8s.pod={POD} container={SHORT}",
        container_id="<NA>",
        name="<NA>",
    )
    assert who(parse(line)) == (None,) * 4


def test_a_request_names_its_object() -> None:
    body = f"Attach/Exec to pod | user=jane pod={POD} resource=pods ns={NAMESPACE} action=exec command=sh"
    alert = parse(f"{STAMP} {EVENT[11:29]}: Notice {body}")
    assert alert.source == "k8s_audit"
    assert who(alert) == (None, None, NAMESPACE, POD)


def test_the_words_of_a_request_cannot_forge_its_object() -> None:
    body = f"Attach/Exec to pod (user=jane pod=cart resource=pods ns=shop action=exec command=sh pod={POD}"
    alert = parse(f"{STAMP} {EVENT[11:29]}: Notice {body} ns={NAMESPACE})")
    assert who(alert) == (None,) * 4


@pytest.mark.parametrize("line", ["Falco internal: syscall event drop. 1", "Falco metrics snapshot"])
def test_what_falco_says_of_itself_is_internal(line: str) -> None:
    assert parse(f"{STAMP} 06:42:31.262161661: Debug {line}").source == "internal"


@pytest.mark.parametrize("zone", ["+0000", "Z"])
def test_the_iso_option_gives_the_day(zone: str) -> None:
    line = samples.falco_text(stamp=None).removeprefix(EVENT[11:29])
    assert parse(f"{EVENT[:-1]}{zone}{line}").time == at(EVENT)
    assert parse(f"2026-11-24T08:42:31.262161661+0200{line}").time == at(EVENT)


def test_without_a_day_and_a_stamp_the_time_is_unknown() -> None:
    assert parse(samples.falco_text(stamp=None)).time is None


def test_midnight_may_lie_between_an_event_and_its_line() -> None:
    line = samples.falco_text(time="2026-11-23T23:59:59.999000000Z", stamp="2026-11-24T00:00:00.001Z")
    assert parse(line).time == at("2026-11-23T23:59:59.999Z")
    line = samples.falco_text(time="2026-11-24T00:00:00.001000000Z", stamp="2026-11-23T23:59:59.999Z")
    assert parse(line).time == at("2026-11-24T00:00:00.001Z")


def test_a_local_clock_needs_its_zone() -> None:
    line = split(samples.falco_text(time="2026-11-24T08:42:31.262161661Z"))
    blind, told = reader.parse(line), reader.parse(line, 7200 * SECOND)
    assert blind
    assert blind.time is None
    assert told
    assert told.time == at(EVENT)


def test_a_long_line_is_mended() -> None:
    line = samples.falco_text(command="x" * 9000)
    cut = line.index(SHORT) + 4
    assert who(parse(f"{line[:cut]}{STAMP} {line[cut:]}")) == OURS


@pytest.mark.parametrize("priority", reader.PRIORITIES)
def test_every_priority_is_read(priority: str) -> None:
    assert parse(f"{STAMP} 06:42:31.262161661: {priority} x").priority == priority


@pytest.mark.parametrize(
    "line",
    [
        "",
        "06:42:31.262161661: ",
        "06:42:31.262161661: Notice ",
        "06:42:31.262161661: Info x",
        "06:42:31: Notice x",
        "2026-11-24T06:42:31+0000: SIGINT received, exiting...",
        "Tue Nov 24 06:42:31 2026: Error: /etc/falco/rules.d/shell-rules.yaml: invalid",
        "Events detected: 2",
        "   NOTICE: 2",
        f"   {PREFIX}: 2",
    ],
)
def test_what_is_no_alert_is_none(line: str) -> None:
    assert reader.parse(split(f"{STAMP} {line}")) is None


@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert reader.parse(split(text)) is None
    alert = reader.parse(split(f"{STAMP} 06:42:31.262161661: Notice x{text}"))
    assert alert is None or alert.priority == "Notice"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")))
def test_no_command_changes_who_it_was(command: str) -> None:
    assert who(parse(samples.falco_text(command=command))) == OURS


@given(st.integers(0, 400))
def test_half_a_line_is_never_another_container(length: int) -> None:
    alert = reader.parse(split(samples.falco_text()[:length]))
    assert alert is None or alert.container_id is None or ID.startswith(alert.container_id)


@pytest.mark.parametrize("generation", ["0.40", "0.44"])
def test_every_line_of_the_samples_is_of_a_container(generation: str) -> None:
    lines = (DATA / f"falco-{generation}-text.log").read_text("utf-8").splitlines()
    alerts = [alert for line in lines if (alert := reader.parse(split(line)))]
    assert len(alerts) >= 4
    assert all(alert.container_id and alert.time for alert in alerts)
