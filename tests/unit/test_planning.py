"""The plan of a dry run: the calls that a run would make, and objects without secrets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.errors import Failure
from kubectl_replay.manifests import Object
from kubectl_replay.output import plan as printed
from kubectl_replay.planning import plan, without_secrets
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Plan, Status
from kubectl_replay.scenario.spec import Hooks, Trigger
from tests.unit.runs import OF_SCENARIO, pinned_run, rendered
from tests.unit.samples import scenario

if TYPE_CHECKING:
    from pytest_subprocess import FakeProcess

    from kubectl_replay.run import Run

TAIL = "--namespace k8s-replay --context kind-k8s-replay"


def planned(fp: FakeProcess, of: Any = None, out: str = "kind: Pod\n") -> Run:  # noqa: ANN401 - a scenario
    run = pinned_run(of)
    rendered(run)
    fp.register(["kubectl", "kustomize", "/rendered"], stdout=out)
    assert plan(run) is Status.PASS
    return run


def test_a_plan_is_the_calls_of_a_run_in_order(fp: FakeProcess) -> None:
    run = planned(fp)
    assert run.plan == Plan(
        (
            f"kubectl get pods --selector {OF_SCENARIO} --watch --output-watch-events -o json {TAIL}",
            f"kubectl create -k FOLDER {TAIL} --request-timeout 10s",
            f"kubectl exec demo-target-r1 -c target {TAIL} -- sh -c ': nnnn; printf %s%s bcdf ghjk'",
            f"kubectl delete pod/demo-target-r1 --ignore-not-found --wait=false {TAIL} --request-timeout 10s",
        ),
        "kind: Pod\n",
    )
    assert len(fp.calls) == 1


@pytest.mark.parametrize(
    ("trigger", "call"),
    [
        (
            Trigger(kind="pod-start", command=("id",)),
            f"kubectl logs --follow demo-target-r1 -c target {TAIL}",
        ),
        (
            Trigger(kind="kubectl", command=("get", "pod", "{{replay.pod}}")),
            f"kubectl get pod demo-target-r1 {TAIL}",
        ),
    ],
)
def test_each_kind_of_trigger_has_its_call(fp: FakeProcess, trigger: Trigger, call: str) -> None:
    run = planned(fp, scenario(trigger=trigger, folder=Path("/folder")))
    assert run.plan is not None
    assert run.plan.commands[2] == call


def test_scripts_are_named_where_they_would_run(fp: FakeProcess) -> None:
    hooks = Hooks(trigger="x.sh", verify="v.sh", cleanup="c.sh")
    run = planned(fp, scenario(trigger=Trigger(kind="script"), hooks=hooks, folder=Path("/folder")))
    assert run.plan is not None
    assert list(run.plan.commands[2:-1]) == ["/folder/x.sh", "/folder/v.sh", "/folder/c.sh"]


def test_all_objects_are_deleted_in_the_end(fp: FakeProcess) -> None:
    run = pinned_run()
    run.objects = (*run.objects, Object("Service", "s", {}))
    rendered(run)
    fp.register([fp.any()], stdout="")
    plan(run)
    assert run.plan is not None
    assert run.plan.commands[-1].startswith("kubectl delete pod/demo-target-r1 service/s-r1 ")


def test_manifests_that_kustomize_refuses_are_a_failure(fp: FakeProcess) -> None:
    run = pinned_run()
    rendered(run)
    fp.register([fp.any()], stderr="error: accumulating resources: no\n", returncode=1)
    with pytest.raises(Failure) as raised:
        plan(run)
    assert raised.value.reason is Reason.MANIFEST_REFUSED
    assert raised.value.words == "error: accumulating resources: no"
    assert run.plan is None


HIDDEN = "apiVersion: v1\ndata:\n  token: czNjcmV0\nkind: Secret\nmetadata:\n  name: s\n"
MASKED = "apiVersion: v1\ndata:\n  token: (not shown)\nkind: Secret\nmetadata:\n  name: s\n"
POD = "kind: Pod\nspec:\n  args:\n  - |\n    a\n    ---\n    b\n"


@pytest.mark.parametrize(
    ("manifests", "shown"),
    [
        (POD, POD),
        (HIDDEN, MASKED),
        (f"{POD}---\n{HIDDEN}---\n{POD}", f"{POD}---\n{MASKED}---\n{POD}"),
        (
            "kind: Secret\nstringData:\n  a: |\n    x\n    ---\n    y\n",
            "kind: Secret\nstringData:\n  a: (not shown)\n",
        ),
        ("kind: Secret\ndata: null\n", "kind: Secret\ndata: {}\n"),
        ("", ""),
    ],
)
def test_no_secret_s_value_is_shown(manifests: str, shown: str) -> None:
    assert without_secrets(manifests) == shown


def test_a_plan_is_printed_as_yaml_that_kubectl_reads() -> None:
    text = printed.render(Plan(("kubectl a", "sh -c 'x\ny'"), "kind: Pod\n"))
    assert text == (
        "---\n"
        "# A dry run: nothing was created. A run would do this:\n"
        "#   kubectl a\n"
        "#   sh -c 'x\n"
        "#   y'\n"
        "# with these objects in FOLDER:\n"
        "kind: Pod\n"
    )
