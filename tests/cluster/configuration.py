"""The configuration files of a node's programs, as text: pure, one function a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.certificates import Pair
    from tests.cluster.site import NodeSite

# The kernel's tunables that a kubelet sets, and to what. They are the whole machine's, so each node has these
# values in files of its own, bound over the real ones: the kubelet finds what it wants and sets nothing.
TUNABLES = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}
CONTAINERD_SOCKET = "/run/containerd/containerd.sock"
PAUSE_IMAGE = "k8s-replay.local/pause:1"


def render_containerd(*, plugins: Path, networks: Path, registries: Path, runc: Path) -> str:
    """Containerd's TOML. Root, state and socket are the defaults: the node has its own /run and /var/lib.

    ``restrict_oom_score_adj`` is needed where root has no CAP_SYS_RESOURCE (in a container, for one).
    """
    return f"""\
version = 2
[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{plugins}"
    conf_dir = "{networks}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{registries}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      BinaryName = "{runc}"
"""


def render_network(node: NodeSite) -> str:
    """The pods' network: a bridge in the node, no address translation, no host ports."""
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "isDefaultGateway": True,
        "ipMasq": False,
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": node.pod_subnet}]],
        },
    }
    return json.dumps({"cniVersion": "0.4.0", "name": "pods", "plugins": [bridge]}, indent=2)


def render_kubelet(node: NodeSite, serving: Pair, authority: Path, resolver: Path) -> str:
    """The kubelet's configuration.

    No image is ever collected, because some exist only here, and none is pulled again only because the same
    image was once pulled under another name (which is what the kubelet's check of pull credentials does).
    """
    return json.dumps(
        {
            "kind": "KubeletConfiguration",
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True},
                "x509": {"clientCAFile": str(authority)},
            },
            "authorization": {"mode": "Webhook"},
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": node.cgroup,
            "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
            "evictionHard": {"memory.available": "50Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
            "failCgroupV1": False,
            "failSwapOn": False,
            "imageGCHighThresholdPercent": 100,
            "imageGCLowThresholdPercent": 99,
            "imagePullCredentialsVerificationPolicy": "NeverVerify",
            "makeIPTablesUtilChains": False,
            "oomScoreAdj": 0,
            "resolvConf": str(resolver),
            "serializeImagePulls": False,
            "tlsCertFile": str(serving.certificate),
            "tlsPrivateKeyFile": str(serving.key),
            "volumePluginDir": "/var/lib/kubelet/volume-plugins",
        },
        indent=2,
    )
