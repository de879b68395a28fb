"""Falco's JSON lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection import falco_json as reader
from kubectl_replay.detection.line import split
from tests.unit.detection import samples
from tests.unit.detection.samples import (
    CONTAINER,
    EVENT,
    NAMESPACE,
    NONCE,
    POD,
    PREFIX,
    RULE,
    SHORT,
    STAMP,
    at,
)

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert


def parse(line: str) -> Alert:
    alert = reader.parse(split(line))
    assert alert
    return alert


def test_an_alert_has_all_that_falco_says() -> None:
    alert = parse(samples.falco_json())
    assert (alert.source, alert.rule, alert.priority) == ("syscall", RULE, "Notice")
    assert (alert.time, alert.stamp) == (at(EVENT), at(STAMP))
    assert alert.message.startswith(f"{PREFIX} | evt_type=execve")
    assert (alert.container_id, alert.container_name) == (SHORT, CONTAINER)
    assert (alert.namespace, alert.pod) == (NAMESPACE, POD)
    assert alert.fields["proc.cmdline"] == f"sh -c : kr-{NONCE}; id"
    assert alert.raw == samples.falco_json(stamp=None)


@pytest.mark.parametrize("missing", [None, "", "<NA>"])
def test_unknown_metadata_is_absent(missing: str | None) -> None:
    line = samples.falco_json(container_id=missing, name=missing, namespace=missing, pod=missing)
    alert = parse(line)
    assert (alert.container_id, alert.container_name, alert.namespace, alert.pod) == (None,) * 4


def test_a_process_of_the_host_has_an_id() -> None:
    assert parse(samples.falco_json(container_id="host")).container_id == "host"


def test_an_alert_of_0_40_names_no_pod() -> None:
    fields = {"container.id": SHORT, "container.name": CONTAINER}
    alert = parse(samples.falco_json(output_fields=fields))
    assert (alert.container_id, alert.container_name, alert.namespace, alert.pod) == (
        SHORT, CONTAINER, None, None,
    )  # fmt: skip


def test_without_fields_the_output_says_who_it_was() -> None:
    alert = parse(samples.falco_json(output_fields=None))
    assert (alert.container_id, alert.container_name, alert.namespace, alert.pod) == (
        SHORT, CONTAINER, NAMESPACE, POD,
    )  # fmt: skip


def test_without_an_output_the_message_is_empty() -> None:
    assert parse(samples.falco_json(output=None)).message == ""


def test_an_output_without_time_and_priority_is_kept() -> None:
    assert parse(samples.falco_json(output="its own words")).message == "its own words"


@pytest.mark.parametrize("key", ["evt.time", "evt.time.iso8601"])
def test_the_time_may_stand_in_the_fields_beyond_what_a_float_holds(key: str) -> None:
    time = at(EVENT)
    assert int(float(time)) != time
    assert parse(samples.falco_json(time=EVENT, output_fields={key: time})).time == time
    line = json.dumps({"rule": RULE, "output_fields": {key: time}})
    assert parse(line).time == time


@pytest.mark.parametrize("value", [True, "1795502551262161661", 1.5, None])
def test_a_time_that_is_no_integer_is_unknown(value: object) -> None:
    assert parse(json.dumps({"rule": RULE, "output_fields": {"evt.time": value}})).time is None


def test_a_request_names_its_object_and_no_container() -> None:
    fields = {
        "ka.target.name": POD,
        "ka.target.namespace": NAMESPACE,
        "ka.target.resource": "pods",
        "ka.uri.param[command]": f"kr-{NONCE}",
    }
    alert = parse(samples.falco_json("Attach/Exec Pod", source="k8s_audit", output_fields=fields))
    assert (alert.source, alert.container_id, alert.container_name) == ("k8s_audit", None, None)
    assert (alert.namespace, alert.pod) == (NAMESPACE, POD)


def test_an_object_that_is_no_pod_names_none() -> None:
    fields = {
        "ka.target.name": POD,
        "ka.target.namespace": NAMESPACE,
        "ka.target.resource": "secrets",
    }
    alert = parse(samples.falco_json(source="k8s_audit", output_fields=fields))
    assert (alert.namespace, alert.pod) == (NAMESPACE, None)


def test_what_falco_says_of_itself_is_internal() -> None:
    rule = "Falco internal: syscall event drop"
    assert parse(samples.falco_json(rule, source="internal")).source == "internal"
    assert parse(samples.falco_json(rule, source=None)).source == "internal"


def test_an_old_falco_names_no_source() -> None:
    assert parse(samples.falco_json(source=None)).source == "syscall"


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "[]", "null", "{}", '{"rule": null}', '{"rule": ""}', '{"rule": 1}', '{"level":"info"}',
        samples.falco_json(stamp=None)[:200], "Events detected: 1",
    ],
)  # fmt: skip
def test_what_is_no_alert_is_none(line: str) -> None:
    assert reader.parse(split(line)) is None


@given(st.integers(0, 900))
def test_half_a_line_is_none(length: int) -> None:
    line = samples.falco_json(stamp=None)
    assert reader.parse(split(line[: min(length, len(line) - 1)])) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
_KEYS = ("output", "output_fields", "priority", "source", "tags", "time", "hostname")


@given(st.fixed_dictionaries({"rule": st.text(min_size=1)}, optional=dict.fromkeys(_KEYS, _JSON)))
def test_any_values_are_read_without_a_crash(found: dict[str, object]) -> None:
    assert parse(json.dumps(found)).rule == found["rule"]


@given(st.dictionaries(st.sampled_from(["container.id", "k8s.ns.name", "ka.target.name"]), _JSON), st.text())
def test_any_fields_are_read_without_a_crash(fields: dict[str, object], source: str) -> None:
    alert = parse(json.dumps({"rule": RULE, "source": source, "output_fields": fields}))
    assert alert.container_id is None or isinstance(alert.container_id, str)
