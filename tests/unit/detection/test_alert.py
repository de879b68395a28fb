"""Alerts and requests as data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kubectl_replay.detection.alert import present
from tests.unit.detection.samples import ALERT, NONCE, OTHER_ID, PREFIX, RECORD, RULE


@pytest.mark.parametrize("value", [None, "", "<NA>"])
def test_what_falco_does_not_know_is_absent(value: object) -> None:
    assert present(value) is None


@pytest.mark.parametrize("value", ["host", "null", "0"])
def test_everything_else_says_something(value: str) -> None:
    assert present(value) == value


def test_an_alert_is_named_by_its_rule() -> None:
    assert ALERT.label == RULE


@pytest.mark.parametrize(
    "fields", [" | command=sh", " (command=sh)", " command=sh of=it", " user.name=root", ""]
)
def test_text_is_named_by_how_its_output_begins(fields: str) -> None:
    assert replace(ALERT, rule="", message=PREFIX + fields).label == PREFIX


def test_two_readings_of_one_event_are_one_alert() -> None:
    elsewhere = replace(ALERT, raw='{"hostname":"other"}', pod=None, namespace=None, stamp=None)
    assert elsewhere.key == ALERT.key


def test_alerts_differ_by_time_rule_and_container() -> None:
    others = [
        replace(ALERT, time=1),
        replace(ALERT, rule="Other"),
        replace(ALERT, container_id=OTHER_ID),
        replace(ALERT, time=None),
        replace(ALERT, time=None, raw="{ }"),
        replace(ALERT, container_id=None, raw="{  }"),
        replace(ALERT, container_id=None, raw="{   }", pod="cart"),
    ]
    assert len({ALERT.key, *(other.key for other in others)}) == 8


def test_a_word_may_stand_in_the_output_or_in_a_field() -> None:
    assert replace(ALERT, fields={}).carries(NONCE)
    assert replace(ALERT, message="").carries(NONCE)
    assert not replace(ALERT, message="", fields={"proc.cmdline": None}).carries(NONCE)
    assert not ALERT.carries("")


def test_a_request_is_named_in_short() -> None:
    assert RECORD.label == "create pods/exec"
    assert replace(RECORD, subresource="").label == "create pods"


def test_the_stages_of_a_request_are_one() -> None:
    assert replace(RECORD, stage="ResponseComplete", time=1).key == RECORD.key
    assert replace(RECORD, audit_id="").key != replace(RECORD, audit_id="", received=1).key
