"""What is asked of a cluster as a whole, and of kubectl itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kubectl_replay.kubectl import Connection, Kubectl
from tests.unit.kubectl.words import BOUND, KUBECTL, PIN

if TYPE_CHECKING:
    from pytest_subprocess import FakeProcess


def test_a_log_in_may_ask_its_user_in_the_foreground(runs: list[tuple[list[str], dict[str, Any]]]) -> None:
    KUBECTL.log_in(foreground=True)
    assert runs[0][1]["foreground"] is True


def test_the_kubeconfig_is_read_without_a_context_or_a_namespace(fp: FakeProcess) -> None:
    fp.register(["kubectl", "config", "view", "-o", "json", "--kubeconfig", "f"], stdout="{}")
    with Kubectl(Connection("c", "f", "n", "me")).view() as wait:
        assert wait().out == "{}"
        assert wait().out == "{}"
    assert len(fp.calls) == 1


def test_kubectl_s_own_version_asks_no_server(fp: FakeProcess) -> None:
    fp.register(["kubectl", "version", "--client", "-o", "json"], stdout="{}")
    with KUBECTL.client_version() as wait:
        assert wait().out == "{}"


def test_access_reviews_are_asked_in_one_call(runs: list[tuple[list[str], dict[str, Any]]]) -> None:
    reviews = [{"kind": "a"}, {"kind": "b"}]
    KUBECTL.review(reviews)
    assert json.loads(runs[0][1]["stdin"]) == {"apiVersion": "v1", "kind": "List", "items": reviews}


def test_the_kernels_of_all_nodes_are_asked_for_in_one_call(fp: FakeProcess) -> None:
    path = "jsonpath={.items[*].status.nodeInfo.bootID}"
    fp.register(["kubectl", "get", "nodes", "-o", path, *PIN, *BOUND], stdout="a b")
    with KUBECTL.boot_ids() as wait:
        assert wait().out == "a b"


def test_the_usual_kubeconfig_is_read_where_none_is_named(fp: FakeProcess) -> None:
    fp.register(["kubectl", "config", "view", "-o", "json"], stdout="{}")
    with Kubectl(Connection("c")).view() as wait:
        assert wait().code == 0
