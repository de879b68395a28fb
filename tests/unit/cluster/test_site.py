from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.site import MAX_NODES, Site, find_site

if TYPE_CHECKING:
    import pytest


def test_the_cache_is_found_by_the_users_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECTL_REPLAY_CLUSTER_INSTANCE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert find_site() == Site(Path("/somewhere/kubectl-replay"))
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("KUBECTL_REPLAY_CLUSTER_INSTANCE", "2")
    assert find_site() == Site(Path("/home/me/.cache/kubectl-replay"), 2)


def test_two_instances_share_nothing_but_the_cache() -> None:
    one, two = (Site(Path("/cache"), instance) for instance in (0, 1))
    assert one.folder != two.folder
    assert one.bridge != two.bridge
    assert one.cgroup != two.cgroup
    assert one.node(0).address != two.node(0).address


def test_the_names_of_links_are_as_short_as_the_kernel_wants_them() -> None:
    for node in map(Site(Path("/cache"), 9).node, range(MAX_NODES)):
        assert len(node.link) <= 15


def test_nodes_differ_in_all_that_names_them() -> None:
    nodes = [Site(Path("/cache")).node(index) for index in range(MAX_NODES)]
    for fact in ("name", "address", "folder", "link", "cgroup", "pod_subnet"):
        assert len({getattr(node, fact) for node in nodes}) == MAX_NODES
