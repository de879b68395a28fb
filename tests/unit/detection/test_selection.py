"""Alerts of the pods of certain runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.selection import Selection, containers
from tests.unit.detection.samples import ALERT, ID, NAMESPACE, SHORT

RUN = "bcdfghjk"
HERE = frozenset({NAMESPACE})
SHELL = Selection(HERE, frozenset({"kr-shell", "kr-sink"}))


def judge(selection: Selection, **changes: Any) -> bool | None:  # noqa: ANN401 - the fields of an alert
    return selection.judge(replace(ALERT, **changes))


@pytest.mark.parametrize(
    ("pod", "ours"),
    [
        (f"kr-shell-{RUN}", True),
        (f"kr-sink-{RUN}", True),
        (f"kr-sink-{RUN}-5c9d8-x7k2p", True),
        ("kr-shell", False),
        (f"kr-shell-{RUN}x", False),
        ("kr-shell-sink-bcdfghjk", False),
        ("kr-shell-shopping", False),
        (f"my-kr-shell-{RUN}", False),
    ],
)
def test_a_pod_of_a_scenario_has_its_name_and_a_run_s_id(pod: str, ours: bool) -> None:
    assert judge(SHELL, pod=pod) is ours


@pytest.mark.parametrize(
    ("pod", "ours"),
    [
        (f"anything-{RUN}", True),
        (f"anything-{RUN}-5c9d8", True),
        ("anything-bcdfghjl", False),
        (RUN, False),
        (f"-{RUN}", False),
    ],
)
def test_a_pod_of_a_run_has_its_id(pod: str, ours: bool) -> None:
    assert judge(Selection(HERE, run=RUN), pod=pod) is ours


def test_a_scenario_and_a_run_must_both_fit() -> None:
    both = replace(SHELL, run=RUN)
    assert judge(both, pod=f"kr-shell-{RUN}") is True
    assert judge(both, pod="kr-shell-bcdfghjl") is False
    assert judge(both, pod=f"other-{RUN}") is False


def test_the_same_name_in_another_namespace_is_another_pod() -> None:
    assert judge(SHELL, pod=f"kr-shell-{RUN}", namespace="shop") is False
    assert judge(SHELL, pod=f"kr-shell-{RUN}", namespace=None) is True
    assert judge(SHELL, pod=None, namespace="shop") is False


def test_a_container_that_exists_is_enough() -> None:
    known = replace(SHELL, containers=frozenset({f"containerd://{ID}"}))
    assert judge(known, container_id=SHORT, namespace=None, pod=None) is True
    assert judge(known, container_id=SHORT[:6], namespace=None, pod=None) is None
    assert judge(known, container_id="0ddba11dad99", namespace=None, pod=None) is None


def test_what_says_neither_pod_nor_known_container_cannot_be_told() -> None:
    assert judge(SHELL, pod=None, namespace=None) is None
    assert judge(SHELL, pod=None, namespace=None, container_id=None) is None
    assert judge(SHELL, pod=None, namespace=None, container_id="host") is False


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_name_is_taken_for_a_pattern(name: str, other: str) -> None:
    wanted = Selection(HERE, frozenset({name}), RUN)
    assert judge(wanted, pod=f"{name}-{RUN}") is True
    assert judge(wanted, pod=f"{other}-{RUN}") is (other == name or other.startswith(f"{name}-{RUN}-"))


def test_all_containers_of_a_pod_are_known_by_their_ids() -> None:
    pods = [
        {
            "status": {
                "containerStatuses": [{"containerID": "containerd://one"}, {"name": "waits"}],
                "initContainerStatuses": [{"containerID": "containerd://two"}],
            }
        },
        {"status": {"ephemeralContainerStatuses": [{"containerID": "docker://three"}]}},
        {},
    ]
    assert containers(pods) == {"containerd://one", "containerd://two", "docker://three"}
