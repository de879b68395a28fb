from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.certificates import Authority
from tests.cluster.components import Files, list_components
from tests.cluster.site import Site

if TYPE_CHECKING:
    from pathlib import Path

READY = "ready:https://172.30.77.11/readyz"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(
        programs=tmp_path / "bin",
        authority=Authority(tmp_path / "pki"),
        audit_policy=tmp_path / "policy",
        audit_log=tmp_path / "audit.log",
        node=tmp_path / "node",
    )


def test_the_control_plane_runs_everything_in_an_order_that_waits(files: Files) -> None:
    node = Site(files.node).node(0)
    assert {component.name: component.after for component in list_components(node, node, files)} == {
        "etcd": [],
        "kube-apiserver": ["tcp:127.0.0.1:2379"],
        "containerd": [],
        "kubelet": ["file:/run/containerd/containerd.sock", READY],
        "kube-controller-manager": [READY],
        "kube-scheduler": [READY],
    }


def test_a_worker_runs_its_agents_only(files: Files) -> None:
    site = Site(files.node)
    assert [component.name for component in list_components(site.node(1), site.node(0), files)] == [
        "containerd",
        "kubelet",
    ]


def test_the_api_server_writes_its_audit_log_where_tests_look(files: Files) -> None:
    node = Site(files.node).node(0)
    api_server = next(one for one in list_components(node, node, files) if one.name == "kube-apiserver")
    assert f"--audit-log-path={files.audit_log}" in api_server.argv
    assert f"--audit-policy-file={files.audit_policy}" in api_server.argv
    assert "--authorization-mode=Node,RBAC" in api_server.argv
