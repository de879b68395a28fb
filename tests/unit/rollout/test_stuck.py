"""Agents that are not ready, and what is in their way."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_replay.reasons import Reason
from kubectl_replay.rollout.state import read
from kubectl_replay.rollout.stuck import Stuck
from tests.unit.rollout.test_state import agent, daemons
from tests.unit.samples import RUNNING, condition, container, terminated, waiting

ENDED = "container falco ended with exit code 1 and is restarted"


def only(*items: dict[str, Any]) -> Stuck:
    (stuck,) = read(items).stuck
    return stuck


def test_an_image_that_cannot_be_pulled_is_hopeless_where_that_is_sure() -> None:
    sure = waiting("ErrImagePull", "manifest unknown")
    assert only(daemons(1, 1, 0), agent("falco-a", container(sure, "falco"))) == Stuck(
        "falco-a", "node-1", Reason.IMAGE_PULL_FAILED, "ErrImagePull: manifest unknown", hopeless=True
    )
    maybe = waiting("ErrImagePull", "i/o timeout")
    rollout = read([daemons(1, 1, 0), agent("falco-a", container(maybe, "falco"))])
    assert not rollout.hopeless
    assert rollout.state == "0 of 1 agents are ready; falco-a on node-1: ErrImagePull: i/o timeout"


@pytest.mark.parametrize(("restarts", "hopeless"), [(1, False), (2, False), (3, True), (9, True)])
def test_an_agent_that_ends_again_and_again_is_hopeless(restarts: int, hopeless: bool) -> None:
    ended = container(
        waiting("CrashLoopBackOff"), "falco", restartCount=restarts, lastState=terminated(1), ready=False
    )
    stuck = only(daemons(1, 1, 0), agent("falco-a", ended))
    assert stuck == Stuck(
        "falco-a",
        "node-1",
        Reason.POD_ENDED,
        ENDED,
        container="falco",
        hopeless=hopeless,
    )


def test_a_container_that_has_just_ended_is_told_too() -> None:
    stuck = only(daemons(1, 1, 0), agent("falco-a", container(terminated(1), "falco")))
    assert stuck == Stuck("falco-a", "node-1", Reason.POD_ENDED, ENDED, container="falco")
    done = only(daemons(1, 1, 0), agent("falco-a", container(terminated(0), "falco")))
    assert (done.reason, done.words, done.container) == (Reason.READY_TIMEOUT, "", "falco")


def test_of_an_init_container_that_failed_the_log_is_asked_for_and_of_one_that_is_done_it_is_not() -> None:
    done = container(terminated(0), "install", ready=True)
    failed = container(
        waiting("CrashLoopBackOff"), "driver-loader", lastState=terminated(1), restartCount=1, ready=False
    )
    later = container(waiting("PodInitializing"), "falco")
    assert only(daemons(1, 1, 0), agent("falco-a", later, init=(done, failed))).container == "driver-loader"


def test_of_a_container_that_runs_again_the_log_before_has_the_reason() -> None:
    again = container(RUNNING, "falco", ready=False, restartCount=2, lastState=terminated(1))
    stuck = only(daemons(1, 1, 0), agent("falco-a", again))
    assert stuck == Stuck("falco-a", "node-1", Reason.POD_ENDED, ENDED, container="falco", previous=True)
    first = container(RUNNING, "falco", ready=False)
    stuck = only(daemons(1, 1, 0), agent("falco-a", first))
    assert (stuck.container, stuck.previous) == ("falco", False)


def test_a_container_that_never_ran_has_no_log() -> None:
    assert only(daemons(1, 1, 0), agent("falco-a", container(waiting("ContainerCreating"), "falco"))) == (
        Stuck("falco-a", "node-1", Reason.READY_TIMEOUT, "")
    )


@pytest.mark.parametrize(
    ("node", "words", "sentence"),
    [
        ("n", "", "p on n: The pod did not become ready in time."),
        ("", "0/1 nodes are available", "p: 0/1 nodes are available"),
    ],
)
def test_a_stuck_pod_is_told_in_one_line(node: str, words: str, sentence: str) -> None:
    assert Stuck("p", node, Reason.READY_TIMEOUT, words).sentence == sentence


def test_a_ready_agent_that_ended_before_with_an_error_was_restarted() -> None:
    again = container(RUNNING, "falco", restartCount=2, lastState=terminated(1))
    stopped = container(RUNNING, "falcoctl", restartCount=1, lastState=terminated(0))
    ready = agent("falco-a", stopped, again, conditions=(condition("Ready", "True"),), phase="Running")
    found = read([daemons(1, 1, 1), ready])
    words = "container falco ended with exit code 1 and was restarted"
    assert found.restarted == (Stuck("falco-a", "node-1", Reason.POD_ENDED, words, "falco", previous=True),)
    assert found.stuck == ()
    fresh = agent("falco-b", container(RUNNING, "falco"), conditions=(condition("Ready", "True"),))
    assert read([daemons(1, 1, 1), fresh]).restarted == ()
