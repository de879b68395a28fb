"""A workload that an earlier run kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.errors import Failure
from kubectl_replay.phases.deploy import deploy
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Status
from kubectl_replay.reuse import is_usable, reuse
from kubectl_replay.run import Created, Identity
from kubectl_replay.scenario.spec import Trigger
from tests.unit.runs import BOUND, OF_SCENARIO, PIN, pinned_run, rendered
from tests.unit.samples import FORBIDDEN, UNREACHABLE, deleted, pod, ready_pod, scenario

if TYPE_CHECKING:
    from pytest_subprocess import FakeProcess

    from kubectl_replay.pods import Pod

KEPT = f"{OF_SCENARIO},kubectl-replay/keep"
LIST = ["kubectl", "get", "pods", "--selector", KEPT, "-o", "json", *PIN, *BOUND]
WATCH = [
    "kubectl", "get", "pods", "--selector", OF_SCENARIO,
    "--watch", "--output-watch-events", "-o", "json", *PIN,
]  # fmt: skip


def kept(
    run: str = "r0", *, age: float = 10, life: int = 3600, of: Pod | None = None, digest: str = "abcd"
) -> Pod:
    found = of or ready_pod(f"demo-target-{run}")
    created = datetime.now(UTC) - timedelta(seconds=age)
    metadata = {
        **found["metadata"],
        "name": f"demo-target-{run}",
        "labels": {"kubectl-replay/run": run},
        "annotations": {"kubectl-replay/workload": digest},
        "creationTimestamp": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {**found, "metadata": metadata, "spec": {**found["spec"], "activeDeadlineSeconds": life}}


def listing(*pods: Pod) -> str:
    return json.dumps({"items": list(pods)})


@pytest.mark.parametrize(
    ("age", "life", "of", "usable"),
    [
        (10, 3600, None, True),
        (3400, 3600, None, True),
        (3421, 3600, None, False),
        (10, 0, None, False),
        (10, 3600, pod(), False),
        (10, 3600, pod(phase="Failed"), False),
        (10, 3600, deleted(ready_pod()), False),
    ],
)
def test_only_a_ready_pod_with_time_to_live_is_used(
    age: float, life: int, of: Pod | None, usable: bool
) -> None:
    assert is_usable(kept(age=age, life=life, of=of), "demo-target", "abcd") is usable


def test_only_the_target_pod_is_used() -> None:
    assert not is_usable(kept(), "other", "abcd")


def test_only_the_same_workload_is_used() -> None:
    assert not is_usable(kept(), "demo-target", "other")
    without = kept()
    del without["metadata"]["annotations"]
    assert not is_usable(without, "demo-target", "abcd")


def test_the_newest_one_is_taken_over_with_its_run_s_id(fp: FakeProcess) -> None:
    fp.register(
        LIST, stdout=listing(kept("r7", age=50), kept("r8", age=20), kept("r9", age=40), kept("rx", life=1))
    )
    fp.register(WATCH, stdout=[])
    run = pinned_run()
    run.digest = "abcd"
    with run.stack:
        assert reuse(run)
        assert run.identity == Identity(run="r8", nonce="nnnn", proof_a="bcdf", proof_b="ghjk")
        assert (run.pod, run.reused, run.server_answered) == ("demo-target-r8", True, True)
        assert [list(call) for call in fp.calls] == [LIST, WATCH]
        assert run.created == Created()


def test_where_there_is_none_nothing_changes(fp: FakeProcess) -> None:
    fp.register(LIST, stdout=listing(kept(life=0)))
    run = pinned_run()
    assert not reuse(run)
    assert (run.identity.run, run.reused, run.server_answered) == ("r1", False, True)
    assert [list(call) for call in fp.calls] == [LIST]


@pytest.mark.parametrize(
    ("err", "reason"),
    [
        (FORBIDDEN, Reason.RBAC_DENIED),
        (UNREACHABLE, Reason.CLUSTER_UNREACHABLE),
        ("something new", Reason.CREATE_FAILED),
    ],
)
def test_where_nobody_may_look_it_is_a_failure(fp: FakeProcess, err: str, reason: Reason) -> None:
    fp.register(LIST, stderr=err, returncode=1)
    with pytest.raises(Failure) as raised:
        reuse(pinned_run())
    assert raised.value.reason is reason


def test_a_fast_run_deploys_nothing_where_something_was_kept(fp: FakeProcess) -> None:
    fp.register(LIST, stdout=listing(kept()))
    fp.register(WATCH, stdout=[])
    run = pinned_run(fast=True)
    run.digest = "abcd"
    with run.stack:
        assert deploy(run) is Status.SKIP
    assert run.notices == []
    assert len(fp.calls) == 2


NOTHING = "there is nothing to reuse: a new workload is deployed, and kept"


def deployed(fp: FakeProcess, of: Any = None) -> list[str]:  # noqa: ANN401 - a scenario
    fp.register([fp.any()], occurrences=2, stdout="pod/demo-target-r1 created\n")
    run = pinned_run(of, fast=True)
    rendered(run)
    with run.stack:
        assert deploy(run) is Status.PASS
    assert run.created.names == ("pod/demo-target-r1",)
    return run.notices


def test_a_fast_run_deploys_where_nothing_was_kept_and_says_so(fp: FakeProcess) -> None:
    fp.register(LIST, stdout=listing())
    assert deployed(fp) == [NOTHING]


def test_a_pod_s_start_is_never_reused(fp: FakeProcess) -> None:
    assert deployed(fp, scenario(trigger=Trigger(kind="pod-start", command=("id",)))) == [NOTHING]
    assert LIST not in [list(call) for call in fp.calls]
