"""`setup falco`. helm and kubectl are scripts that note how they are called."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.cli.main import run
from kubectl_replay.interruption import handled
from kubectl_replay.rollout import waiting as agents_waiting
from tests.unit.machines import Machine
from tests.unit.programs import meanwhile, press, until
from tests.unit.rollout.test_state import agent, daemons
from tests.unit.samples import container, waiting
from tests.unit.test_kind import config

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real_programs

PIN = "--namespace falco --kube-context kind-k8s-replay"
GUARD = "kubectl config view -o json"
LOOK = "kubectl get pods --all-namespaces -o json --context kind-k8s-replay --request-timeout 10s"
WAIT = (
    "kubectl get daemonsets.apps,deployments.apps,pods --selector app.kubernetes.io/instance=falco -o json "
    "--ignore-not-found --namespace falco --context kind-k8s-replay --request-timeout 10s"
)
INSTALL = "--install --create-namespace --values -"
MARK = "--set-string kubectl-replay/setup=falco"
READY = (
    f'Falco is ready in the namespace "falco": 2 of 2 agents.\nIt is removed by: helm uninstall falco {PIN}\n'
)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine whose local cluster has no Falco."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(agents_waiting, "STEADY_SECONDS", 0.0)
    machine = Machine(tmp_path)
    machine.says("kubectl config view", out=config("kind-k8s-replay"))
    machine.says("kubectl get pods", out='{"items": []}')
    machine.says("kubectl get daemonsets", out=json.dumps({"items": [daemons(2, 2, 2)]}))
    machine.says("helm get values", err="Error: release: not found\n", code=1)
    pulled = 'while [ "$1" != --destination ]; do shift; done; touch "$2/falco-9.1.0.tgz"'
    machine.says("helm pull", body=pulled)
    machine.says("helm upgrade", out="Release installed.\n")
    return machine


def test_the_published_chart_is_downloaded_installed_and_waited_for(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["setup", "falco"]) == 0
    assert tuple(capfd.readouterr()) == (
        READY,
        (
            'installing Falco in the namespace "falco", from chart falco 9.1.0 of '
            "https://falcosecurity.github.io/charts\n"
            "Release installed.\n"
            "waiting for Falco: 2 of 2 agents are ready (0 s)\n"
        ),
    )
    guard, look, values, pull, upgrade, wait = machine.calls
    assert (guard, look, wait) == (GUARD, LOOK, WAIT)
    assert values == f"helm get values falco -o json {PIN}"
    asked, folder = pull.split(" --destination ")
    assert asked == "helm pull falco --version 9.1.0 --repo https://falcosecurity.github.io/charts"
    assert upgrade == f"helm upgrade falco {folder}/falco-9.1.0.tgz {INSTALL} {MARK} {PIN}"
    assert json.loads(machine.was_given("helm upgrade")) == {
        "driver": {"kind": "modern_ebpf"},
        "tty": True,
        "falco": {"json_output": True},
    }


def test_one_of_ours_is_brought_up_to_date(machine: Machine) -> None:
    machine.forgets("helm")
    machine.says("helm get values", out='{"kubectl-replay/setup": "falco"}')
    machine.says("helm upgrade")
    assert run(["setup", "falco", "--chart", "./falco"]) == 0
    assert machine.changes() == [f"helm upgrade falco ./falco {INSTALL} {MARK} {PIN}"]


def values_files(folder: Path) -> tuple[str, str]:
    files = folder / "a.yaml", folder / "b.yaml"
    for file in files:
        file.write_text("{}", "utf-8")
    return str(files[0]), str(files[1])


def test_flags_name_another_chart_and_stronger_values_in_their_order(
    machine: Machine, tmp_path: Path
) -> None:
    a, b = values_files(tmp_path)
    chart = ["--chart", "oci://h/falco", "--chart-version", "9.0.0"]
    assert run(["setup", "falco", *chart, "--values", a, "--values", b, "--set", "x=1", "--set", "y=2"]) == 0
    values = f"--values {a} --values {b} --set x=1 --set y=2"
    assert machine.changes() == [
        f"helm upgrade falco oci://h/falco --version 9.0.0 {INSTALL} {values} {MARK} {PIN}"
    ]
    assert not [call for call in machine.calls if call.startswith("helm pull")]


def test_variables_name_them_too(machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a, b = values_files(tmp_path)
    monkeypatch.setenv("FALCO_CHART", "oci://h/falco")
    monkeypatch.setenv("FALCO_CHART_VERSION", "9.0.0")
    monkeypatch.setenv("FALCO_VALUES", f"{a}:{b}")
    monkeypatch.setenv("FALCO_NAMESPACE", "security")
    assert run(["setup", "falco"]) == 0
    pin = PIN.replace("--namespace falco", "--namespace security")
    values = f"--values {a} --values {b}"
    assert machine.changes() == [
        f"helm upgrade falco oci://h/falco --version 9.0.0 {INSTALL} {values} {MARK} {pin}"
    ]


def test_a_flag_wins_over_its_variable(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a, b = values_files(tmp_path)
    monkeypatch.setenv("FALCO_CHART", "oci://h/falco")
    monkeypatch.setenv("FALCO_CHART_VERSION", "9.0.0")
    monkeypatch.setenv("FALCO_VALUES", a)
    words = ["--chart", "oci://i/falco", "--chart-version", "8.0.0", "--values", b]
    assert run(["setup", "falco", *words]) == 0
    assert machine.changes() == [
        f"helm upgrade falco oci://i/falco --version 8.0.0 {INSTALL} --values {b} {MARK} {PIN}"
    ]


@pytest.mark.parametrize("variable", [False, True])
def test_another_version_of_the_published_chart_is_downloaded(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, variable: bool
) -> None:
    if variable:
        monkeypatch.setenv("FALCO_CHART_VERSION", "9.0.0")
    assert run(["setup", "falco", *([] if variable else ["--chart-version", "9.0.0"])]) == 0
    (pull,) = [call for call in machine.calls if call.startswith("helm pull")]
    assert pull.startswith("helm pull falco --version 9.0.0 --repo https://falcosecurity.github.io/charts ")


def test_helm_means_the_cluster_and_the_user_that_the_flags_mean(machine: Machine) -> None:
    flags = ["--kubeconfig", "/a/file", "--as", "me", "--as-group", "us"]
    assert run(["setup", "falco", "--chart", "./falco", *flags]) == 0
    pin = "--namespace falco --kubeconfig /a/file --kube-context kind-k8s-replay --kube-as-user me"
    assert machine.changes() == [f"helm upgrade falco ./falco {INSTALL} {MARK} {pin} --kube-as-group us"]


def test_the_namespace_of_replays_is_not_falco_s(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLAY_NAMESPACE", "replays")
    assert run(["setup", "falco"]) == 0
    assert machine.calls[1] == LOOK
    assert machine.changes()[0].endswith(PIN)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-n", "x"], "Falco's namespace is falco; FALCO_NAMESPACE=NAME names another, -n does not."),
        (["--values", "/nowhere"], "There is no file /nowhere (--values, FALCO_VALUES)."),
        (["--values", "-"], "There is no file - (--values, FALCO_VALUES)."),
        (["--set", "x"], "--set x: write NAME=VALUE."),
        (["--ready-timeout", "0"], "Invalid value for '--ready-timeout': '0' is no duration such as"),
        (["more"], "Got unexpected extra argument (more)"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    machine: Machine, capfd: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert run(["setup", "falco", *words]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert told in said.err
    assert machine.calls == []


def test_a_variable_that_names_no_file_is_a_usage_error(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FALCO_VALUES", "/nowhere")
    assert run(["setup", "falco"]) == 2
    assert "There is no file /nowhere (--values, FALCO_VALUES)." in capfd.readouterr().err
    assert machine.calls == []


def test_the_guard_refuses_before_a_server_or_helm_is_asked(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.forgets("kubectl")
    machine.says("kubectl config view", out=config("kind-k8s-replay", "https://api.prod.example"))
    assert run(["setup", "falco", "--yes"]) == 20
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.startswith('error: Refused: server host "api.prod.example" has the word "prod"')
    assert said.err.endswith("\nreason: guard_refused\n")
    assert machine.calls == [GUARD]


def test_what_a_variable_lets_past_the_guard_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REPLAY_ALLOW_CONTEXT", "kind-my-prod")
    machine.forgets("kubectl")
    machine.says("kubectl config view", out=config("kind-my-prod"))
    machine.says("kubectl get pods", out='{"items": []}')
    machine.says("kubectl get daemonsets", out=json.dumps({"items": [daemons(1, 1, 1)]}))
    assert run(["setup", "falco"]) == 0
    assert capfd.readouterr().err.startswith("notice: REPLAY_ALLOW_CONTEXT lets this pass: ")


def test_a_cluster_that_is_not_local_wants_a_yes(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    machine.forgets("kubectl")
    machine.says("kubectl config view", out=config("staging"))
    machine.says("kubectl get pods", out='{"items": []}')
    machine.says("kubectl get daemonsets", out=json.dumps({"items": [daemons(1, 1, 1)]}))
    assert run(["setup", "falco", "--context", "staging"]) == 20
    assert tuple(capfd.readouterr()) == (
        "",
        (
            'error: The context "staging" is not a local cluster\'s, and Falco is privileged on every node. '
            "Nothing was changed.\n"
            "next: add --yes, on a cluster made for tests\n"
            "reason: setup_not_confirmed\n"
        ),
    )
    assert machine.calls == [GUARD]
    assert run(["setup", "falco", "--context", "staging", "--yes"]) == 0


def test_a_refusal_is_told_with_its_reason_and_changes_nothing(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.forgets("helm")
    machine.says("helm get values", out="{}")
    assert run(["setup", "falco"]) == 20
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.startswith('error: The Helm release "falco" in the namespace "falco" is not of ')
    assert said.err.endswith("\nreason: falco_already_installed\n")
    assert machine.changes() == []


def test_a_chart_that_cannot_be_downloaded_changes_nothing(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.forgets("helm")
    machine.says("helm get values", err="Error: release: not found\n", code=1)
    machine.says("helm pull", err="Error: no such host\n", code=1)
    assert run(["setup", "falco"]) == 20
    said = capfd.readouterr()
    assert said.out == ""
    assert "error: The chart cannot be downloaded.\n  Error: no such host\n" in said.err
    assert said.err.endswith("\nreason: chart_missing\n")
    assert machine.changes() == []


def test_agents_that_do_not_get_ready_in_time_end_20(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.forgets("kubectl")
    machine.says("kubectl config view", out=config("kind-k8s-replay"))
    machine.says("kubectl get pods", out='{"items": []}')
    machine.says("kubectl get daemonsets", out=json.dumps({"items": [daemons(1, 0, 0)]}))
    machine.says("kubectl get events", out='{"items": []}')
    assert run(["setup", "falco", "--ready-timeout", "10ms"]) == 20
    said = capfd.readouterr()
    assert said.out == ""
    assert "\nerror: Falco was installed, but only 0 of 1 agents are ready after 0.01 s.\n" in said.err
    assert said.err.endswith("\nreason: falco_not_ready\n")


def test_an_agent_that_was_stuck_before_is_given_the_time_that_a_new_one_is_not(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    stuck = agent("falco-a", container(waiting("ErrImagePull", "not found"), "falco"))
    stuck["metadata"] |= {"namespace": "falco", "labels": {"app.kubernetes.io/instance": "falco"}}
    for pods, when in (([], "."), ([stuck], " after 0.6 s.")):
        machine.forgets("kubectl")
        machine.forgets("helm")
        machine.says("helm get values", out='{"kubectl-replay/setup": "falco"}')
        machine.says("helm upgrade")
        machine.says("kubectl config view", out=config("kind-k8s-replay"))
        machine.says("kubectl get pods", out=json.dumps({"items": pods}))
        machine.says("kubectl get daemonsets", out=json.dumps({"items": [daemons(1, 1, 0), stuck]}))
        assert run(["setup", "falco", "--chart", "./falco", "--ready-timeout", "600ms"]) == 20
        assert (
            f"error: Falco was installed, but only 0 of 1 agents are ready{when}\n" in capfd.readouterr().err
        )


def test_a_signal_while_helm_works_tells_what_may_be_left(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    began = machine.folder / "began"
    machine.forgets("helm")
    machine.says("helm get values", err="Error: release: not found\n", code=1)
    machine.says("helm upgrade", body=f"touch {began}; while :; do sleep 0.01; done")

    def act() -> None:
        until(began.exists)
        press(signal.SIGINT)

    with handled(), meanwhile(act):
        assert run(["setup", "falco", "--chart", "./falco"]) == 130
    assert tuple(capfd.readouterr()) == (
        "",
        (
            'installing Falco in the namespace "falco", from chart ./falco\n'
            f"notice: a part of Falco may have been installed: helm uninstall falco {PIN}\n"
        ),
    )
