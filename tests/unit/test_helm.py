"""What we ask of helm. helm is a script that notes how it is called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.chart import Chart, Values
from kubectl_replay.errors import Failure
from kubectl_replay.helm import Helm
from kubectl_replay.kubectl import Connection
from kubectl_replay.reasons import Reason
from tests.unit.machines import Machine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real_programs

PIN = "--namespace falco --kube-context kind-k8s-replay"
GROUPS = "--kube-as-group a --kube-as-group b"
FORBIDDEN = (
    'Error: query: failed to query with labels: secrets is forbidden: User "nobody" cannot list resource'
    ' "secrets" in API group "" in the namespace "falco"\n'
)
AGAIN = "see what helm itself said above, and run this again"
REMOVE = (
    "if no other helm is at work on it, remove what was cut off: "
    f"helm uninstall falco {PIN}; then run this again"
)
VALUES = Values({"tty": True}, ("a.yaml",), ("b=c",), ("mark", "ours"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.says("helm upgrade", out="Release installed.\n", err="a warning\n")
    return machine


def helm(machine: Machine, **environ: str) -> Helm:
    connection = Connection(context="kind-k8s-replay", namespace="falco")
    return Helm(connection, {"PATH": str(machine.folder / "bin"), **environ})


@pytest.mark.parametrize(
    ("connection", "flags"),
    [
        (Connection(namespace="n"), "--namespace n"),
        (Connection(namespace="n", in_cluster=True), "--namespace n"),
        (
            Connection("c", "f", "n", "m", ("a", "b")),
            "--namespace n --kubeconfig f --kube-context c --kube-as-user m " + GROUPS,
        ),
    ],
)
def test_helm_is_pinned_to_the_cluster_and_the_user_that_kubectl_is_pinned_to(
    connection: Connection, flags: str
) -> None:
    assert Helm(connection, {}).argv("list") == ("helm", "list", *flags.split())
    assert Helm(connection, {}).removal("r") == f"helm uninstall r {flags}"


def test_no_variable_leads_helm_to_another_cluster_and_all_others_are_passed_on(machine: Machine) -> None:
    elsewhere = {
        "HELM_KUBEAPISERVER": "https://other",
        "HELM_KUBECONTEXT": "other",
        "HELM_KUBETOKEN": "other",
        "HELM_KUBEASUSER": "other",
        "HELM_KUBEASGROUPS": "other",
        "HELM_KUBECAFILE": "other",
        "HELM_KUBETLS_SERVER_NAME": "other",
        "HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "true",
    }
    kept = {"HELM_CACHE_HOME": "/c", "HELM_DRIVER": "configmap", "KUBECONFIG": "a:b", "HOME": "/h"}
    found = helm(machine, **elsewhere, **kept)
    assert found.environment == {"PATH": str(machine.folder / "bin"), **kept}
    machine.says("helm get values", out="null", body=f"/usr/bin/env > {machine.folder}/seen")
    found.values("falco")
    seen = dict(line.split("=", 1) for line in (machine.folder / "seen").read_text().splitlines())
    assert not elsewhere.keys() & seen.keys()
    assert kept.items() <= seen.items()


@pytest.mark.parametrize(
    ("out", "values"), [("null\n", {}), ("{}\n", {}), ('{"a": {"b": 1}}\n', {"a": {"b": 1}})]
)
def test_the_values_of_a_release_are_read(machine: Machine, out: str, values: object) -> None:
    machine.says("helm get values", out=out, err="a warning\n")
    assert helm(machine).values("falco") == values
    assert machine.calls == [f"helm get values falco -o json {PIN}"]


def test_a_release_that_is_not_there_has_no_values(machine: Machine) -> None:
    machine.says("helm get values", err="Error: release: not found\n", code=1)
    assert helm(machine).values("falco") is None


def test_where_helm_may_not_look_the_role_is_named(machine: Machine) -> None:
    machine.says("helm get values", err=FORBIDDEN, code=1)
    with pytest.raises(Failure) as failed:
        helm(machine).values("falco")
    assert failed.value.reason is Reason.BACKEND_DISCOVERY_DENIED
    assert failed.value.message == (
        "The API server forbids reading which releases helm has installed.\n"
        f"  {FORBIDDEN}"
        f"command: helm get values falco -o json {PIN}\n"
        'next: ask for a Role in the namespace "falco": secrets get, list, create, update, delete'
    )


def test_where_helm_cannot_look_its_words_are_told(machine: Machine) -> None:
    said = "Error: Kubernetes cluster unreachable: the server is asleep\n"
    machine.says("helm get values", err=said, code=1)
    with pytest.raises(Failure) as failed:
        helm(machine).values("falco")
    assert failed.value.reason is Reason.HELM_FAILED
    assert failed.value.message == (
        f"The program helm failed.\n  {said}"
        f"command: helm get values falco -o json {PIN}\n"
        "next: see what helm itself said above, and run this again"
    )


def test_a_chart_is_installed_or_brought_up_to_date_with_helm_s_words_on_stderr(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    helm(machine).install("falco", Chart("oci://h/falco", "9.1.0"), VALUES)
    assert tuple(capfd.readouterr()) == ("", "Release installed.\na warning\n")
    chart = "falco oci://h/falco --version 9.1.0 --install --create-namespace"
    values = "--values - --values a.yaml --set b=c --set-string mark=ours"
    assert machine.calls == [f"helm upgrade {chart} {values} {PIN}"]
    assert json.loads(machine.was_given("helm upgrade")) == {"tty": True}


@pytest.mark.parametrize(
    ("history", "code", "step"),
    [
        ('[{"status": "deployed"}]', 0, AGAIN),
        ('[{"status": "failed"}]', 0, AGAIN),
        ("", 1, AGAIN),
        ('[{"status": "pending-install"}]', 0, REMOVE),
        ('[{"status": "pending-upgrade"}]', 0, REMOVE),
        ('[{"status": "pending-rollback"}]', 0, REMOVE),
    ],
)
def test_an_install_that_fails_says_so_and_how_to_go_on(
    machine: Machine, capfd: pytest.CaptureFixture[str], history: str, code: int, step: str
) -> None:
    machine.forgets("helm")
    machine.says("helm upgrade", err="Error: no\n", code=1)
    machine.says("helm history", out=history, code=code)
    with pytest.raises(Failure) as failed:
        helm(machine).install("falco", Chart("./falco"), VALUES)
    assert capfd.readouterr().err == "Error: no\n"
    assert failed.value.reason is Reason.HELM_FAILED
    assert failed.value.message == (
        f'helm could not install the release "falco" (exit code 1).\nnext: {step}'
    )
    assert machine.calls[1:] == [f"helm history falco --max 1 -o json {PIN}"]


def test_a_published_chart_is_downloaded_and_no_repository_is_added(machine: Machine, tmp_path: Path) -> None:
    target = tmp_path / "charts"
    target.mkdir()
    machine.says("helm pull", body=f"touch {target}/falco-9.1.0.tgz")
    fetched = helm(machine).fetch(Chart("falco", "9.1.0", "https://h/charts"), target)
    assert fetched == Chart(f"{target}/falco-9.1.0.tgz")
    assert machine.calls == [
        f"helm pull falco --version 9.1.0 --repo https://h/charts --destination {target}"
    ]


@pytest.mark.parametrize("code", [0, 1])
def test_a_chart_that_is_not_there_is_told_before_anything_is_changed(
    machine: Machine, tmp_path: Path, code: int
) -> None:
    machine.says("helm pull", err="Error: no such host\n", code=code)
    target = tmp_path / "charts"
    target.mkdir()
    with pytest.raises(Failure) as failed:
        helm(machine).fetch(Chart("falco", "9.1.0", "https://h/charts"), target)
    assert failed.value.reason is Reason.CHART_MISSING
    assert failed.value.message == (
        "The chart cannot be downloaded.\n  Error: no such host\n"
        "command: helm pull falco --version 9.1.0 --repo https://h/charts\n"
        "next: name a copy that is in reach with --chart or FALCO_CHART: "
        "a path, an oci:// or https:// address"
    )
    assert machine.changes() == []


def test_a_machine_without_helm_is_told_where_to_get_it(machine: Machine) -> None:
    helm(machine).require()
    (machine.folder / "bin" / "helm").unlink()
    with pytest.raises(Failure) as failed:
        helm(machine).require()
    assert failed.value.reason is Reason.HELM_MISSING
    assert failed.value.message == (
        "The program helm is not on PATH.\n"
        "next: install helm 3.8 or later, or helm 4: https://helm.sh/docs/intro/install/"
    )
