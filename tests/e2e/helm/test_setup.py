"""`setup falco` with a real helm 3 and a real helm 4, on a real cluster."""

from __future__ import annotations

import json
import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.chart import Chart
from kubectl_replay.helm import Helm as Product
from kubectl_replay.kubectl import Connection
from tests.e2e import helms
from tests.e2e.cluster import COMMANDS
from tests.e2e.test_make import MAKE
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.cluster import Target
    from tests.e2e.gates import Gate
    from tests.e2e.helms import Helm
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.replay import Replay, Replayed

BOTH = pytest.mark.parametrize("generation", helms.BUILDS)
OURS = {
    "driver": {"kind": "modern_ebpf"},
    "tty": True,
    "falco": {"json_output": True},
    "kubectl-replay/setup": "falco",
}
ELSEWHERE = {
    "HELM_KUBEAPISERVER": "https://127.0.0.1:1",
    "HELM_KUBECONTEXT": "nowhere",
    "HELM_KUBETOKEN": "nobody's",
    "HELM_KUBEASUSER": "nobody",
    "HELM_NAMESPACE": "elsewhere",
}


def assert_ready(replayed: Replayed, context: str = "k8s-replay-local") -> None:
    assert (replayed.code, replayed.stdout) == (
        0,
        (
            'Falco is ready in the namespace "falco": 1 of 1 agents.\n'
            f"It is removed by: helm uninstall falco --namespace falco --kube-context {context}\n"
        ),
    ), replayed.stderr


@BOTH
def test_a_chart_is_installed_once_and_a_second_time_changes_nothing_that_runs(
    replay: Replay, helm: Helm, target: Target
) -> None:
    first = replay("setup", "falco")
    assert_ready(first)
    assert f'installing Falco in the namespace "falco", from chart {helms.CHART}\n' in first.stderr
    assert 'Release "falco" does not exist. Installing it now.\n' in first.stderr
    assert "waiting for Falco: 1 of 1 agents are ready (" in first.stderr
    assert OURS.items() <= helms.values(target).items()
    found, objects = helms.agents(target), helms.objects(target)
    assert len(found) == 1
    second = replay("setup", "falco")
    assert_ready(second)
    assert 'Release "falco" has been upgraded.' in second.stderr
    assert helms.agents(target) == found
    (release,) = helm.releases
    assert (release["name"], release["namespace"], release["revision"]) == ("falco", "falco", "2")
    assert (release["status"], release["chart"]) == ("deployed", "falco-9.1.0")
    left = helms.objects(target)
    revision = "Secret falco/sh.helm.release.v1.falco."
    assert {name: left[name] for name in left if revision not in name} == {
        name: objects[name] for name in objects if revision not in name
    }


