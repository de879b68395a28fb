"""Ready: as soon as all pods are, or one never will be, or the time is up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.clocks import Moment
from kubectl_replay.errors import Failure
from kubectl_replay.manifests import Object
from kubectl_replay.phases.ready import ready
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Status
from kubectl_replay.scenario.spec import Trigger
from tests.unit.fakes import ScriptedKubectl, Silence
from tests.unit.runs import POD, pinned_run, watched
from tests.unit.samples import (
    FORBIDDEN,
    RUNNING,
    UNREACHABLE,
    answer,
    away,
    condition,
    container,
    pod,
    ready_pod,
    refused,
    scenario,
    terminated,
    waiting,
)

if TYPE_CHECKING:
    from kubectl_replay.pods import Pod
    from kubectl_replay.run import Run

DESCRIBE = f"kubectl describe pod {POD} --namespace k8s-replay --context kind-k8s-replay"


@pytest.fixture
def run() -> Run:
    return pinned_run()


@pytest.fixture
def kubectl(run: Run, monkeypatch: pytest.MonkeyPatch) -> ScriptedKubectl:
    scripted = watched(run)
    scripted.clock.rule(monkeypatch, "watch", "clocks")
    return scripted


def event(kind: str, of: Pod) -> str:
    return json.dumps({"type": kind, "object": of}) + "\n"


def failure(run: Run) -> Failure:
    run.watch.open()
    with pytest.raises(Failure) as raised:
        ready(run)
    return raised.value


def test_a_pod_that_is_ready_passes_and_its_node_is_known(run: Run, kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", pod()), Silence(2), event("MODIFIED", ready_pod()))
    run.watch.open()
    assert ready(run) is Status.PASS
    assert run.node == "node-1"
    assert kubectl.clock.now == 1002
    assert run.ready_at == Moment(1_002_000_000_000, 1002.0)
    assert run.ready_pod == ready_pod()


def test_all_pods_of_the_run_must_be_ready(run: Run, kubectl: ScriptedKubectl) -> None:
    run.objects = (*run.objects, Object("Pod", "sink", {}))
    other = {**ready_pod("sink-r1"), "spec": {"nodeName": "node-2"}}
    kubectl.will_watch(
        event("ADDED", other), Silence(3), event("ADDED", ready_pod()), event("ADDED", pod("x"))
    )
    run.watch.open()
    assert ready(run) is Status.PASS
    assert run.node == "node-1"
    assert kubectl.clock.now == 1003


def test_a_pod_of_another_run_decides_nothing(run: Run, kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", ready_pod("demo-target-r0")), event("DELETED", pod("demo-target-r0")))
    assert failure(run).reason is Reason.READY_TIMEOUT


def test_a_pod_that_never_will_be_ready_ends_the_wait_at_once(run: Run, kubectl: ScriptedKubectl) -> None:
    broken = pod(containers=(container(waiting("ErrImageNeverPull", "not present")),))
    kubectl.will_watch(event("ADDED", pod()), Silence(2), event("MODIFIED", broken))
    found = failure(run)
    assert found.reason is Reason.IMAGE_PULL_FAILED
    assert found.message == (
        "The image cannot be pulled.\n"
        "  ErrImageNeverPull: not present\n"
        f"command: {DESCRIBE}\n"
        "next: load the image into the cluster's nodes, or mend its name, its registry or its pull secret"
    )
    assert kubectl.clock.now == 1002


def test_a_pod_that_somebody_deletes_is_gone(run: Run, kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", pod()), event("DELETED", pod()))
    found = failure(run)
    assert found.reason is Reason.POD_DELETED
    assert found.message == (
        "Somebody deleted the pod during the run.\n"
        f'  pod "{POD}" is gone\n'
        f"command: {DESCRIBE}\n"
        "next: run again"
    )


def test_when_the_time_is_up_what_was_in_the_way_is_told(run: Run, kubectl: ScriptedKubectl) -> None:
    stuck = pod(conditions=(condition("PodScheduled", "False", message="0/1 nodes are available"),))
    kubectl.will_watch(event("ADDED", stuck))
    found = failure(run)
    assert found.reason is Reason.POD_UNSCHEDULABLE
    assert found.message == (
        "No node takes the pod (waited 60 s).\n"
        "  0/1 nodes are available\n"
        f"command: {DESCRIBE}\n"
        "next: see `kubectl describe nodes` for taints and free resources"
    )
    assert kubectl.clock.now == 1060


def test_of_several_pods_one_with_a_known_hindrance_is_told(run: Run, kubectl: ScriptedKubectl) -> None:
    run.objects = (*run.objects, Object("Pod", "sink", {}))
    stuck = pod("sink-r1", containers=(container(waiting("ImagePullBackOff", "busy")),))
    kubectl.will_watch(event("ADDED", pod()), event("ADDED", stuck))
    assert failure(run).sentence == "The image cannot be pulled (waited 60 s)."


@pytest.mark.parametrize("lines", [[], [event("ADDED", pod())]])
def test_without_a_known_hindrance_it_is_just_late(
    run: Run, kubectl: ScriptedKubectl, lines: list[str]
) -> None:
    kubectl.will_watch(*lines)
    found = failure(run)
    assert found.reason is Reason.READY_TIMEOUT
    assert found.message == (
        "The pod did not become ready in time (waited 60 s).\n"
        f"command: {DESCRIBE}\n"
        "next: allow more time with --ready-timeout"
    )


def test_the_time_may_be_asked_for(kubectl: ScriptedKubectl) -> None:
    run = pinned_run(ready_seconds=1.5)
    patient = watched(run, kubectl.clock)
    patient.will_watch()
    assert failure(run).sentence == "The pod did not become ready in time (waited 1.5 s)."
    assert kubectl.clock.now == 1001.5


def test_an_api_server_that_went_away_is_told_as_such(run: Run, kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", pod()), end=answer(err=UNREACHABLE, code=1))
    kubectl.lists += [away()] * 1000
    assert failure(run).reason is Reason.CONNECTION_LOST


def test_a_watch_that_is_forbidden_is_told_as_such(run: Run, kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(end=refused(FORBIDDEN))
    assert failure(run).reason is Reason.RBAC_DENIED


ENDED = pod(phase="Succeeded", containers=(container(terminated(0)),))
RUNS = pod(phase="Running", containers=(container(RUNNING),))
CREATING = pod(
    phase="Running", containers=(container(RUNNING, "a"), container(waiting("ContainerCreating"), "b"))
)
NOT_STARTED = pod(phase="Failed", reason="Evicted")


@pytest.fixture
def started() -> Run:
    trigger = Trigger(kind="pod-start", command=("id",))
    return pinned_run(scenario(trigger=trigger))


@pytest.mark.parametrize("last", [ENDED, RUNS])
def test_a_pod_whose_start_is_the_behavior_need_only_have_started(
    started: Run, last: Pod, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = watched(started)
    scripted.clock.rule(monkeypatch, "watch")
    scripted.will_watch(
        event("ADDED", pod()), event("MODIFIED", CREATING), Silence(1), event("MODIFIED", last)
    )
    started.watch.open()
    assert ready(started) is Status.PASS
    assert scripted.clock.now == 1001


def test_a_pod_that_ended_without_having_started_is_a_failure(
    started: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = watched(started)
    scripted.clock.rule(monkeypatch, "watch")
    scripted.will_watch(event("ADDED", NOT_STARTED))
    found = failure(started)
    assert (found.reason, found.words) == (Reason.POD_ENDED, "Evicted")


def test_a_started_pod_that_is_gone_is_gone(started: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted = watched(started)
    scripted.clock.rule(monkeypatch, "watch")
    scripted.will_watch(event("DELETED", RUNS))
    assert failure(started).reason is Reason.POD_DELETED
