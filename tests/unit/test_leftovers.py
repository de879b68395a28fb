"""What earlier runs left, judged by their labels, phases and deadlines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.leftovers import Leftover, Life, foreign, group

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


def item(
    kind: str = "Pod",
    name: str = "a-r1",
    *,
    run: str = "r1",
    scenario: str = "demo",
    age: float = 0,
    keep: bool = False,
    phase: str | None = None,
    deadline: int | None = None,
    version: str = "v1",
) -> dict[str, Any]:
    labels = {"kubectl-replay/scenario": scenario, "kubectl-replay/run": run}
    created = (NOW - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {
            "name": name,
            "labels": labels | ({"kubectl-replay/keep": "true"} if keep else {}),
            "creationTimestamp": created,
        },
        "spec": {} if deadline is None else {"activeDeadlineSeconds": deadline},
        "status": {} if phase is None else {"phase": phase},
    }


@pytest.mark.parametrize(
    ("items", "life"),
    [
        ([item(phase="Running")], Life.LIVE),
        ([item(phase="Pending")], Life.LIVE),
        ([item()], Life.LIVE),
        ([item(phase="Succeeded")], Life.FINISHED),
        ([item(phase="Failed")], Life.FINISHED),
        ([item(phase="Failed"), item(name="b-r1", phase="Running")], Life.LIVE),
        ([item(phase="Running", keep=True)], Life.KEPT),
        ([item(phase="Failed", keep=True)], Life.KEPT),
        ([item(phase="Running"), item("Service", keep=True)], Life.KEPT),
        ([item(phase="Running", age=289, deadline=230)], Life.LIVE),
        ([item(phase="Running", age=291, deadline=230)], Life.OVERDUE),
        ([item(phase="Running", age=9000)], Life.LIVE),
        (
            [item(phase="Running", age=291, deadline=230), item(name="b", phase="Running", deadline=230)],
            Life.LIVE,
        ),
        ([item("Service", age=59)], Life.LIVE),
        ([item("Service", age=60)], Life.FINISHED),
        ([item("Service", age=60), item("ConfigMap", age=1)], Life.LIVE),
    ],
)
def test_a_run_is_as_far_as_its_objects_say(items: list[dict[str, Any]], life: Life) -> None:
    (found,) = group(items, NOW)
    assert found.life is life


def test_objects_are_sorted_by_their_run() -> None:
    items = [
        item("Service", "s-r2", run="r2", age=90),
        item(name="a-r1", phase="Failed"),
        item("Role", "x-r1", version="rbac.authorization.k8s.io/v1"),
        item("Deployment", "d-r1", version="apps/v1"),
        item(name="a-r3", run="r3", scenario="other", phase="Running"),
    ]
    assert group(items, NOW) == (
        Leftover(
            "demo",
            "r1",
            Life.FINISHED,
            ("pod/a-r1", "role.rbac.authorization.k8s.io/x-r1", "deployment.apps/d-r1"),
        ),
        Leftover("demo", "r2", Life.FINISHED, ("service/s-r2",)),
        Leftover("other", "r3", Life.LIVE, ("pod/a-r3",)),
    )


def test_nothing_is_left_where_there_is_nothing() -> None:
    assert group([], NOW) == ()


PHASES = st.sampled_from(["Pending", "Running", "Succeeded", "Failed", None])


@given(st.lists(st.tuples(st.sampled_from(["r1", "r2"]), PHASES, st.integers(0, 1000)), max_size=6))
def test_every_object_is_in_one_run_and_only_ended_or_overdue_runs_are_over(
    told: list[tuple[str, str | None, int]],
) -> None:
    items = [
        item(name=f"p{number}", run=run, phase=phase, age=age, deadline=300)
        for number, (run, phase, age) in enumerate(told)
    ]
    found = group(items, NOW)
    assert sorted(name for one in found for name in one.names) == sorted(
        f"pod/p{n}" for n in range(len(told))
    )
    for one in found:
        mine = [(phase, age) for run, phase, age in told if run == one.run]
        over = all(phase in {"Succeeded", "Failed"} or age > 360 for phase, age in mine)
        assert (one.life is not Life.LIVE) == over


def test_what_every_namespace_has_is_nobody_s() -> None:
    names = [
        "serviceaccount/default",
        "configmap/kube-root-ca.crt",
        "configmap/openshift-service-ca.crt",
        "event/x",
        "event.events.k8s.io/y",
        "configmap/mine",
        "serviceaccount/default-2",
        "pod/event",
    ]
    assert foreign(names) == ("configmap/mine", "serviceaccount/default-2", "pod/event")
