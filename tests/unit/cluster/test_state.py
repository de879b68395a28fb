from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.cluster import state
from tests.cluster.procfs import find_process, read_boot
from tests.cluster.site import Site
from tests.cluster.state import Cluster, Node, parse_state, render_state

NODE = Node("one", "172.30.77.11", 4321, 99)
CLUSTER = Cluster(
    folder=Path("/cache/cluster"),
    owner=Path("/home/me/kubectl-replay"),
    boot="b00t",
    programs=Path("/cache/programs/1"),
    host_address="172.30.77.1",
    nodes=(NODE,),
)
TEXT = render_state(CLUSTER)


def test_what_was_written_is_read_again() -> None:
    merged = replace(CLUSTER, merged=Path("/root/.kube/config"))
    assert parse_state(TEXT) == CLUSTER
    assert parse_state(render_state(merged)) == merged


@given(st.integers(0, len(TEXT) - 1))
def test_a_state_file_that_was_cut_off_tells_of_no_cluster(length: int) -> None:
    assert parse_state(TEXT[:length]) is None


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_a_state_file_of_another_version_tells_of_no_cluster(document: object) -> None:
    assert parse_state(str(document)) is None


def test_a_cluster_is_saved_in_its_folder_and_loaded_by_its_site(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.folder.mkdir()
    cluster = replace(CLUSTER, folder=site.folder)
    assert state.load(site) is None
    state.save(cluster)
    assert state.load(site) == cluster
    assert [path.name for path in site.folder.iterdir()] == ["state.json"]


def test_a_pid_that_was_used_again_is_not_the_node() -> None:
    own = find_process(os.getpid())
    assert own is not None
    node = Node("me", "", own.pid, own.started)
    assert node.alive
    assert not replace(node, started=own.started - 1).alive


def test_a_cluster_of_an_earlier_boot_does_not_live() -> None:
    own = find_process(os.getpid())
    assert own is not None
    cluster = replace(CLUSTER, boot=read_boot(), nodes=(NODE, Node("me", "", own.pid, own.started)))
    assert cluster.lives
    assert not replace(cluster, boot="another").lives


def test_tests_find_its_files_by_properties() -> None:
    assert CLUSTER.kubeconfig == Path("/cache/cluster/kubeconfig")
    assert CLUSTER.audit_log == Path("/cache/cluster/audit.log")
    assert CLUSTER.registries == Path("/cache/cluster/certs.d")
    assert CLUSTER.kubectl == Path("/cache/programs/1/kubectl")
    assert CLUSTER.log("kubelet") == Path("/cache/cluster/nodes/one/log/kubelet.log")
    assert CLUSTER.context == "k8s-replay-local"
