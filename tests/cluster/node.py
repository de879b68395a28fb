"""Starts a node: its folder, configuration files and plan, then its PID 1 in namespaces of its own."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.cluster import cgroups, configuration, network
from tests.cluster.audit import render_policy
from tests.cluster.components import Files, list_components
from tests.cluster.errors import ClusterError
from tests.cluster.kubeconfig import render_kubeconfig, write_kubeconfig
from tests.cluster.packages import find_libraries, find_program
from tests.cluster.processes import spawn
from tests.cluster.procfs import find_child
from tests.cluster.site import CONTEXT, MAX_NODES, SERVICE_ADDRESS, NodeSite, Site
from tests.cluster.state import CHECKOUT, Node

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.certificates import Authority

OWN_FOLDERS = {"run": "/run", "lib": "/var/lib", "log": "/var/log"}
TOOLS = "/usr/sbin:/usr/bin:/sbin:/bin"
NAMESPACES = ("--net", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc")


@dataclass(frozen=True)
class Parts:
    """What all nodes are made of."""

    site: Site
    authority: Authority
    programs: Path
    packages: Path


def start_node(parts: Parts, node: NodeSite) -> Node:
    """Start one node and plug it in; its programs come up by themselves."""
    for folder in (*OWN_FOLDERS, "run/tmp", "networks", "bin"):
        (node.folder / folder).mkdir(parents=True, exist_ok=True)
    _link_programs(parts, node)
    _write_files(parts, node)
    cgroups.make_cgroup(node.cgroup)
    plan = node.folder / "plan.json"
    plan.write_text(json.dumps(_render_plan(parts, node), indent=2))
    command: list[str | Path] = [sys.executable, "-m", "tests.cluster.supervisor", plan]
    parent = spawn(
        ["unshare", *NAMESPACES, *command],
        log=node.folder / "log" / "supervisor.log",
        env={"PATH": TOOLS, "PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    deadline = time.monotonic() + 10
    while (child := find_child(parent)) is None:
        if time.monotonic() > deadline:
            raise ClusterError(f"unshare did not start the node; see {node.folder}/log/supervisor.log.")
        time.sleep(0.005)
    network.plug_node(parts.site, node, child.pid)
    return Node(node.name, node.address, child.pid, child.started)


def _link_programs(parts: Parts, node: NodeSite) -> None:
    names = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet")
    sources = [parts.programs / name for name in names]
    unpacked = ("etcd", "containerd", "containerd-shim-runc-v2", "ctr", "runc")
    sources += [find_program(parts.packages, name) for name in unpacked]
    for source in sources:
        link = node.folder / "bin" / source.name
        if not link.is_symlink():
            link.symlink_to(source)


def _write_files(parts: Parts, node: NodeSite) -> None:
    own, folder, authority = node.folder, parts.site.folder, parts.authority
    (folder / "certs.d").mkdir(exist_ok=True)
    (folder / "audit-policy.json").write_text(render_policy())
    toml = configuration.render_containerd(
        plugins=find_program(parts.packages, "bridge").parent,
        networks=own / "networks",
        registries=folder / "certs.d",
        runc=own / "bin" / "runc",
    )
    (own / "containerd.toml").write_text(toml)
    (own / "networks" / "10-pods.conflist").write_text(configuration.render_network(node))
    # No name server: a look-up fails at once instead of after a timeout.
    (own / "resolv.conf").write_text("options timeout:1 attempts:1\n")
    for name, value in configuration.TUNABLES.items():
        tunable = own / "tunables" / name
        tunable.parent.mkdir(parents=True, exist_ok=True)
        tunable.write_text(f"{value}\n")
    pair = authority.node(node)
    text = configuration.render_kubelet(node, pair, authority.pair.certificate, own / "resolv.conf")
    (own / "kubelet.json").write_text(text)
    clients = {node.name: pair}
    if not node.index:
        clients["controller-manager"] = authority.client("system:kube-controller-manager")
        clients["scheduler"] = authority.client("system:kube-scheduler")
    server = f"https://{parts.site.node(0).address}"
    for name, client in clients.items():
        text = render_kubeconfig(server, authority.pair.certificate, client, CONTEXT)
        write_kubeconfig(authority.folder / f"{name}.kubeconfig", text)


def _render_plan(parts: Parts, node: NodeSite) -> dict[str, object]:
    folder = parts.site.folder
    files = Files(
        programs=node.folder / "bin",
        authority=parts.authority,
        audit_policy=folder / "audit-policy.json",
        audit_log=folder / "audit.log",
        node=node.folder,
    )
    environment = {
        "PATH": f"{node.folder}/bin:{TOOLS}",
        "LD_LIBRARY_PATH": find_libraries(parts.packages),
        "HOME": str(node.folder),
        "TMPDIR": "/run/tmp",
        "ETCD_UNSUPPORTED_ARCH": "arm64",
    }
    components = list_components(node, parts.site.node(0), files)
    return {
        "setup": [*list_mounts(node), *list_links(parts.site, node)],
        "environment": environment,
        "components": [asdict(component) for component in components],
    }


def list_mounts(node: NodeSite) -> list[list[str]]:
    """Commands that give the node folders of its own, and tunables of its own instead of the host's."""
    bound = {path: f"{node.folder}/{name}" for name, path in OWN_FOLDERS.items()}
    bound |= {f"/proc/sys/{name}": f"{node.folder}/tunables/{name}" for name in configuration.TUNABLES}
    binds = [["mount", "-n", "--bind", source, path] for path, source in bound.items()]
    return [["mount", "-n", "--make-rshared", "/"], *binds]


def list_links(site: Site, node: NodeSite) -> list[list[str]]:
    """Commands that address the node's links, and route to other nodes' pods and the service address."""
    ip = ["ip"]
    commands = [
        [*ip, "link", "set", "lo", "up"],
        [*ip, "address", "add", f"{node.address}/24", "dev", "eth0"],
        [*ip, "link", "set", "eth0", "up"],
    ]
    others = [site.node(index) for index in range(MAX_NODES) if index != node.index]
    commands += [[*ip, "route", "add", other.pod_subnet, "via", other.address] for other in others]
    if node.index:
        return [*commands, [*ip, "route", "add", SERVICE_ADDRESS, "via", site.node(0).address]]
    return [*commands, [*ip, "address", "add", f"{SERVICE_ADDRESS}/32", "dev", "lo"]]
