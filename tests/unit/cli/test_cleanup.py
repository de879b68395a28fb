"""`cleanup`: two namespaces, our labels, and 20 when something stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.test_leftovers import item

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Cli, Cluster

KINDS = ("api-resources", any)


def listing(*items: dict[str, Any]) -> str:
    return json.dumps({"items": list(items)})


def namespaces(cluster: Cluster) -> list[str]:
    """Return the namespaces that were listed."""
    listed = [call for call in cluster.calls if call[0] == "get" and call[1] != "namespace"]
    return [call[call.index("--namespace") + 1] for call in listed]


def nothing(cluster: Cluster, *, everything: bool = False) -> None:
    cluster.view()
    cluster.call(*KINDS, out="pods\n")
    for _ in range(2):
        cluster.call("get", "pods", any, out=listing())
        if everything:
            cluster.call("get", "namespace", any, out="")


def test_where_nothing_is_left_it_says_so(cli: Cli, cluster: Cluster) -> None:
    nothing(cluster)
    assert cli("cleanup", "demo") == (0, "Nothing to remove in k8s-replay.\n", "")
    assert namespaces(cluster) == ["k8s-replay", "k8s-replay-privileged"]
    assert not any(call[0] == "delete" for call in cluster.calls)


def test_the_namespace_is_the_scenario_s_unless_one_is_named(
    cli: Cli, cluster: Cluster, scenarios: Path
) -> None:
    path = scenarios / "demo/scenario.yaml"
    path.write_text(path.read_text() + "namespace: theirs\n")
    nothing(cluster)
    cli("cleanup", "demo")
    nothing(cluster)
    cli("cleanup", "demo", "-n", "mine")
    assert namespaces(cluster) == ["theirs", "theirs-privileged", "mine", "mine-privileged"]


@pytest.mark.parametrize("scenario_id", ["broken", "gone"])
def test_a_scenario_that_is_broken_or_gone_is_cleaned_up_in_the_usual_namespace(
    cli: Cli, cluster: Cluster, scenario_id: str
) -> None:
    nothing(cluster)
    assert cli("cleanup", scenario_id).code == 0
    assert namespaces(cluster) == ["k8s-replay", "k8s-replay-privileged"]


def test_what_is_over_is_removed_and_told(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    cluster.call(*KINDS, out="pods\n")
    cluster.call("get", "pods", any, out=listing(item(name="a-r1", phase="Failed")))
    cluster.call("delete", "pod/a-r1", any)
    cluster.call("get", "pod/a-r1", any, out="")
    cluster.call("get", "pods", any, out=listing())
    assert cli("cleanup", "demo") == (0, "removed   run r1 of demo: pod/a-r1\n", "")


def test_a_run_that_goes_on_ends_20_and_is_left_alone(cli: Cli, cluster: Cluster) -> None:
    live = item(name="a-r1", phase="Running")
    cluster.view()
    cluster.call(*KINDS, out="pods\n")
    cluster.call("get", "pods", any, out=listing(live))
    cluster.call("get", "pods", any, out=listing())
    code, out, _ = cli("cleanup", "demo")
    assert (code, out) == (20, "live      run r1 of demo: pod/a-r1 (--force removes it)\n")
    assert "delete" not in cluster.verbs


def test_force_removes_it_too(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    cluster.call(*KINDS, out="pods\n")
    cluster.call("get", "pods", any, out=listing(item(name="a-r1", phase="Running")))
    cluster.call("delete", "pod/a-r1", any)
    cluster.call("get", "pod/a-r1", any, out="")
    cluster.call("get", "pods", any, out=listing())
    assert cli("cleanup", "demo", "--force").code == 0


def test_all_looks_at_the_namespaces_too(cli: Cli, cluster: Cluster) -> None:
    nothing(cluster, everything=True)
    assert cli("cleanup", "--all").code == 0
    asked = [call[2] for call in cluster.calls if call[:2] == ["get", "namespace"]]
    assert asked == ["k8s-replay", "k8s-replay-privileged"]


def test_the_guard_s_notice_is_told(cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLAY_ALLOW_CONTEXT", "prod")
    nothing(cluster)
    code, _, err = cli("cleanup", "demo", "--context", "prod")
    assert code == 0
    assert err.startswith("notice: REPLAY_ALLOW_CONTEXT lets this pass: ")


def test_a_refused_cluster_is_asked_nothing(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    code, out, err = cli("cleanup", "--all", "--context", "prod")
    assert (code, out) == (20, "")
    assert err.startswith('error: Refused: context "prod" has the word "prod"')
    assert cluster.verbs == ["config"]


@pytest.mark.parametrize("words", [(), ("demo", "--all")])
def test_wrong_words_end_2_and_ask_nothing(cli: Cli, cluster: Cluster, words: tuple[str, ...]) -> None:
    code, out, err = cli("cleanup", *words)
    assert (code, out) == (2, "")
    assert err.endswith("Error: Name one scenario, or --all.\n")
    assert cluster.calls == []


def test_a_namespace_that_is_never_ours_is_refused(cli: Cli, cluster: Cluster) -> None:
    code, out, err = cli("cleanup", "--all", "-n", "kube-system")
    assert (code, out) == (20, "")
    assert err.startswith('error: The namespace "kube-system" is never used')
    assert cluster.calls == []
