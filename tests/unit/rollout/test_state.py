"""How far the agents of a release are, read from what the API server lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.reasons import Reason
from kubectl_replay.rollout.state import Rollout, read
from kubectl_replay.rollout.stuck import Stuck
from tests.unit.samples import RUNNING, condition, container, deleted, pod, waiting

if TYPE_CHECKING:
    from kubectl_replay.pods import Pod

FALCO = {"name": "falco", "image": "docker.io/falcosecurity/falco:0.44.1"}
COUNT = st.integers(0, 5)


def workload(kind: str = "DaemonSet", **status: int) -> dict[str, Any]:
    """A workload in its second form that runs Falco, with this status."""
    return {
        "kind": kind,
        "metadata": {"name": "falco", "namespace": "falco", "generation": 2},
        "spec": {"template": {"spec": {"containers": [FALCO]}}},
        "status": status,
    }


def daemons(desired: int, updated: int, ready: int, *, observed: int = 2, current: int = 0) -> dict[str, Any]:
    return workload(
        observedGeneration=observed,
        desiredNumberScheduled=desired,
        currentNumberScheduled=current or updated,
        updatedNumberScheduled=updated,
        numberReady=ready,
    )


def agent(name: str = "falco-a", *containers: dict[str, Any], **more: Any) -> Pod:  # noqa: ANN401 - a status
    """A pod of the release that runs Falco, and is not ready."""
    found = pod(name, containers=containers, **more)
    found["spec"]["containers"] = [FALCO]
    return found


@pytest.mark.parametrize(
    ("found", "state", "complete", "hopeless"),
    [
        (daemons(2, 2, 2), "2 of 2 agents are ready", True, False),
        (daemons(2, 2, 1), "1 of 2 agents are ready", False, False),
        (daemons(2, 1, 2), "1 of 2 agents are ready", False, False),
        (daemons(2, 2, 2, observed=1), "the agents are being created", False, False),
        (workload(), "the agents are being created", False, False),
        (daemons(0, 0, 0), "0 of 0 agents are ready", False, True),
        (daemons(0, 0, 0, observed=1), "the agents are being created", False, False),
    ],
)
def test_a_daemonset_is_complete_when_every_node_that_it_is_for_has_a_ready_agent_of_its_newest_form(
    found: dict[str, Any], state: str, complete: bool, hopeless: bool
) -> None:
    rollout = read([found])
    assert (rollout.state, rollout.complete, rollout.hopeless) == (state, complete, hopeless)
    assert rollout.workloads == ("DaemonSet/falco",)


@pytest.mark.parametrize(
    ("status", "ready"),
    [
        ({"replicas": 1, "updatedReplicas": 1, "readyReplicas": 1}, 1),
        ({"replicas": 1, "updatedReplicas": 1}, 0),
        ({"replicas": 2, "updatedReplicas": 1, "readyReplicas": 1}, 0),
        ({"replicas": 1, "updatedReplicas": 0, "readyReplicas": 1}, 0),
    ],
)
def test_of_a_deployment_pods_of_an_older_form_do_not_count(status: dict[str, int], ready: int) -> None:
    rollout = read([workload("Deployment", observedGeneration=2, **status)])
    assert (rollout.wanted, rollout.ready, rollout.complete) == (1, ready, ready == 1)


def test_a_deployment_has_as_many_pods_as_it_is_to_have() -> None:
    found = workload("Deployment", observedGeneration=2, replicas=3, updatedReplicas=3, readyReplicas=3)
    found["spec"]["replicas"] = 3
    assert read([found]).complete
    found["spec"]["replicas"] = 0
    assert read([found]).hopeless


def test_what_does_not_run_falco_is_not_waited_for() -> None:
    sidekick = workload("Deployment")
    containers = [{"name": "falcosidekick", "image": "docker.io/falcosecurity/falcosidekick:2.31.1"}]
    sidekick["spec"]["template"]["spec"]["containers"] = containers
    assert read([daemons(1, 1, 1), sidekick]).complete
    assert read([sidekick]) == Rollout()
    assert read([]).hopeless


def test_every_workload_that_runs_falco_must_be_complete() -> None:
    rollout = read([daemons(2, 2, 2), workload("Deployment", observedGeneration=2)])
    assert (rollout.workloads, rollout.state, rollout.complete) == (
        ("DaemonSet/falco", "Deployment/falco"),
        "2 of 3 agents are ready",
        False,
    )


def test_a_container_that_was_restarted_lives_another_life() -> None:
    def lives(restarts: int) -> frozenset[str]:
        one = container(RUNNING, "falco", restartCount=restarts)
        return read([daemons(1, 1, 1), agent("falco-a", one, container(RUNNING, "other"))]).lives

    assert lives(1) == {"falco-a/falco/1", "falco-a/other/0"}
    assert lives(1) != lives(2)


@given(COUNT, COUNT, COUNT, st.integers(0, 2))
def test_nothing_but_all_agents_ready_is_complete(
    desired: int, updated: int, ready: int, observed: int
) -> None:
    rollout = read([daemons(desired, updated, ready, observed=observed)])
    wanted = observed == 2 and desired > 0 and updated >= desired and ready >= desired
    assert rollout.complete == wanted
    assert not (rollout.complete and rollout.hopeless)


def test_a_ready_pod_one_on_its_way_out_one_of_another_program_and_one_that_ended_are_not_stuck() -> None:
    ready = agent("a", container(RUNNING, "falco"), conditions=(condition("Ready", "True"),), phase="Running")
    other = pod("b", containers=(container(waiting("ErrImagePull"), "sidekick"),))
    other["spec"]["containers"] = [{"name": "sidekick", "image": "falcosecurity/falcosidekick"}]
    gone = agent("d", phase="Failed")
    rollout = read([daemons(1, 1, 1), ready, other, deleted(agent("c")), gone])
    assert (rollout.created, rollout.stuck) == (2, ())


def test_a_pod_that_is_to_be_there_and_is_not_is_missed_once_the_controller_knows_of_it() -> None:
    assert read([daemons(2, 2, 0), agent("a")]).incomplete
    assert not read([daemons(2, 2, 0), agent("a"), agent("b")]).incomplete
    assert not read([daemons(2, 2, 0, observed=1)]).incomplete


@pytest.mark.parametrize(
    ("found", "hopeless"),
    [
        (daemons(1, 1, 0), True),
        (daemons(2, 1, 0), True),
        (daemons(2, 1, 0, current=2), False),
        (daemons(1, 0, 0, current=1), False),
        (daemons(1, 1, 0, observed=1), False),
        (workload("Deployment", observedGeneration=2, replicas=1, updatedReplicas=1), True),
        (workload("Deployment", observedGeneration=2, replicas=2, updatedReplicas=1), False),
    ],
)
def test_a_pod_that_may_be_of_an_older_form_leaves_hope(found: dict[str, Any], hopeless: bool) -> None:
    stuck = agent("falco-a", container(waiting("ErrImagePull", "manifest unknown"), "falco"))
    assert read([found, stuck]).hopeless is hopeless


def test_a_pod_that_was_there_before_leaves_hope_since_its_reason_may_be_mended() -> None:
    stuck = agent("falco-a", container(waiting("ErrImagePull", "manifest unknown"), "falco"))
    assert not read([daemons(1, 1, 0), stuck], known={"falco-a"}).hopeless
    assert read([daemons(1, 1, 0), stuck], known={"falco-b"}).hopeless


def test_what_has_no_words_yet_is_not_told_as_a_hindrance() -> None:
    found = Rollout(seen=True, wanted=2, stuck=(Stuck("p", "n", Reason.READY_TIMEOUT, ""),))
    assert found.state == "0 of 2 agents are ready"
