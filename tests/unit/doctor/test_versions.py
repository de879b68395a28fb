"""How versions are read and compared."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.doctor.finding import Finding, Status
from kubectl_replay.doctor.versions import Version, examine_kubectl, examine_server, examine_skew, parse
from tests.unit.samples import answer

INSTALL = "install kubectl 1.24 or later: https://kubernetes.io/docs/tasks/tools/"


def told(major: str, minor: str, side: str = "clientVersion") -> str:
    return json.dumps({side: {"major": major, "minor": minor, "gitVersion": "v0.0.0-master"}})


@pytest.mark.parametrize(
    ("minor", "read"), [("32", 32), ("32+", 32), ("9", 9), ("+", None), ("", None), ("x3", None)]
)
def test_what_vendors_add_to_the_minor_version_does_not_count(minor: str, read: int | None) -> None:
    assert parse(told("1", minor), "clientVersion") == (read and Version(1, read))


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "null", "{}", '{"clientVersion": null}'])
def test_what_is_no_version_is_none(text: str) -> None:
    assert parse(text, "clientVersion") is None


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)))
def test_no_document_is_too_strange_to_be_read(document: object) -> None:
    for text in (json.dumps(document), json.dumps({"serverVersion": document})):
        assert parse(text, "serverVersion") is None


def test_the_other_side_s_version_is_not_taken() -> None:
    assert parse(told("1", "32"), "serverVersion") is None


def test_a_kubectl_that_is_new_enough_is_ok() -> None:
    found = examine_kubectl(lambda: answer(told("1", "24")))
    assert found == (Finding("kubectl", Status.OK, "version 1.24"), Version(1, 24))


def test_a_kubectl_that_is_too_old_fails() -> None:
    message = "version 1.23, and 1.24 is the oldest that works"
    found = examine_kubectl(lambda: answer(told("1", "23+")))
    assert found == (Finding("kubectl", Status.FAIL, message, INSTALL), Version(1, 23))


def test_a_kubectl_that_does_not_say_its_version_is_a_warning() -> None:
    found = examine_kubectl(lambda: answer(err="error: broken\n", code=1))
    message = "not made: error: broken"
    assert found == (Finding("kubectl", Status.WARN, message, "try `kubectl version --client`"), None)


@pytest.mark.parametrize(
    ("version", "status", "message"),
    [
        (Version(1, 24), Status.OK, "it answers, version 1.24"),
        (Version(2, 0), Status.OK, "it answers, version 2.0"),
        (Version(1, 23), Status.FAIL, "it answers, version 1.23, and 1.24 is the oldest that works"),
    ],
)
def test_a_server_is_new_enough_from_1_24_on(version: Version, status: Status, message: str) -> None:
    fix = "" if status is Status.OK else "upgrade the cluster to 1.24 or later"
    assert examine_server(version) == Finding("server", status, message, fix)


@pytest.mark.parametrize("minor", [35, 36, 37])
def test_one_minor_version_apart_is_ok_in_either_direction(minor: int) -> None:
    message = f"kubectl 1.{minor}, server 1.36"
    found = examine_skew(Version(1, minor), Version(1, 36))
    assert found == Finding("version skew", Status.OK, message)


@pytest.mark.parametrize("client", [Version(1, 34), Version(1, 38), Version(2, 36)])
def test_more_than_one_minor_version_apart_is_a_warning(client: Version) -> None:
    message = f"kubectl {client}, server 1.36: more than one minor version apart, which nobody supports"
    found = examine_skew(client, Version(1, 36))
    assert found == Finding("version skew", Status.WARN, message, "install kubectl 1.36")


@pytest.mark.parametrize(
    ("client", "server", "side"),
    [(None, Version(1, 36), "kubectl"), (Version(1, 36), None, "the server"), (None, None, "kubectl")],
)
def test_a_version_that_is_not_known_cannot_be_compared(
    client: Version | None, server: Version | None, side: str
) -> None:
    message = f"not made: the version of {side} is not known"
    found = examine_skew(client, server)
    assert found == Finding("version skew", Status.WARN, message, "try `kubectl version`")