@BOTH
def test_values_of_the_user_are_stronger_and_the_mark_is_not_one_of_them(
    replay: Replay, helm: Helm, target: Target, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("tty: false\nextra: {a: one, b: one, c: one}\nkubectl-replay/setup: no\n", "utf-8")
    two.write_text("extra: {b: two, c: two}\n", "utf-8")
    words = ("--values", str(one), "--values", str(two), "--set", "extra.c=set,driver.kind=kmod")
    assert_ready(replay("setup", "falco", *words, "--set", "kubectl-replay/setup=no"))
    found = helms.values(target)
    assert found["extra"] == {"a": "one", "b": "two", "c": "set"}
    assert (found["tty"], found["driver"]["kind"]) == (False, "kmod")
    assert found["falco"]["json_output"] is True
    assert found["kubectl-replay/setup"] == "falco"
    stored = json.loads(helm("get", "values", "falco", "-n", "falco", "-o", "json").passed())
    assert stored["kubectl-replay/setup"] == "falco"
    assert_ready(replay("setup", "falco"))
    assert OURS.items() <= helms.values(target).items()
    assert "extra" not in helms.values(target)


def test_an_agent_of_the_older_form_does_not_count_as_ready(replay: Replay, target: Target) -> None:
    assert_ready(replay("setup", "falco"))
    before = helms.agents(target)
    assert_ready(replay("setup", "falco", "--set", "more=1"))
    after = helms.agents(target)
    assert not set(before.values()) & set(after.values())
    assert len(after) == 1


@pytest.mark.parametrize("generation", ["3"])
def test_what_helm_3_installed_helm_4_brings_up_to_date(
    replay: Replay, target: Target, tmp_path: Path
) -> None:
    assert_ready(replay("setup", "falco"))
    (tmp_path / "newer").mkdir()
    newer = helms.Helm.place("4", tmp_path / "newer", target)
    path: dict[str, str | None] = {"PATH": f"{newer.folder}:{replay.environment['PATH']}"}
    assert_ready(replay("setup", "falco", "--set", "by=4", env=path))
    assert helms.values(target)["by"] == 4
    assert [call for call in newer.calls if call.startswith("upgrade ")]


@BOTH
def test_helm_works_on_the_judged_cluster_whatever_its_variables_say(
    replay: Replay, target: Target, helm: Helm
) -> None:
    assert_ready(replay("setup", "falco", env={**ELSEWHERE}))
    assert OURS.items() <= helms.values(target).items()
    assert {release["namespace"] for release in helm.releases} == {"falco"}


def test_another_namespace_is_named_by_a_variable(replay: Replay, helm: Helm) -> None:
    replayed = replay("setup", "falco", env={"FALCO_NAMESPACE": "security"})
    assert replayed.code == 0
    assert replayed.stdout.startswith('Falco is ready in the namespace "security": 1 of 1 agents.\n')
    assert [release["namespace"] for release in helm.releases] == ["security"]
    elsewhere = replay("setup", "falco")
    assert elsewhere.code == 20
    assert "  namespace security: DaemonSet/falco, Helm release falco, 1 pod\n" in elsewhere.stderr
    assert "next: use it as it is, with FALCO_NAMESPACE=security; or uninstall it" in elsewhere.stderr
    assert [release["namespace"] for release in helm.releases] == ["security"]


def test_make_passes_words_and_variables_on(replay: Replay, target: Target) -> None:
    assert_ready(replay("setup-falco", "ARGS=--set by=make", program=MAKE))
    assert helms.values(target)["by"] == "make"


def test_the_user_s_own_helm_is_as_it_was(replay: Replay, helm: Helm, tmp_path: Path) -> None:
    homes = {name: str(tmp_path / name) for name in ("HELM_CONFIG_HOME", "HELM_DATA_HOME")}
    with helms.serve(helm, tmp_path) as address:
        assert_ready(replay("setup", "falco", "--chart", f"{address}/falco-9.1.0.tgz", env={**homes}))
    assert not [name for name in homes if (tmp_path / name).exists()]


@BOTH
def test_a_chart_of_a_repository_is_downloaded_though_a_folder_has_its_name(
    helm: Helm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "falco").mkdir(parents=True)
    (tmp_path / "there").mkdir()
    (tmp_path / "served").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with helms.serve(helm, tmp_path / "served") as address:
        product = Product(Connection(), helm.environment)
        fetched = product.fetch(Chart("falco", "9.1.0", address), tmp_path / "there")
    assert fetched == Chart(str(tmp_path / "there" / "falco-9.1.0.tgz"))


@pytest.mark.parametrize("generation", ["3"])
def test_a_repository_out_of_reach_is_told_and_a_folder_of_the_name_is_not_taken(
    replay: Replay, helm: Helm, target: Target, tmp_path: Path
) -> None:
    helms.copy_chart(tmp_path)
    before = helms.objects(target)
    env = {"FALCO_CHART": None, "HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "172.16.0.0/12"}
    inside = ("sh", "-c", 'cd "$0" && exec kubectl-replay "$@"', str(tmp_path))
    replayed = replay("setup", "falco", env=env, program=inside)
    assert (replayed.code, replayed.stdout) == (20, "")
    assert "error: The chart cannot be downloaded.\n  Error: " in replayed.stderr
    assert "https://falcosecurity.github.io/charts" in replayed.stderr
    assert replayed.stderr.endswith("\nreason: chart_missing\n")
    assert helms.objects(target) == before
    assert helm.releases == []


def test_a_cluster_that_is_not_local_wants_a_yes(
    replay: Replay, helm: Helm, kubeconfigs: Kubeconfigs, target: Target
) -> None:
    before = helms.objects(target)
    staging = kubeconfigs(context="staging", cluster="staging")
    replayed = replay("setup", "falco", "--context", "staging", env=staging)
    assert (replayed.code, replayed.stdout) == (20, "")
    assert replayed.stderr == (
        'error: The context "staging" is not a local cluster\'s, and Falco is privileged on every node. '
        "Nothing was changed.\nnext: add --yes, on a cluster made for tests\nreason: setup_not_confirmed\n"
    )
    assert helm.calls == []
    assert helms.objects(target) == before
    assert_ready(replay("setup", "falco", "--context", "staging", "--yes", env=staging), "staging")


def test_a_refused_cluster_is_not_asked_and_neither_is_helm(
    replay: Replay, helm: Helm, kubeconfigs: Kubeconfigs, gate: Gate
) -> None:
    env = {**gate.build(), **kubeconfigs(server="https://api.prod.example")}
    env["PATH"] = f"{helm.folder}:{env['PATH']}"
    replayed = replay("setup", "falco", "--yes", env=env)
    assert (replayed.code, replayed.stdout) == (20, "")
    assert replayed.stderr.startswith('error: Refused: server host "api.prod.example" has the word "prod"')
    assert replayed.stderr.endswith("\nreason: guard_refused\n")
    assert gate.calls == ["config view -o json"]
    assert helm.calls == []


def test_a_machine_without_helm_is_told_where_to_get_it(
    replay: Replay, target: Target, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    found = shutil.which("kubectl", path=target.environment["PATH"])
    assert found
    (tmp_path / "bin" / "kubectl").symlink_to(os.path.realpath(found))
    replayed = replay("setup", "falco", env={"PATH": f"{tmp_path / 'bin'}:{COMMANDS}"})
    assert (replayed.code, replayed.stdout) == (20, "")
    assert replayed.stderr == (
        "error: The program helm is not on PATH.\n"
        "next: install helm 3.8 or later, or helm 4: https://helm.sh/docs/intro/install/\n"
        "reason: helm_missing\n"
    )


@BOTH
def test_a_release_that_was_cut_off_is_told_with_the_command_that_removes_it(
    replay: Replay, helm: Helm
) -> None:
    running = replay.start("setup", "falco", "--set", "hold=true")
    running.wait_for('Release "falco" does not exist.')
    until_pending(helm)
    running.discard()  # SIGKILL to helm too
    replayed = replay("setup", "falco")
    assert (replayed.code, replayed.stdout) == (20, "")
    assert "another operation (install/upgrade/rollback) is in progress" in replayed.stderr
    removal = "helm uninstall falco --namespace falco --kube-context k8s-replay-local"
    assert replayed.stderr.endswith(
        "\nnext: if no other helm is at work on it, remove what was cut off: "
        f"{removal}; then run this again\nreason: helm_failed\n"
    )
    helm(*removal.split()[1:]).passed()
    assert_ready(replay("setup", "falco"))


def until_pending(helm: Helm) -> None:
    until(lambda: [r for r in helm.releases if r["status"] == "pending-install"], "helm to hold")


@BOTH
def test_a_signal_while_helm_works_ends_helm_and_tells_what_may_be_left(replay: Replay, helm: Helm) -> None:
    running = replay.start("setup", "falco", "--set", "hold=true")
    running.wait_for('Release "falco" does not exist.')
    until_pending(helm)
    running.signal(signal.SIGINT)
    replayed = running.end()
    assert (replayed.code, replayed.stdout) == (130, "")
    assert replayed.stderr.endswith(
        "\nnotice: a part of Falco may have been installed: "
        "helm uninstall falco --namespace falco --kube-context k8s-replay-local\n"
    )


def test_a_signal_while_agents_are_waited_for_tells_what_is_there(replay: Replay, helm: Helm) -> None:
    running = replay.start("setup", "falco", "--set", "agent=exit 1")
    running.wait_for("waiting for Falco: ")
    running.signal(signal.SIGTERM)
    replayed = running.end()
    assert (replayed.code, replayed.stdout) == (143, "")
    assert "\nnotice: a part of Falco may have been installed: helm uninstall falco " in replayed.stderr
    assert [release["status"] for release in helm.releases] == ["deployed"]
