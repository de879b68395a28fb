"""Whether an alert or a request is of this run's target."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.identity import (
    can_carry_nonce,
    is_our_request,
    is_ours,
    request_carries_nonce,
)
from tests.unit.detection.samples import (
    ALERT,
    CONTAINER,
    ID,
    NAMESPACE,
    NONCE,
    OTHER_ID,
    POD,
    RECORD,
    RUN,
    SHORT,
    TARGET,
    unnamed,
)

NOWHERE = replace(ALERT, container_id=None, container_name=None, namespace=None, pod=None)


@pytest.mark.parametrize("seen", [SHORT, ID[:13], ID[:31], ID])
def test_an_alert_with_our_containers_id_is_ours(seen: str) -> None:
    assert is_ours(replace(ALERT, container_id=seen), TARGET)


@pytest.mark.parametrize("scheme", ["", "containerd://", "cri-o://", "docker://"])
def test_the_scheme_of_an_id_does_not_matter(scheme: str) -> None:
    assert is_ours(ALERT, replace(TARGET, container_ids=(scheme + ID,)))


@pytest.mark.parametrize("seen", ["host", OTHER_ID, SHORT[:11], ID + "0", SHORT[:-1] + "0", "containerd"])
def test_an_alert_with_another_id_is_never_ours(seen: str) -> None:
    """Not even with our pod's name, our container's name and the nonce: that is what a sidecar's has."""
    assert not is_ours(replace(ALERT, container_id=seen), TARGET)


def test_an_id_that_cannot_be_compared_is_not_ours() -> None:
    assert not is_ours(ALERT, replace(TARGET, container_ids=()))
    assert not is_ours(ALERT, replace(TARGET, container_ids=("",)))


def test_a_container_that_was_restarted_has_several_ids() -> None:
    assert is_ours(replace(ALERT, container_id=OTHER_ID), replace(TARGET, container_ids=(ID, OTHER_ID)))


@pytest.mark.parametrize("name", [None, CONTAINER])
def test_without_an_id_the_pod_decides(name: str | None) -> None:
    assert is_ours(replace(unnamed(), container_name=name), TARGET)


@pytest.mark.parametrize(
    "changes",
    [
        {"container_name": "sidecar"}, {"pod": "cart"}, {"namespace": "shop"}, {"pod": None},
        {"namespace": None}, {"pod": None, "namespace": None},
    ],
)  # fmt: skip
def test_without_an_id_another_place_or_half_of_ours_is_not_enough(changes: dict[str, str | None]) -> None:
    assert not is_ours(replace(unnamed(), **changes), TARGET)  # type: ignore[arg-type] # names or None


def test_without_an_id_and_a_pod_the_nonce_decides() -> None:
    assert is_ours(NOWHERE, TARGET)
    assert is_ours(replace(NOWHERE, message=""), TARGET)
    assert not is_ours(replace(NOWHERE, message="", fields={}), TARGET)
    assert not is_ours(NOWHERE, replace(TARGET, nonce=""))


@pytest.mark.parametrize(
    "changes", [{"container_name": "sidecar"}, {"pod": "cart"}, {"namespace": "shop"}, {"pod": "host"}]
)
def test_the_nonce_does_not_outweigh_another_place(changes: dict[str, str]) -> None:
    assert not is_ours(replace(NOWHERE, **changes), TARGET)  # type: ignore[arg-type] # names


@given(st.text(min_size=1).filter(lambda seen: not ID.startswith(seen)))
def test_no_other_text_is_our_id(seen: str) -> None:
    assert not is_ours(replace(ALERT, container_id=seen), TARGET)


@pytest.mark.parametrize("key", ["proc.cmdline", "proc.pcmdline", "proc.args", "ka.uri.param[command]"])
def test_an_alert_that_shows_a_command_can_carry_the_nonce(key: str) -> None:
    assert can_carry_nonce(replace(ALERT, message="", fields={key: "sh"}), TARGET)


@pytest.mark.parametrize("words", [" | command=sh", " (cmdline=sh", " pcmdline=sh", " args=x"])
def test_text_that_shows_a_command_can_carry_the_nonce(words: str) -> None:
    assert can_carry_nonce(replace(ALERT, message=f"x{words}", fields={}), TARGET)


def test_an_alert_without_a_command_cannot_carry_the_nonce() -> None:
    silent = replace(ALERT, message="x | file=/etc/shadow", fields={"fd.name": "/x", "proc.cmdline": None})
    assert not can_carry_nonce(silent, TARGET)
    assert not can_carry_nonce(ALERT, replace(TARGET, nonce_sent=False))


def test_an_exec_into_the_target_is_ours() -> None:
    assert is_our_request(RECORD, TARGET)
    assert is_our_request(replace(RECORD, request_uri="/api"), TARGET)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "cart"}, {"namespace": "shop"}, {"name": ""},
        {"request_uri": f"/exec?command={NONCE}&container=sidecar"},
        {"request_uri": f"/exec?container=sidecar&command=container%3D{CONTAINER}"},
        {"name": f"other-{RUN}"},
    ],
)  # fmt: skip
def test_an_exec_elsewhere_is_not_ours(changes: dict[str, str]) -> None:
    assert not is_our_request(replace(RECORD, **changes), TARGET)  # type: ignore[arg-type] # texts


def test_a_command_cannot_name_another_container() -> None:
    uri = f"/exec?command=container%3Dsidecar%26container%3Dsidecar&container={CONTAINER}"
    assert is_our_request(replace(RECORD, request_uri=uri), TARGET)


LIST = replace(
    RECORD, verb="list", resource="secrets", subresource="", name="", user_agent="curl", request_uri="/api/v1"
)


def test_a_request_with_the_pods_own_token_is_ours() -> None:
    account = f"system:serviceaccount:{NAMESPACE}:default"
    assert is_our_request(replace(LIST, user=account, caller_pod=POD), TARGET)
    assert not is_our_request(replace(LIST, user=account, caller_pod="cart"), TARGET)
    assert not is_our_request(replace(LIST, user="system:serviceaccount:shop:x", caller_pod=POD), TARGET)
    assert not is_our_request(replace(LIST, user=account), TARGET)


@pytest.mark.parametrize(
    "changes", [{"request_uri": f"/api/v1?fieldManager={NONCE}"}, {"user_agent": f"kr-{NONCE}"}]
)
def test_a_request_with_the_nonce_is_ours(changes: dict[str, str]) -> None:
    record = replace(LIST, **changes)  # type: ignore[arg-type] # texts
    assert is_our_request(record, TARGET)
    assert request_carries_nonce(record, TARGET)
    assert not request_carries_nonce(record, replace(TARGET, nonce=""))


@pytest.mark.parametrize(
    ("changes", "ours"),
    [
        ({"resource": "pods", "name": POD}, True),
        ({"resource": "pods", "name": POD, "namespace": "shop"}, False),
        ({"name": f"settings-{RUN}"}, True),
        ({"name": f"settings-{RUN}", "namespace": ""}, True),
        ({"name": f"settings-{RUN}", "namespace": "shop"}, False),
        ({"name": "settings"}, False),
        ({}, False),
    ],
)
def test_an_object_of_the_run_is_ours(changes: dict[str, str], ours: bool) -> None:
    assert is_our_request(replace(LIST, **changes), TARGET) is ours  # type: ignore[arg-type] # texts


def test_a_kept_pod_has_an_earlier_runs_name() -> None:
    record = replace(LIST, resource="pods", name=POD)
    assert is_our_request(record, replace(TARGET, run="zzzzzzzz"))
    assert not is_our_request(replace(LIST, name="settings-"), replace(TARGET, run=""))
