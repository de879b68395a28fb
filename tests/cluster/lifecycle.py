"""Up, down and status: at most one cluster a machine, whichever checkout started it."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster import state
from tests.cluster.errors import ClusterError
from tests.cluster.health import find_trouble
from tests.cluster.kubeconfig import merge_kubeconfig, remove_context
from tests.cluster.leftovers import find_leftovers, find_rival, remove_leftovers
from tests.cluster.progress import say, step
from tests.cluster.requirements import require_machine
from tests.cluster.site import Site
from tests.cluster.start import add_nodes, start_cluster
from tests.cluster.state import CHECKOUT, Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator


def bring_up(site: Site, nodes: int, *, merge: bool = False) -> Cluster:
    """A cluster of at least ``nodes`` nodes in which a pod can be created: the running one, repaired, or new.

    Raises ClusterError where this machine cannot have one, or another checkout has it.
    """
    require_machine(site)
    with _locked(site.cache):
        _refuse_foreign(site)
        cluster = _reuse(site, nodes) or start_cluster(site, nodes)
        if merge:
            user = Path.home() / ".kube" / "config"
            merge_kubeconfig(cluster.kubectl, cluster.kubeconfig, user, cluster.context)
            cluster = replace(cluster, merged=user)
            state.save(cluster)
        return cluster


def tear_down(site: Site) -> None:
    """Remove the cluster and all that is left of one. Downloads, programs and images stay in the cache."""
    require_machine(site, starting=False)
    with _locked(site.cache):
        found = str(find_leftovers(site))
        if not found:
            say("there is no local cluster")
            return
        cluster = state.load(site)
        if cluster and cluster.merged and cluster.kubectl.exists():
            remove_context(cluster.kubectl, cluster.merged, cluster.context)
        with step(f"removing {found}"):
            remove_leftovers(site)


def describe(site: Site) -> tuple[bool, str]:
    """Whether there is a healthy cluster, and what there is, in words."""
    cluster = state.load(site)
    if not cluster:
        found = str(find_leftovers(site))
        return False, f"there is no local cluster, but {found}" if found else "there is no local cluster"
    trouble = find_trouble(cluster)
    lines = [
        f"the local cluster of {cluster.owner}: {trouble or 'up'}",
        *(f"  node {node.name}  {node.address}  pid {node.pid}" for node in cluster.nodes),
        f"  kubeconfig {cluster.kubeconfig}  context {cluster.context}",
        f"  audit log  {cluster.audit_log}",
    ]
    return not trouble, "\n".join(lines)


def _refuse_foreign(site: Site) -> None:
    rival = find_rival(site)
    if rival:
        other = state.load(Site(rival.parent, site.instance))
        raise ClusterError(say_foreign(other.owner if other else rival, rival.parent.parent))
    cluster = state.load(site)
    if cluster and cluster.owner != CHECKOUT and cluster.owner.is_dir() and cluster.lives:
        raise ClusterError(say_foreign(cluster.owner))


def say_foreign(owner: Path, cache_home: Path | None = None) -> str:
    """Whose cluster it is and how to stop it."""
    setting = f"XDG_CACHE_HOME={cache_home} " if cache_home else ""
    return (
        f"This machine's local cluster belongs to the checkout {owner}; there is one a machine, "
        f"stop it with: {setting}python -m tests.cluster down"
    )


def _reuse(site: Site, nodes: int) -> Cluster | None:
    cluster = state.load(site)
    trouble = find_trouble(cluster) if cluster else str(find_leftovers(site))
    if trouble:
        say(f"what is left of an earlier cluster is removed: {trouble}")
        remove_leftovers(site)
    if not cluster or trouble:
        return None
    if cluster.owner != CHECKOUT:
        say(f"the cluster of {cluster.owner}, which is gone, is taken over")
        cluster = replace(cluster, owner=CHECKOUT)
        state.save(cluster)
    return cluster if len(cluster.nodes) >= nodes else add_nodes(site, cluster, nodes)


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """One command at a time; the folder itself is the lock, so none is left behind."""
    cache.mkdir(parents=True, exist_ok=True)
    folder = os.open(cache, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
