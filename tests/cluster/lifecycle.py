"""Up, down and status of the cluster."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.cluster import cgroups, control, network, state
from tests.cluster.api import Api
from tests.cluster.binary import build_programs
from tests.cluster.certificates import Authority
from tests.cluster.errors import ClusterError
from tests.cluster.images import make_images
from tests.cluster.kubeconfig import render_kubeconfig, write_kubeconfig
from tests.cluster.node import Parts, start_node
from tests.cluster.packages import NODE_PACKAGES, find_program, unpack_packages
from tests.cluster.processes import run
from tests.cluster.procfs import read_boot
from tests.cluster.progress import format_seconds, say
from tests.cluster.site import CONTEXT, Site
from tests.cluster.state import CHECKOUT, Cluster, Node

START_SECONDS = 120


def start_cluster(site: Site, nodes: int) -> Cluster:
    """Start a cluster on a clean place and wait until a pod can be created on every node."""
    programs = build_programs(site.cache)
    packages = unpack_packages(site.cache, NODE_PACKAGES, "the programs of the cluster")
    images = make_images(site.cache)
    begin = time.monotonic()
    say(f"starting {nodes} node{'s' if nodes > 1 else ''} of Kubernetes ...")
    authority = Authority(site.folder / "pki")
    parts = Parts(site, authority, programs, packages)
    site.folder.mkdir(parents=True, exist_ok=True)
    network.make_bridge(site)
    cluster = Cluster(
        folder=site.folder,
        owner=CHECKOUT,
        boot=read_boot(),
        programs=programs,
        host_address=site.host_address,
        nodes=(),
    )
    for index in range(nodes):
        node = start_node(parts, site.node(index))
        cluster = Cluster(**{**vars(cluster), "nodes": (*cluster.nodes, node)})
        state.save(cluster)
    _write_admin(cluster, authority)
    ctr = find_program(packages, "ctr")
    with ThreadPoolExecutor() as pool:
        imports = [pool.submit(import_images, ctr, node, list(images.values())) for node in cluster.nodes]
        wait_ready(cluster)
        for done in imports:
            done.result()
    say(f"the cluster is up after {format_seconds(time.monotonic() - begin)}")
    return cluster


def _write_admin(cluster: Cluster, authority: Authority) -> None:
    admin = authority.client("admin", "system:masters")
    server = f"https://{cluster.nodes[0].address}"
    text = render_kubeconfig(server, authority.pair.certificate, admin, CONTEXT)
    write_kubeconfig(cluster.kubeconfig, text)


def import_images(ctr: Path, node: Node, archives: list[Path]) -> None:
    """Import archives into a node's containerd as soon as it answers."""
    socket = Path(f"/proc/{node.pid}/root/run/containerd/containerd.sock")
    deadline = time.monotonic() + START_SECONDS
    while not socket.exists():
        if time.monotonic() > deadline or not node.alive:
            raise ClusterError(f"The containerd of {node.name} has not started.")
        time.sleep(0.02)
    for archive in archives:
        run([ctr, "--address", socket, "--namespace", "k8s.io", "images", "import", archive])


def wait_ready(cluster: Cluster) -> None:
    """Wait until a pod can be created on every node; raises ClusterError saying what is missing at the end."""
    api = Api(cluster.nodes[0].address, Authority(cluster.folder / "pki"))
    names = [node.name for node in cluster.nodes]
    deadline = time.monotonic() + START_SECONDS
    while lack := api.lacks(names):
        ended = find_ended(cluster)
        if ended or time.monotonic() > deadline:
            raise ClusterError(f"The cluster did not start: {ended or lack}; its logs are in {cluster.folder}/nodes/*/log.")
        time.sleep(0.05)


def find_ended(cluster: Cluster) -> str | None:
    """The first program of the cluster that has ended, in words."""
    for index, node in enumerate(cluster.nodes):
        if not node.alive:
            return f"the node {node.name} has ended"
        try:
            states = control.ask_state(cluster, index).states
        except ClusterError:
            continue
        for name, words in states.items():
            if words.startswith("ended"):
                return f"{name} on {node.name} {words}"
    return None
