"""How far a pod is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.pods import (
    Failed,
    Pending,
    Ready,
    has_started,
    is_expired,
    judge,
    runs_as,
)
from kubectl_replay.reasons import Reason
from tests.unit.samples import RUNNING, condition, container, deleted, pod, ready_pod, terminated, waiting

if TYPE_CHECKING:
    from kubectl_replay.pods import Pod, State

DATA = Path(__file__).parent / "data"

RECORDED: dict[str, Pod] = {
    item["metadata"]["name"]: item for item in map(json.loads, (DATA / "pods.jsonl").read_text().splitlines())
}


@pytest.mark.parametrize(
    ("name", "state"),
    [
        (
            "badname",
            Failed(
                Reason.IMAGE_PULL_FAILED,
                'ErrImagePull: failed to parse image reference "UPPER/x:1": invalid reference format: '
                "repository name must be lowercase",
            ),
        ),
        (
            "never",
            Failed(
                Reason.IMAGE_PULL_FAILED,
                'ErrImageNeverPull: Container image "busybox:nope" is not present with pull policy of Never',
            ),
        ),
        (
            "nopull",
            Pending(
                Reason.IMAGE_PULL_FAILED,
                'ErrImagePull: failed to pull and unpack image "nosuch.invalid/x:1": failed to resolve '
                'reference "nosuch.invalid/x:1": failed to do request: Head '
                '"https://nosuch.invalid/v2/x/manifests/1": dial tcp: lookup nosuch.invalid on '
                "10.255.255.53:53: dial udp 10.255.255.53:53: connect: network is unreachable",
            ),
        ),
        (
            "nosec",
            Pending(Reason.CONTAINER_NOT_STARTED, 'CreateContainerConfigError: secret "nosuch" not found'),
        ),
        (
            "unsched",
            Pending(
                Reason.POD_UNSCHEDULABLE,
                "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new claims "
                "to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for "
                "scheduling.",
            ),
        ),
        ("init", Pending()),
        ("crash", Pending()),
        ("ends", Failed(Reason.POD_ENDED, "container target ended with exit code 1")),
        ("two", Failed(Reason.POD_ENDED, "container side ended with exit code 1")),
        (
            "deadline",
            Failed(
                Reason.POD_ENDED,
                "DeadlineExceeded: Pod was active on the node longer than the specified deadline",
            ),
        ),
    ],
)
def test_a_pod_that_an_api_server_printed_is_judged(name: str, state: State) -> None:
    assert judge(RECORDED[name]) == state


def with_container(state: dict[str, Any], **more: Any) -> Pod:  # noqa: ANN401 - JSON
    return pod(conditions=(condition("PodScheduled", "True"),), containers=(container(state, **more),))


@pytest.mark.parametrize(
    "message",
    [
        'failed to resolve reference "docker.io/library/x:1": docker.io/library/x:1: not found',
        "rpc error: code = NotFound desc = no such image",
        "reading manifest 1 in docker.io/library/x: manifest unknown",
        "requested access to the resource is denied",
        "pull access denied, repository does not exist or may require authorization",
        "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized",
        "unable to retrieve auth token: invalid username/password: unauthorized: authentication required",
        "server message: insufficient_scope: authorization failed",
        "name unknown: repository x not found in registry",
        "no match for platform in manifest: not found",
        'couldn\'t parse image name "x:y:z": invalid reference format',
    ],
)
@pytest.mark.parametrize("why", ["ErrImagePull", "ImagePullBackOff"])
def test_a_pull_that_no_waiting_will_mend_fails(why: str, message: str) -> None:
    assert judge(with_container(waiting(why, message))) == Failed(
        Reason.IMAGE_PULL_FAILED, f"{why}: {message}"
    )


@pytest.mark.parametrize(
    "message",
    [
        "dial tcp: lookup registry-1.docker.io: no such host",
        "dial tcp 10.0.0.1:443: i/o timeout",
        "toomanyrequests: You have reached your pull rate limit.",
        "unexpected status code: 503 Service Unavailable",
        'Back-off pulling image "busybox:1.36"',
        "",
    ],
)
@pytest.mark.parametrize(
    "why",
    [
        "ErrImagePull",
        "ImagePullBackOff",
        "RegistryUnavailable",
        "ImageInspectError",
        "SignatureValidationFailed",
    ],
)
def test_a_pull_that_may_yet_succeed_is_waited_for_by_name(why: str, message: str) -> None:
    said = f"{why}: {message}" if message else why
    assert judge(with_container(waiting(why, message))) == Pending(Reason.IMAGE_PULL_FAILED, said)


@pytest.mark.parametrize("why", ["InvalidImageName", "ErrImageNeverPull"])
def test_an_image_that_is_never_pulled_fails_at_once(why: str) -> None:
    assert judge(with_container(waiting(why))) == Failed(Reason.IMAGE_PULL_FAILED, why)


@pytest.mark.parametrize(
    "why", ["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"]
)
def test_a_container_that_does_not_start_is_waited_for_by_name(why: str) -> None:
    assert judge(with_container(waiting(why, "no"))) == Pending(Reason.CONTAINER_NOT_STARTED, f"{why}: no")


@pytest.mark.parametrize("why", ["ContainerCreating", "PodInitializing", "SomethingNew"])
def test_ordinary_waiting_has_no_name(why: str) -> None:
    assert judge(with_container(waiting(why))) == Pending(Reason.READY_TIMEOUT, "")


def test_a_crash_loop_fails_with_the_last_exit_code() -> None:
    crashed = with_container(waiting("CrashLoopBackOff", "back-off 10s"), lastState=terminated(7))
    assert judge(crashed) == Failed(
        Reason.POD_ENDED, "container target ended with exit code 7 and is restarted"
    )


def test_a_crash_loop_whose_past_is_unknown_fails_too() -> None:
    assert judge(with_container(waiting("CrashLoopBackOff"))) == Failed(
        Reason.POD_ENDED, "container target ended and is restarted"
    )


@pytest.mark.parametrize("init", [True, False])
def test_the_first_failure_of_any_container_decides(init: bool) -> None:
    broken = (container(waiting("ErrImageNeverPull"), "b"),)
    others = (container(waiting("CreateContainerError"), "a"), container(RUNNING, "c"))
    found = judge(pod(init=broken, containers=others) if init else pod(containers=(*others, *broken)))
    assert found == Failed(Reason.IMAGE_PULL_FAILED, "ErrImageNeverPull")


def test_without_a_failure_the_first_known_hindrance_is_named() -> None:
    found = judge(pod(containers=(container(RUNNING, "a"), container(waiting("ImagePullBackOff"), "b"))))
    assert found == Pending(Reason.IMAGE_PULL_FAILED, "ImagePullBackOff")


def test_a_ready_pod_is_ready_on_its_node() -> None:
    assert judge(ready_pod()) == Ready("node-1")


def test_a_running_pod_is_not_ready_before_its_condition_says_so() -> None:
    running = pod(
        phase="Running", conditions=(condition("Ready", "False"),), containers=(container(RUNNING),)
    )
    assert judge(running) == Pending()


def test_a_pod_without_a_status_is_pending() -> None:
    assert judge({"metadata": {"name": "p"}, "spec": {}}) == Pending()


def test_a_pod_that_is_being_deleted_is_deleted_whatever_else_it_says() -> None:
    assert judge(deleted(ready_pod())) == Failed(Reason.POD_DELETED, "the pod is being deleted")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"phase": "Succeeded"}, "the pod's phase is Succeeded"),
        ({"phase": "Failed", "reason": "Evicted"}, "Evicted"),
        ({"phase": "Failed", "reason": "Evicted", "message": "low memory"}, "Evicted: low memory"),
        (
            {
                "phase": "Succeeded",
                "containers": (container(terminated(0)), container(terminated(137), "side")),
            },
            "container target ended with exit code 0; container side ended with exit code 137",
        ),
    ],
)
def test_a_pod_that_ended_says_how(status: dict[str, object], words: str) -> None:
    assert judge(pod(**status)) == Failed(Reason.POD_ENDED, words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "expired"),
    [
        (pod(phase="Failed", reason="DeadlineExceeded"), True),
        (pod(phase="Failed", reason="Evicted"), False),
        (pod(phase="Running", reason="DeadlineExceeded"), False),
        (pod(phase="Failed"), False),
        ({}, False),
    ],
)
def test_a_pod_that_its_deadline_ended_is_expired(of: Pod, expired: bool) -> None:
    assert is_expired(of) is expired


def test_a_container_that_runs_has_an_id() -> None:
    two = pod(containers=(container(RUNNING, containerID="a"), container(terminated(1), "sidecar")))
    found = [runs_as(two, "target"), runs_as(two, "sidecar"), runs_as(two, "other"), runs_as({}, "target")]
    assert found == ["a", None, None, None]


@pytest.mark.parametrize(
    ("of", "started"),
    [
        (pod(containers=(container(RUNNING), container(terminated(1)))), True),
        (pod(containers=(container(RUNNING), container(waiting("x")))), False),
        (pod(), False),
        ({}, False),
    ],
)
def test_a_pod_has_started_once_all_its_containers_run_or_have_run(of: Pod, started: bool) -> None:
    assert has_started(of) is started
