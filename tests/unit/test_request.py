"""What was asked for: the namespace, the time."""

from __future__ import annotations

import dataclasses

import pytest

from kubectl_replay.kubectl import Connection
from kubectl_replay.request import RunRequest
from tests.unit.samples import scenario


def test_nothing_is_asked_for_that_was_not_said() -> None:
    request = RunRequest()
    assert request.detection
    assert not any([request.allow_privileged, request.fast, request.keep, request.dry_run])
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.keep = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("asked", "named", "safety", "namespace"),
    [
        ("", "", "safe", "k8s-replay"),
        ("", "theirs", "safe", "theirs"),
        ("mine", "theirs", "safe", "mine"),
        ("", "theirs", "privileged", "theirs-privileged"),
        ("mine", "theirs", "privileged", "mine-privileged"),
    ],
)
def test_the_namespace_is_asked_for_or_the_scenario_s_or_ours(
    asked: str, named: str, safety: str, namespace: str
) -> None:
    request = RunRequest(Connection(namespace=asked))
    assert request.namespace(scenario(namespace=named, safety=safety)) == namespace


def test_the_time_for_an_alert_is_asked_for_or_the_scenario_s() -> None:
    assert RunRequest().detect_timeout(scenario()) == 20
    assert RunRequest(detect_seconds=0.5).detect_timeout(scenario()) == 0.5


def test_the_time_to_become_ready_is_asked_for_or_the_scenario_s() -> None:
    assert RunRequest().ready_timeout(scenario()) == 60
    assert RunRequest(ready_seconds=0.5).ready_timeout(scenario()) == 0.5
