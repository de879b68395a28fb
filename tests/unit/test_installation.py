"""A Falco of our own: where it may be installed, and that no other is touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.errors import Failure
from kubectl_replay.helm import Helm
from kubectl_replay.installation import DEFAULTS, MARK, PUBLISHED, Installation, namespace
from kubectl_replay.kubectl import Connection, Kubectl
from kubectl_replay.reasons import Reason
from tests.unit.machines import Machine
from tests.unit.samples import FORBIDDEN, UNREACHABLE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real_programs

OURS = json.dumps({"tty": True, "kubectl-replay/setup": "falco"})
NOTHING = "Error: release: not found\n"
PIN = "--namespace falco --kube-context kind-k8s-replay"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return Machine(tmp_path)


def installation(machine: Machine, context: str = "kind-k8s-replay", **more: Any) -> Installation:  # noqa: ANN401 - fields
    connection = Connection(context=context, namespace="falco", **more)
    return Installation(Kubectl(connection), Helm(connection, {"PATH": str(machine.folder / "bin")}))


def has(machine: Machine, *pods: dict[str, Any], values: str = "") -> None:
    """Give the cluster these pods, and a release with these values."""
    machine.says("kubectl get pods", out=json.dumps({"items": list(pods)}))
    machine.says("helm get values", out=values, err="" if values else NOTHING, code=0 if values else 1)


def agent(where: str = "falco", release: str = "falco", name: str = "falco-a", **spec: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A pod that runs Falco."""
    return {
        "metadata": {
            "name": name,
            "namespace": where,
            "labels": {"app.kubernetes.io/instance": release} if release else {},
            "ownerReferences": [{"kind": "DaemonSet", "name": "falco"}],
        },
        "spec": {"containers": [{"name": "falco", "image": "falcosecurity/falco:0.44.1"}], **spec},
    }


def refuse(machine: Machine, **more: Any) -> Failure:  # noqa: ANN401 - fields
    with pytest.raises(Failure) as failed:
        installation(machine, **more).prepare(yes=False)
    assert machine.changes() == []
    return failed.value


def test_what_is_installed_is_pinned_and_can_be_heard() -> None:
    assert PUBLISHED.words == ("falco", "--version", "9.1.0")
    assert PUBLISHED.repository == "https://falcosecurity.github.io/charts"
    assert DEFAULTS == {
        "driver": {"kind": "modern_ebpf"},
        "tty": True,
        "falco": {"json_output": True},
    }
    assert MARK == ("kubectl-replay/setup", "falco")


@pytest.mark.parametrize(
    ("environ", "name"),
    [({}, "falco"), ({"FALCO_NAMESPACE": ""}, "falco"), ({"FALCO_NAMESPACE": "security"}, "security")],
)
def test_the_variable_names_the_namespace(environ: dict[str, str], name: str) -> None:
    assert namespace(environ) == name


@pytest.mark.parametrize("pods", [[], [{"metadata": {"name": "p", "namespace": "n"}, "spec": {}}]])
def test_where_there_is_no_falco_one_may_be_installed(machine: Machine, pods: list[dict[str, Any]]) -> None:
    has(machine, *pods)
    assert installation(machine).prepare(yes=False) == frozenset()
    assert machine.calls == [
        "kubectl get pods --all-namespaces -o json --context kind-k8s-replay --request-timeout 10s",
        f"helm get values falco -o json {PIN}",
    ]


def test_our_own_may_be_brought_up_to_date(machine: Machine) -> None:
    has(machine, agent(), agent(name="falco-b"), values=OURS)
    assert installation(machine).prepare(yes=False) == {"falco-a", "falco-b"}
    assert machine.changes() == []


def test_every_other_falco_is_told_with_its_place_and_left_as_it_is(machine: Machine) -> None:
    has(
        machine,
        agent("security", "mine"),
        agent("security", "mine", "falco-b"),
        agent("ops", "", "engine-x"),
    )
    failure = refuse(machine)
    assert failure.reason is Reason.FALCO_ALREADY_INSTALLED
    assert failure.message == (
        "A Falco is there already, and it is not the one that `kubectl replay setup falco` has in the"
        ' namespace "falco". Nothing was changed.\n'
        "  namespace security: DaemonSet/falco, Helm release mine, 2 pods\n"
        "  namespace ops: DaemonSet/falco, 1 pod\n"
        "next: use it as it is, with FALCO_NAMESPACE=security; or uninstall it, and run this again"
    )


