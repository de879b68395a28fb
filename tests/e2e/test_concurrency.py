"""Runs side by side never touch one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay


@pytest.mark.parametrize("runs", [2, 5])
def test_runs_of_one_scenario_side_by_side_in_a_namespace_that_none_of_them_finds(
    replay: Replay, namespace: Namespace, runs: int
) -> None:
    started = [replay.start("shell-spawn", "-o", "json") for _ in range(runs)]
    ended = [running.end() for running in started]
    assert [replayed.code for replayed in ended] == [10] * runs, [replayed.stderr for replayed in ended]
    documents = [replayed.document for replayed in ended]
    assert len({document["pod"] for document in documents}) == runs
    assert {document["cleanup"]["status"] for document in documents} == {"clean"}
    assert namespace.left() == []
    assert namespace.labels == {"app.kubernetes.io/managed-by": "kubectl-replay"}


def test_a_run_removes_nothing_of_a_run_beside_it(replay: Replay, namespace: Namespace) -> None:
    kept = replay("shell-spawn", "--keep", "-o", "json").document
    assert kept["cleanup"]["status"] == "kept"
    assert replay("shell-spawn").code == 10
    assert namespace.left() == [f"pods/{kept['pod']}"]
    namespace.kubectl("delete", "pod", kept["pod"]).passed()
