from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.cluster import control, health
from tests.cluster.control import Programs
from tests.cluster.procfs import read_boot
from tests.cluster.state import Node
from tests.unit.cluster.test_state import CLUSTER

if TYPE_CHECKING:
    from tests.cluster.state import Cluster


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setattr(Node, "alive", True)
    monkeypatch.setattr(health, "wait_ready", lambda *_: None)
    return replace(CLUSTER, boot=read_boot(), complete=True)


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ("running", None),
        ("paused", "etcd on one is paused"),
        ("ended with code -9", "etcd on one ended with code -9"),
    ],
)
def test_a_program_that_does_not_run_is_trouble(
    words: str, trouble: str | None, running: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "ask_state", lambda *_: Programs({"etcd": words}, {}))
    assert health.find_trouble(running) == trouble


def test_a_start_that_did_not_come_to_its_end_is_trouble(
    running: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "ask_state", lambda *_: Programs({"etcd": "waiting"}, {}))
    assert health.find_trouble(replace(running, complete=False)) == "its start was interrupted"


def test_a_dead_node_is_trouble(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Node, "alive", False)
    assert health.find_trouble(running) == "the node one has ended"


def test_a_cluster_of_an_earlier_boot_is_trouble() -> None:
    assert health.find_trouble(CLUSTER) == "the machine has been started anew since"