def test_one_that_nothing_made_is_told_by_its_pod(machine: Machine) -> None:
    lone = agent("ops", "", "engine-x")
    del lone["metadata"]["ownerReferences"]
    has(machine, lone)
    assert "\n  namespace ops: Pod/engine-x, 1 pod\n" in refuse(machine).message


@pytest.mark.parametrize(
    ("pod", "values"),
    [
        (agent(), ""),
        (agent(), "null"),
        (agent(), json.dumps({"kubectl-replay/setup": "kind"})),
        (agent("other"), OURS),
        (agent(release="other"), OURS),
        (agent(release=""), OURS),
    ],
)
def test_only_pods_of_a_release_with_our_mark_are_ours(
    machine: Machine, pod: dict[str, Any], values: str
) -> None:
    has(machine, pod, values=values)
    assert refuse(machine).reason is Reason.FALCO_ALREADY_INSTALLED


def test_an_operator_s_falco_beside_our_own_is_not_missed(machine: Machine) -> None:
    has(machine, agent(), agent("ops", "", "engine-x"), values=OURS)
    assert "\n  namespace ops: DaemonSet/falco, 1 pod\n" in refuse(machine).message


@pytest.mark.parametrize("values", ["null", "{}", '{"tty": true}', '{"kubectl-replay/setup": true}'])
def test_a_release_of_the_name_without_our_mark_is_left_as_it_is(machine: Machine, values: str) -> None:
    has(machine, values=values)
    failure = refuse(machine)
    assert failure.reason is Reason.FALCO_ALREADY_INSTALLED
    assert failure.message == (
        'The Helm release "falco" in the namespace "falco" is not of `kubectl replay setup falco`.'
        " Nothing was changed.\n"
        "next: use it as it is, with FALCO_NAMESPACE=falco; or uninstall it, and run this again"
    )


def test_where_nobody_may_look_for_pods_nothing_is_installed(machine: Machine) -> None:
    machine.says("kubectl get pods", err=FORBIDDEN, code=1)
    machine.says("helm get values", err=NOTHING, code=1)
    failure = refuse(machine)
    assert failure.reason is Reason.BACKEND_DISCOVERY_DENIED
    assert failure.message == (
        "The API server forbids looking for a Falco that is there already.\n"
        f"  {FORBIDDEN}"
        "command: kubectl get pods --all-namespaces -o json --context kind-k8s-replay --request-timeout 10s\n"
        "next: ask for a ClusterRole: pods list"
    )
    assert len(machine.calls) == 1


@pytest.mark.parametrize(
    ("err", "reason"),
    [
        (UNREACHABLE, Reason.CLUSTER_UNREACHABLE),
        ("error: You must be logged in to the server (Unauthorized)\n", Reason.CREDENTIALS_REFUSED),
        ("something new\n", Reason.CLUSTER_UNREACHABLE),
    ],
)
def test_where_nobody_answers_nothing_is_installed(machine: Machine, err: str, reason: Reason) -> None:
    machine.says("kubectl get pods", err=err, code=1)
    machine.says("helm")
    failure = refuse(machine)
    assert (failure.reason, failure.words) == (reason, err.strip())


@pytest.mark.parametrize(
    ("context", "told"), [("staging", "staging"), ("", "in-cluster"), ("kind-", "kind-")]
)
def test_a_cluster_that_is_not_local_wants_a_yes_before_it_is_asked_anything(
    machine: Machine, context: str, told: str
) -> None:
    has(machine)
    failure = refuse(machine, context=context)
    assert failure.reason is Reason.SETUP_NOT_CONFIRMED
    assert failure.message == (
        f'The context "{told}" is not a local cluster\'s, and Falco is privileged on every node. '
        "Nothing was changed.\nnext: add --yes, on a cluster made for tests"
    )
    assert machine.calls == []
    installation(machine, context).prepare(yes=True)
    assert len(machine.calls) == 2


def test_a_machine_without_helm_asks_nothing(machine: Machine) -> None:
    machine.says("kubectl get pods")
    assert refuse(machine).reason is Reason.HELM_MISSING
    assert machine.calls == []


def test_what_the_command_that_removes_it_is() -> None:
    helm = Helm(Connection(context="c", kubeconfig="a b", namespace="n"), {})
    removal = "helm uninstall falco --namespace n --kubeconfig 'a b' --kube-context c"
    assert Installation(Kubectl(helm.connection), helm).removal == removal
