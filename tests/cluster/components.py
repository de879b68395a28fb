"""The programs of a node, their arguments and what each waits for: data, the supervisor starts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.cluster.certificates import API_NAMES, Authority
from tests.cluster.configuration import CONTAINERD_SOCKET
from tests.cluster.site import SERVICE_SUBNET, NodeSite

if TYPE_CHECKING:
    from pathlib import Path

ETCD = "127.0.0.1:2379"


@dataclass(frozen=True)
class Component:
    """One program. ``after``: what must answer first, as `tests.cluster.probes` reads it."""

    name: str
    argv: list[str]
    after: list[str]


@dataclass(frozen=True)
class Files:
    """The files that the arguments name."""

    programs: Path
    authority: Authority
    audit_policy: Path
    audit_log: Path
    node: Path


def list_components(node: NodeSite, control_plane: NodeSite, files: Files) -> list[Component]:
    """All programs of a node, in the order in which they start."""
    ready = f"ready:https://{control_plane.address}/readyz"
    agents = [_containerd(files), _kubelet(node, files, ready)]
    if node.index:
        return agents
    managers = [_controller_manager(files, ready), _scheduler(files, ready)]
    return [_etcd(files), _api_server(node, files), *agents, *managers]


def _etcd(files: Files) -> Component:
    argv = [
        f"{files.programs}/etcd",
        "--data-dir=/var/lib/etcd",
        f"--listen-client-urls=http://{ETCD}",
        f"--advertise-client-urls=http://{ETCD}",
        "--listen-peer-urls=http://127.0.0.1:2380",
        "--logger=zap",
    ]
    return Component("etcd", argv, [])


def _api_server(node: NodeSite, files: Files) -> Component:
    authority = files.authority
    serving = authority.server("kube-apiserver", (*API_NAMES, node.address))
    client = authority.client("kube-apiserver-kubelet-client", "system:masters")
    argv = [
        f"{files.programs}/kube-apiserver",
        f"--etcd-servers=http://{ETCD}",
        f"--advertise-address={node.address}",
        "--bind-address=0.0.0.0",
        "--secure-port=443",
        f"--service-cluster-ip-range={SERVICE_SUBNET}",
        "--allow-privileged=true",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        f"--client-ca-file={authority.pair.certificate}",
        f"--tls-cert-file={serving.certificate}",
        f"--tls-private-key-file={serving.key}",
        f"--kubelet-certificate-authority={authority.pair.certificate}",
        f"--kubelet-client-certificate={client.certificate}",
        f"--kubelet-client-key={client.key}",
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={authority.pair.key}",
        f"--service-account-signing-key-file={authority.pair.key}",
        f"--audit-policy-file={files.audit_policy}",
        f"--audit-log-path={files.audit_log}",
    ]
    return Component("kube-apiserver", argv, [f"tcp:{ETCD}"])


def _controller_manager(files: Files, ready: str) -> Component:
    pair = files.authority.pair
    argv = [
        f"{files.programs}/kube-controller-manager",
        f"--kubeconfig={files.authority.folder}/controller-manager.kubeconfig",
        "--leader-elect=false",
        "--secure-port=0",
        "--use-service-account-credentials=true",
        # It makes an account for each controller before any of them starts: 4 s at the usual 20/s.
        "--kube-api-qps=1000",
        "--kube-api-burst=1000",
        f"--root-ca-file={pair.certificate}",
        f"--service-account-private-key-file={pair.key}",
        f"--cluster-signing-cert-file={pair.certificate}",
        f"--cluster-signing-key-file={pair.key}",
        "--flex-volume-plugin-dir=/var/lib/kubelet/volume-plugins",
    ]
    return Component("kube-controller-manager", argv, [ready])


def _scheduler(files: Files, ready: str) -> Component:
    argv = [
        f"{files.programs}/kube-scheduler",
        f"--kubeconfig={files.authority.folder}/scheduler.kubeconfig",
        "--leader-elect=false",
        "--secure-port=0",
    ]
    return Component("kube-scheduler", argv, [ready])


def _containerd(files: Files) -> Component:
    return Component(
        "containerd", [f"{files.programs}/containerd", f"--config={files.node}/containerd.toml"], []
    )


def _kubelet(node: NodeSite, files: Files, ready: str) -> Component:
    argv = [
        f"{files.programs}/kubelet",
        f"--config={files.node}/kubelet.json",
        f"--kubeconfig={files.authority.folder}/{node.name}.kubeconfig",
        f"--hostname-override={node.name}",
        f"--node-ip={node.address}",
    ]
    return Component("kubelet", argv, [f"file:{CONTAINERD_SOCKET}", ready])
