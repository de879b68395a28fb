"""The kind cluster of our own. kind, docker and kubectl are scripts that note how they are called."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.cli.main import run
from kubectl_replay.interruption import handled
from kubectl_replay.kind import Kind, are_marked, configuration
from tests.unit.machines import Machine
from tests.unit.programs import meanwhile, press, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real_programs

OURS = {"kubernetes.io/os": "linux", "kubectl-replay/setup": "kind"}
INSTALL_KIND = "next: install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation\n"


def nodes(*labels: dict[str, str] | None) -> str:
    items = [{"metadata": {"name": "n", **({"labels": each} if each else {})}} for each in labels]
    return json.dumps({"items": items})


def config(context: str, server: str = "https://127.0.0.1:40001") -> str:
    return json.dumps(
        {
            "clusters": [{"name": context, "cluster": {"server": server}}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
            "users": [{"name": context, "user": {}}],
            "current-context": context,
        }
    )


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine that has kind, docker and kubectl, and no cluster."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    machine = Machine(tmp_path)
    machine.says("docker")
    machine.says("kind get clusters", err="No kind clusters found.\n")
    machine.says("kind create cluster", err="Creating cluster ...\n")
    machine.says("kind delete cluster", err="Deleting cluster ...\n")
    return machine


def has_cluster(machine: Machine, name: str, labels: str) -> None:
    """Give the machine a kind cluster whose nodes have these labels."""
    machine.forgets("kind")
    machine.says("kind get clusters", out=f"other\n{name}\n")
    machine.says("kind get kubeconfig", out=config(f"kind-{name}"))
    machine.says("kind delete cluster", err="Deleting cluster ...\n")
    machine.says("kubectl config view", out=config(f"kind-{name}"))
    machine.says("kubectl get nodes", out=labels)


def test_the_configuration_marks_its_node_with_a_label_that_a_kubelet_may_set() -> None:
    node = {"role": "control-plane", "labels": {"kubectl-replay/setup": "kind"}}
    assert json.loads(configuration()) == {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "nodes": [node],
    }
    assert not any("kubernetes.io" in key or "k8s.io" in key for key in node["labels"])


@pytest.mark.parametrize(
    ("labels", "ours"),
    [
        ([OURS], True),
        ([OURS, OURS], True),
        ([], False),
        ([None], False),
        ([OURS, {}], False),
        ([{"kubectl-replay/setup": "other"}], False),
        ([{"app.kubernetes.io/managed-by": "kubectl-replay"}], False),
    ],
)
def test_a_cluster_is_ours_when_it_has_nodes_and_all_are_marked(labels: list[Any], ours: bool) -> None:
    assert are_marked(nodes(*labels)) is ours


@pytest.mark.parametrize(
    ("environ", "name"),
    [({}, "k8s-replay"), ({"KIND_CLUSTER": ""}, "k8s-replay"), ({"KIND_CLUSTER": "x"}, "x")],
)
def test_the_variable_names_the_cluster(environ: dict[str, str], name: str) -> None:
    kind = Kind(environ)
    assert (kind.name, kind.context) == (name, f"kind-{name}")


def test_a_cluster_is_made_with_kind_s_own_words_on_stderr(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["setup", "kind"]) == 0
    assert tuple(capfd.readouterr()) == (
        'Made the kind cluster "k8s-replay"; the current context is now kind-k8s-replay.\n',
        "Creating cluster ...\n",
    )
    assert machine.calls == [
        "kind get clusters",
        "kind create cluster --name k8s-replay --wait 180s --config -",
    ]
    assert machine.was_given("kind create cluster") == configuration()


def test_a_cluster_is_made_under_the_name_and_kubeconfig_that_are_asked_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIND_CLUSTER", "mine")
    assert run(["setup", "kind", "--kubeconfig", "/a/file", "--context", "kind-mine"]) == 0
    wanted = "kind create cluster --name mine --wait 180s --config - --kubeconfig /a/file"
    assert machine.changes() == [wanted]


def test_a_create_that_fails_is_refused_and_kind_s_words_stand_above(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.forgets("kind")
    machine.says("kind get clusters")
    machine.says("kind create cluster", err="ERROR: no space left\n", code=1)
    assert run(["setup", "kind"]) == 20
    assert tuple(capfd.readouterr()) == (
        "",
        (
            "ERROR: no space left\n"
            'error: kind could not create the cluster "k8s-replay" (exit code 1).\n'
            "next: see what kind itself said above, and run this again\n"
        ),
    )


def test_a_cluster_of_ours_that_exists_is_left_as_it_is(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    has_cluster(machine, "k8s-replay", nodes(OURS))
    assert run(["setup", "kind"]) == 0
    said = 'The kind cluster "k8s-replay" exists already; it is left as it is.\n'
    assert tuple(capfd.readouterr()) == (said, "")
    assert machine.changes() == []


def test_somebody_else_s_cluster_is_left_as_it_is_and_refused(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    has_cluster(machine, "k8s-replay", nodes(OURS, {}))
    assert run(["setup", "kind"]) == 20
    assert tuple(capfd.readouterr()) == (
        "",
        (
            'error: The kind cluster "k8s-replay" is not kubectl-replay\'s: not all nodes have '
            "kubectl-replay/setup=kind. It is left as it is.\n"
            "next: name another one, KIND_CLUSTER=NAME, or use this one with --context kind-k8s-replay\n"
        ),
    )
    assert machine.changes() == []


def test_our_cluster_is_deleted(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    has_cluster(machine, "k8s-replay", nodes(OURS))
    assert run(["reset", "--kubeconfig", "/a/file"]) == 0
    said = tuple(capfd.readouterr())
    assert said == ('Deleted the kind cluster "k8s-replay".\n', "Deleting cluster ...\n")
    assert machine.changes() == ["kind delete cluster --name k8s-replay --kubeconfig /a/file"]


def test_the_cluster_is_asked_through_kind_s_own_kubeconfig_whatever_the_user_s_says(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/somebody/elses")
    has_cluster(machine, "k8s-replay", nodes(OURS))
    assert run(["reset"]) == 0
    asked = [call.split() for call in machine.calls if call.startswith("kubectl get nodes")]
    ((*_, flag, file, context_flag, context, _, _),) = asked
    assert (flag, context_flag, context) == ("--kubeconfig", "--context", "kind-k8s-replay")
    assert file.endswith("/kubeconfig")
    assert not file.startswith("/somebody")


def test_somebody_else_s_cluster_is_not_deleted(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    has_cluster(machine, "k8s-replay", nodes({}))
    assert run(["reset"]) == 20
    assert tuple(capfd.readouterr()) == (
        "",
        (
            'error: The kind cluster "k8s-replay" is not kubectl-replay\'s: not all nodes have '
            "kubectl-replay/setup=kind. It is left as it is.\n"
            "next: delete it yourself, if you mean it: kind delete cluster --name k8s-replay\n"
        ),
    )
    assert machine.changes() == []


def test_a_cluster_that_does_not_answer_is_not_deleted(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    has_cluster(machine, "k8s-replay", "")
    machine.forgets("kubectl")
    machine.says("kubectl config view", out=config("kind-k8s-replay"))
    machine.says("kubectl get nodes", err="The connection to the server 127.0.0.1:1 was refused\n", code=1)
    assert run(["reset"]) == 20
    assert capfd.readouterr().err == (
        'error: Whose the kind cluster "k8s-replay" is could not be asked. It is left as it is.\n'
        "  The connection to the server 127.0.0.1:1 was refused\n"
        "next: start its containers, or delete it yourself, if you mean it: "
        "kind delete cluster --name k8s-replay\n"
    )
    assert machine.changes() == []


def test_a_cluster_without_a_kubeconfig_is_not_deleted(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.forgets("kind")
    machine.says("kind get clusters", out="k8s-replay\n")
    machine.says("kind get kubeconfig", err="ERROR: could not locate any control plane nodes\n", code=1)
    assert run(["reset"]) == 20
    assert "\n  ERROR: could not locate any control plane nodes\n" in capfd.readouterr().err
    assert machine.changes() == []


def test_a_cluster_whose_server_the_guard_refuses_is_not_even_asked(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    has_cluster(machine, "k8s-replay", nodes(OURS))
    machine.forgets("kubectl")
    machine.says("kubectl config view", out=config("kind-k8s-replay", "https://api.prod.example"))
    assert run(["reset"]) == 20
    assert 'server host "api.prod.example" has the word "prod"' in capfd.readouterr().err
    assert machine.changes() == []


def test_where_there_is_no_cluster_there_is_nothing_to_delete(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["reset"]) == 0
    assert capfd.readouterr().out == 'There is no kind cluster "k8s-replay": nothing to delete.\n'
    assert machine.changes() == []


@pytest.mark.parametrize("words", [["setup", "kind"], ["reset"]])
def test_a_name_that_the_guard_refuses_is_refused_before_kind_is_asked(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setenv("KIND_CLUSTER", "my-prod")
    assert run(words) == 20
    said = capfd.readouterr()
    assert said.out == ""
    assert 'context "kind-my-prod" has the word "prod", so it may be in production' in said.err
    assert machine.calls == []


@pytest.mark.parametrize("words", [["setup", "kind"], ["reset"]])
def test_a_name_that_is_allowed_by_variable_passes_with_a_notice(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setenv("KIND_CLUSTER", "my-prod")
    monkeypatch.setenv("REPLAY_ALLOW_CONTEXT", "kind-my-prod")
    assert run(words) == 0
    assert capfd.readouterr().err.startswith("notice: REPLAY_ALLOW_CONTEXT lets this pass: ")
    assert machine.calls[0] == "kind get clusters"


@pytest.mark.parametrize(
    "words", [["--context", "kind-other", "reset"], ["setup", "kind", "--context", "other"]]
)
def test_another_context_is_a_usage_error(
    machine: Machine, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert run(words) == 2
    said = "Error: The cluster is kind-k8s-replay; KIND_CLUSTER=NAME names another, --context does not.\n"
    assert capfd.readouterr().err.endswith(said)
    assert machine.calls == []


@pytest.mark.parametrize("words", [["setup", "kind"], ["reset"]])
def test_a_machine_without_kind_is_told_where_to_get_it(
    machine: Machine, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    (machine.folder / "bin" / "kind").unlink()
    assert run(words) == 20
    assert tuple(capfd.readouterr()) == ("", f"error: kind is not on PATH.\n{INSTALL_KIND}")


def test_a_machine_without_any_container_engine_is_told_to_install_docker(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    (machine.folder / "bin" / "docker").unlink()
    assert run(["setup", "kind"]) == 20
    assert capfd.readouterr().err == (
        "error: kind runs its nodes in containers, and docker or podman or nerdctl or finch is not on PATH.\n"
        "next: install Docker, and start it: https://docs.docker.com/engine/install/\n"
    )
    assert machine.calls == []


def test_an_engine_that_is_named_must_be_there(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIND_EXPERIMENTAL_PROVIDER", "podman")
    assert run(["setup", "kind"]) == 20
    assert "and podman is not on PATH." in capfd.readouterr().err
    assert machine.calls == []


def test_an_engine_that_does_not_answer_is_told_in_kind_s_words(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.forgets("kind")
    said = "ERROR: failed to list clusters\nCannot connect to the Docker daemon\n"
    machine.says("kind get clusters", err=said, code=1)
    assert run(["reset"]) == 20
    assert capfd.readouterr().err == (
        "error: kind cannot list its clusters.\n"
        "  ERROR: failed to list clusters\n"
        "  Cannot connect to the Docker daemon\n"
        "next: start the container engine (Docker), and try `kind get clusters`\n"
    )


def test_a_signal_while_kind_works_tells_what_may_be_left(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    began = machine.folder / "began"
    machine.forgets("kind")
    machine.says("kind get clusters")
    machine.says("kind create cluster", body=f"touch {began}; while :; do sleep 0.01; done")

    def act() -> None:
        until(began.exists)
        press(signal.SIGINT)

    with handled(), meanwhile(act):
        assert run(["setup", "kind"]) == 130
    said = "notice: kind may have left a part of the cluster: kind delete cluster --name k8s-replay\n"
    assert tuple(capfd.readouterr()) == ("", said)
