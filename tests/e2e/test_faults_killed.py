"""A run that is killed with no chance to clean up: its pod ends by its deadline, and others remove it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.api import Object
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

DEADLINE_SECONDS = 1 + 2 + 3 + 120
"""The timeouts of the scenario, and leeway."""


@pytest.fixture
def words(draft: Draft) -> tuple[str, ...]:
    draft.scenario["timeouts"] = {"ready_seconds": 1, "trigger_seconds": 2, "detect_seconds": 3}
    return draft.write()


def kill(replay: Replay, namespace: Namespace, temporary: Path, *words: str) -> Object:
    """Kill a run, and not its children, as soon as its pod exists; return the pod."""
    running = replay.start(*words, "--ready-timeout", "1", env={"TMPDIR": str(temporary)})
    running.wait_for("deploy     PASS")
    running.signal(signal.SIGKILL)
    assert running.child.end().code == -signal.SIGKILL
    running.discard()
    (pod,) = namespace.pods
    assert pod["spec"]["activeDeadlineSeconds"] == DEADLINE_SECONDS
    return pod


def let_time_pass(namespace: Namespace, pod: Object) -> None:
    """Bring the pod's deadline near: Kubernetes lets it be shortened, and the kubelet keeps it."""
    name = pod["metadata"]["name"]
    patch = ("--type=merge", "-p", '{"spec": {"activeDeadlineSeconds": 1}}')
    namespace.kubectl("patch", "pod", name, *patch).passed()
    until(lambda: "DeadlineExceeded" in str(namespace.pods), "the kubelet to end the pod")


def test_a_later_run_removes_what_the_deadline_ended(
    replay: Replay, namespace: Namespace, words: tuple[str, ...], tmp_path: Path
) -> None:
    let_time_pass(namespace, kill(replay, namespace, tmp_path, *words))
    replayed = replay(*words, "--ready-timeout", "60", "-o", "json")
    assert (replayed.code, replayed.document["cleanup"]["status"]) == (10, "clean")
    until(lambda: not namespace.left(), "the pod of the killed run to go")


def test_a_later_run_lets_a_pod_live_whose_deadline_is_not_over(
    replay: Replay, namespace: Namespace, words: tuple[str, ...], tmp_path: Path
) -> None:
    pod = kill(replay, namespace, tmp_path, *words)
    name = pod["metadata"]["name"]
    assert replay(*words, "--ready-timeout", "60").code == 10
    assert namespace.left() == [f"pods/{name}"]
    alive = replay("cleanup", *words)
    run = pod["metadata"]["labels"]["kubectl-replay/run"]
    assert (alive.code, alive.stdout) == (
        20,
        f"live      run {run} of probe: pod/{name} (--force removes it)\n",
    )
    assert replay("cleanup", *words, "--force").code == 0


def test_cleanup_removes_what_the_deadline_ended(
    replay: Replay, namespace: Namespace, words: tuple[str, ...], tmp_path: Path
) -> None:
    pod = kill(replay, namespace, tmp_path, *words)
    let_time_pass(namespace, pod)
    assert replay("cleanup", "shell-spawn").stdout == f"Nothing to remove in {namespace.name}.\n"
    cleaned = replay("cleanup", *words)
    run = pod["metadata"]["labels"]["kubectl-replay/run"]
    removed = f"removed   run {run} of probe: pod/{pod['metadata']['name']}\n"
    assert (cleaned.code, cleaned.stdout) == (0, removed)
    assert namespace.left() == []
