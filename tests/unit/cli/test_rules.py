"""`rules falco`: what Falco says itself, else which files its log names, and 20 where neither is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kubectl_replay import catalog
from tests.unit.backends.samples import agent_pod
from tests.unit.cli.falcos import DENIED, RULE, executes, finds, listing, logs, tells
from tests.unit.doctor.falco.samples import START

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Cli, Cluster

LOADED = {"name": RULE, "priority": "Notice", "source": "syscall", "enabled": True, "tags": ["T1059"]}
LIST = ("falco", "-L", "-o", "json_output=true")
DENIED_EXEC = DENIED.format("create", "exec")


@pytest.fixture(autouse=True)
def _expecting(scenarios: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let `demo` expect a rule that is loaded, `tagged` one that is not, and there be no others."""
    monkeypatch.setattr(catalog, "_built_in", lambda: tmp_path / "nowhere")
    for name, rule in (("demo", RULE), ("tagged", "Another rule")):
        path = scenarios / name / "scenario.yaml"
        text = path.read_text().replace("detection:\n", f"detection:\n  falco: {{rules: [{rule}]}}\n")
        path.write_text(text)
    (scenarios / "broken" / "scenario.yaml").unlink()


def test_the_rules_are_listed_with_the_scenarios_that_expect_them(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    tells(cluster, LOADED)
    code, out, err = cli("rules", "falco")
    assert (code, err) == (0, "")
    assert out == (
        "DaemonSet/falco in the namespace falco: 1 rule, as falco-a says\n"
        "RULE                         PRIORITY  SOURCE   ENABLED  EXPECTED BY\n"
        "Terminal shell in container  Notice    syscall  yes      demo\n"
        "\nExpected, and not loaded or not enabled:\nAnother rule (tagged)\n"
    )


@pytest.mark.parametrize(("words", "variable"), [(("-o", "json"), ""), ((), "1")])
def test_the_document_is_printed_by_flag_and_by_variable(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], variable: str
) -> None:
    monkeypatch.setenv("JSON", variable)
    finds(cluster)
    tells(cluster, LOADED)
    document = json.loads(cli("rules", "falco", *words).out)
    assert document["falco"][0]["rules"] == [{**LOADED, "expected_by": ["demo"]}]
    assert document["not_loaded"] == {"Another rule": ["tagged"]}


def test_a_scenario_that_expects_nothing_of_falco_is_not_named(
    cli: Cli, cluster: Cluster, scenarios: Path
) -> None:
    for name in ("demo", "tagged"):
        path = scenarios / name / "scenario.yaml"
        path.write_text(path.read_text().replace("{rules: ", "{enabled: false, rules: "))
    finds(cluster)
    tells(cluster, LOADED)
    assert cli("rules", "falco").out.endswith("Terminal shell in container  Notice    syscall  yes      -\n")


def test_a_broken_folder_is_told_and_left_out(cli: Cli, cluster: Cluster, scenarios: Path) -> None:
    (scenarios / "demo/scenario.yaml").write_text("id: demo\n")
    finds(cluster)
    tells(cluster, LOADED)
    code, out, err = cli("rules", "falco")
    assert code == 0
    assert err == f"notice: {scenarios}/demo cannot be read; `kubectl replay show demo` says why\n"
    assert "yes      -\n" in out


def test_one_agent_of_each_is_asked_and_one_that_is_ready(cli: Cli, cluster: Cluster) -> None:
    audit = agent_pod("audit-a", owner="StatefulSet")
    finds(
        cluster, agent_pod(ready=False), agent_pod("falco-b", "node-b"), agent_pod("falco-c", "node-c"), audit
    )
    tells(cluster, LOADED, pod="falco-b")
    tells(cluster, {"name": "Another rule"}, pod="audit-a")
    code, out, _ = cli("rules", "falco")
    assert code == 0
    assert "as falco-b says" in out
    assert "StatefulSet/falco in the namespace falco: 1 rule, as audit-a says" in out
    assert [call[1] for call in cluster.calls if call[0] == "exec"] == [
        "falco-b",
        "falco-b",
        "audit-a",
        "audit-a",
    ]


def test_where_nobody_may_ask_the_files_of_the_log_are_listed(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    executes(cluster, "falco-a", *LIST, err=DENIED_EXEC, code=1)
    logs(cluster, "falco-a", *START)
    code, out, err = cli("rules", "falco")
    assert code == 0
    assert out == (
        "DaemonSet/falco in the namespace falco: rules not known; files that falco-a loaded at its start:\n"
        "/etc/falco/falco_rules.yaml\n"
        "/etc/falco/rules.d/shop.yaml\n"
    )
    said, command, advice = err.splitlines()
    assert said == f"error: falco/falco-a does not tell its rules: {DENIED_EXEC.strip()}"
    assert command.startswith(
        "command: kubectl exec falco-a -c falco --namespace falco --context kind-a -- falco"
    )
    assert advice == "next: ask for a Role there: pods/exec create, get"


def test_a_falco_that_cannot_list_its_rules_is_quoted(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    said = "Error: unknown filter\ncommand terminated with exit code 1\n"
    executes(cluster, "falco-a", *LIST, err=said, code=1)
    logs(cluster, "falco-a", *START)
    code, _, err = cli("rules", "falco")
    assert code == 0
    assert "Error: unknown filter command terminated with exit code 1" in err
    assert "next: " not in err


def test_an_answer_without_rules_is_none(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    tells(cluster)
    logs(cluster, "falco-a", *START)
    code, _, err = cli("rules", "falco")
    assert (code, err) == (
        0,
        "error: falco/falco-a does not tell its rules: the answer of `falco -L` names none\n",
    )


@pytest.mark.parametrize(
    ("err", "code", "why"),
    [
        ("", 0, "it does not reach back to Falco's start"),
        (DENIED.format("get", "log"), 1, DENIED.format("get", "log").strip()),
    ],
)
def test_where_nothing_can_be_learned_it_ends_20(
    cli: Cli, cluster: Cluster, err: str, code: int, why: str
) -> None:
    finds(cluster)
    executes(cluster, "falco-a", *LIST, err=DENIED_EXEC, code=1)
    logs(cluster, "falco-a", err=err, code=code)
    ended, out, said = cli("rules", "falco", "-o", "json")
    assert (ended, out) == (20, "")
    assert said.endswith(f"error: its log does not name its rules files: {why}\n")


def test_where_there_is_no_falco_it_ends_20(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    for _ in range(2):
        cluster.call("get", "pods", any, out=listing())
    code, out, err = cli("rules", "falco")
    assert (code, out) == (20, "")
    assert err.startswith("error: There is no Falco in this cluster.\n")


@pytest.mark.parametrize("words", [(), ("tetragon",), ("falco", "-n", "falco")])
def test_wrong_words_end_2_and_ask_nothing(cli: Cli, cluster: Cluster, words: tuple[str, ...]) -> None:
    code, out, _ = cli("rules", *words)
    assert (code, out, cluster.calls) == (2, "", [])
