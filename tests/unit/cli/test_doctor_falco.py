"""`doctor falco`: the way to the server, then Falco, and 20 where something failed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.backends.samples import agent_pod
from tests.unit.cli.conftest import CONFIG
from tests.unit.cli.falcos import BOTH, RULE, executes, listing, logs, tells
from tests.unit.detection.samples import falco_json
from tests.unit.doctor.falco.samples import START
from tests.unit.samples import FORBIDDEN

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Cli, Cluster

NODE = {"metadata": {"name": "node-a"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
CONFIGURATION = "{json_output: true, stdout_output: {enabled: true}}"
CHECKS = [
    "kubectl", "context", "server", "falco", "agent", "log", "version", "buffering", "event sources",
    "rules files", "drops", "last start", "alerts", "rules", "output", "stdout_output", "minimum priority",
    "rule_matching",
]  # fmt: skip


def arrives(cluster: Cluster, config: str = CONFIG) -> None:
    """Register the way to the server."""
    cluster.call("version", "--client", "-o", "json", out=BOTH)
    cluster.view(config)
    cluster.call("version", "-o", "json", any, out=BOTH)


def healthy(cluster: Cluster) -> None:
    arrives(cluster)
    cluster.call("get", "pods", "--all-namespaces", any, out=listing(agent_pod()))
    cluster.call("get", "nodes", any, out=listing(NODE))
    logs(cluster, "falco-a", *START, falco_json())
    tells(
        cluster,
        {"name": RULE, "priority": "Notice", "enabled": True},
        configuration=CONFIGURATION,
    )


def test_a_healthy_falco_is_looked_at_from_kubectl_to_its_rules(cli: Cli, cluster: Cluster) -> None:
    healthy(cluster)
    code, out, err = cli("doctor", "falco")
    assert (code, err) == (0, "")
    lines = [line for line in out.splitlines() if "  fix: " not in line]
    assert [line[8:].split(": ")[0] for line in lines] == CHECKS
    assert [line[:7].strip() for line in lines] == ["✓ ok"] * len(CHECKS)


def test_the_logs_are_read_before_anything_is_asked_in_a_container(cli: Cli, cluster: Cluster) -> None:
    healthy(cluster)
    cli("doctor", "falco")
    assert cluster.verbs[-3:] == ["logs", "exec", "exec"]


@pytest.mark.parametrize(("words", "variable"), [(("-o", "json"), ""), ((), "1")])
def test_the_document_has_the_same_findings(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], variable: str
) -> None:
    monkeypatch.setenv("JSON", variable)
    healthy(cluster)
    document = json.loads(cli("doctor", "falco", *words).out)
    assert [each["check"] for each in document["findings"]] == CHECKS
    assert document["ok"] is True


def test_files_that_add_to_falco_yaml_are_read_too(cli: Cli, cluster: Cluster) -> None:
    arrives(cluster)
    cluster.call("get", "pods", "--all-namespaces", any, out=listing(agent_pod()))
    cluster.call("get", "nodes", any, out=listing(NODE))
    more = START[2].replace("/etc/falco/falco.yaml", "/etc/falco/config.d/shop.yaml")
    logs(cluster, "falco-a", *START[:3], more, *START[3:], falco_json())
    tells(cluster, {"name": RULE, "priority": "Notice"}, configuration=CONFIGURATION)
    executes(
        cluster, "falco-a", "cat", "/etc/falco/config.d/shop.yaml", out="stdout_output: {enabled: false}"
    )
    code, out, _ = cli("doctor", "falco")
    assert code == 20
    assert "✗ fail  stdout_output: it is switched off, so that no log shows an alert\n" in out


def test_of_very_many_agents_only_some_logs_are_read(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubectl_replay.doctor.falco.MOST_LOGS", 1)
    arrives(cluster)
    found = listing(agent_pod("falco-b", "node-b"), agent_pod())
    cluster.call("get", "pods", "--all-namespaces", any, out=found)
    cluster.call("get", "nodes", any, out=listing(NODE))
    logs(cluster, "falco-a", *START, falco_json())
    tells(cluster, {"name": RULE}, configuration=CONFIGURATION)
    code, out, _ = cli("doctor", "falco")
    assert code == 0
    assert "! warn  log: not made: only 1 of 2 logs were read\n        fix: see the others with" in out


def test_each_falco_is_asked_and_what_differs_is_said_of_each(cli: Cli, cluster: Cluster) -> None:
    arrives(cluster)
    found = listing(agent_pod(), agent_pod("audit-a", owner="StatefulSet"))
    cluster.call("get", "pods", "--all-namespaces", any, out=found)
    cluster.call("get", "nodes", any, out=listing(NODE))
    for pod in ("falco-a", "audit-a"):
        logs(cluster, pod, *START, falco_json())
        tells(cluster, {"name": RULE}, pod=pod, configuration=CONFIGURATION)
    out = cli("doctor", "falco").out
    assert out.count("  output: JSON, which names the rule\n") == 1
    for name in ("StatefulSet/falco", "DaemonSet/falco"):
        assert f"✓ ok    rules: {name} in the namespace falco: 1 loaded, as `falco -L` in falco/" in out


def test_where_nobody_may_look_it_ends_20_with_the_role_to_ask_for(cli: Cli, cluster: Cluster) -> None:
    arrives(cluster)
    cluster.call("get", "pods", any, err=FORBIDDEN, code=1)
    code, out, _ = cli("doctor", "falco", "-o", "json")
    (found,) = [each for each in json.loads(out)["findings"] if each["check"] == "falco"]
    assert (code, found["status"]) == (20, "fail")
    assert found["fix"].startswith("ask for a ClusterRole: pods list; ")


def test_where_there_is_none_it_ends_20_and_nothing_more_is_asked(cli: Cli, cluster: Cluster) -> None:
    arrives(cluster)
    for _ in range(2):
        cluster.call("get", "pods", any, out=listing())
    code, out, _ = cli("doctor", "falco")
    assert code == 20
    assert out.endswith(
        "✗ fail  falco: none in any namespace\n        fix: install it: `kubectl replay setup falco`\n"
    )
    assert cluster.verbs[-2:] == ["get", "get"]


def test_a_named_namespace_is_looked_into_alone(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FALCO_NAMESPACE", "security")
    arrives(cluster)
    cluster.call("get", "pods", any, out=listing())
    _, out, _ = cli("doctor", "falco")
    assert "✗ fail  falco: none in the namespace security, which FALCO_NAMESPACE names\n" in out
    assert cluster.calls[-1][:6] == ["get", "pods", "-o", "json", "--namespace", "security"]


def test_a_cluster_that_the_guard_refuses_is_asked_nothing(cli: Cli, cluster: Cluster) -> None:
    cluster.call("version", "--client", "-o", "json", out=BOTH)
    cluster.view()
    code, out, _ = cli("doctor", "falco", "--context", "prod")
    assert code == 20
    assert out.endswith(
        "! warn  falco: not made: context stands in the way\n        fix: mend context first\n"
    )
    assert sorted(cluster.verbs) == ["config", "version"]


def test_the_namespace_of_runs_is_refused(cli: Cli, cluster: Cluster) -> None:
    code, out, err = cli("doctor", "falco", "-n", "falco")
    assert (code, out) == (2, "")
    assert "-n names the namespace of runs; FALCO_NAMESPACE=NAME names Falco's" in err
    assert cluster.calls == []


def test_nothing_else_can_be_looked_at(cli: Cli) -> None:
    code, out, _ = cli("doctor", "tetragon")
    assert (code, out) == (2, "")
