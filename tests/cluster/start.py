"""Starts a cluster, or further nodes of one, and waits until pods can be created."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace

from tests.cluster import network, state
from tests.cluster.binary import KUBERNETES, provide
from tests.cluster.certificates import Authority
from tests.cluster.errors import ClusterError
from tests.cluster.health import find_ended, wait_ready
from tests.cluster.images import Containerd, choose_missing, provide_images, registry_answers
from tests.cluster.kubeconfig import render_kubeconfig, write_kubeconfig
from tests.cluster.node import Parts, start_node
from tests.cluster.packages import NODE_PACKAGES, find_program, unpack_packages
from tests.cluster.procfs import read_boot
from tests.cluster.progress import step
from tests.cluster.site import CONTEXT, Site
from tests.cluster.state import CHECKOUT, Cluster

START_SECONDS = 120
LOOK_SECONDS = 3


def start_cluster(site: Site, nodes: int) -> Cluster:
    """Start a cluster on a clean place."""
    programs = provide(KUBERNETES, site.cache)
    site.folder.mkdir(parents=True)
    network.make_bridge(site)
    empty = Cluster(
        folder=site.folder,
        owner=CHECKOUT,
        boot=read_boot(),
        programs=programs,
        host_address=site.host_address,
        nodes=(),
    )
    return add_nodes(site, empty, nodes)


def add_nodes(site: Site, cluster: Cluster, nodes: int) -> Cluster:
    """Start what is missing to ``nodes`` nodes; return when a pod can be created on each of them."""
    packages = unpack_packages(site.cache, NODE_PACKAGES, "the programs of the cluster")
    pulled = choose_missing(site.cache, registry_answers)
    parts = Parts(site, Authority(site.folder / "pki"), cluster.programs, packages)
    old = len(cluster.nodes)
    with step(f"starting Kubernetes, {nodes} node{'s' * (nodes > 1)}"), ThreadPoolExecutor() as pool:
        for index in range(old, nodes):
            node = start_node(parts, site.node(index))
            cluster = replace(cluster, nodes=(*cluster.nodes, node), complete=False)
            state.save(cluster)
        _write_admin(cluster, parts.authority)
        ctr = find_program(packages, "ctr")
        jobs = [
            pool.submit(provide_images, Containerd(ctr, node), site.cache, pulled, cluster.registries)
            for node in cluster.nodes[old:]
        ]
        jobs.append(pool.submit(_wait, cluster))
        for job in wait(jobs, return_when=FIRST_EXCEPTION).done:
            job.result()
    cluster = replace(cluster, complete=True)
    state.save(cluster)
    return cluster


def _write_admin(cluster: Cluster, authority: Authority) -> None:
    server = f"https://{cluster.nodes[0].address}"
    admin = authority.client("admin", "system:masters")
    text = render_kubeconfig(server, authority.pair.certificate, admin, CONTEXT, cluster.audit_log)
    write_kubeconfig(cluster.kubeconfig, text)


def _wait(cluster: Cluster) -> None:
    """Wait, but not for a program that has ended meanwhile."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return wait_ready(cluster, LOOK_SECONDS)
        except ClusterError as error:
            trouble = str(error) if time.monotonic() > deadline else None
        with suppress(ClusterError):  # a node that is mute has only just begun
            trouble = find_ended(cluster) or trouble
        if trouble:
            logs = f"{cluster.folder}/nodes/*/log"
            raise ClusterError(f"The cluster did not start: {trouble}; its logs are in {logs}.")
