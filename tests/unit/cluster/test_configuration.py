from __future__ import annotations

import json
import tomllib
from pathlib import Path

from tests.cluster.certificates import Pair
from tests.cluster.configuration import (
    PAUSE_IMAGE,
    TUNABLES,
    render_containerd,
    render_kubelet,
    render_network,
)
from tests.cluster.node import list_links, list_mounts
from tests.cluster.site import Site

SITE = Site(Path("/cache"))


def test_containerd_finds_its_plugins_registries_and_pause_image() -> None:
    text = render_containerd(
        plugins=Path("/plugins"), networks=Path("/networks"), registries=Path("/certs.d"), runc=Path("/runc")
    )
    cri = tomllib.loads(text)["plugins"]["io.containerd.grpc.v1.cri"]
    assert cri["sandbox_image"] == PAUSE_IMAGE
    assert cri["restrict_oom_score_adj"] is True
    assert cri["cni"] == {"bin_dir": "/plugins", "conf_dir": "/networks"}
    assert cri["registry"] == {"config_path": "/certs.d"}
    assert cri["containerd"]["runtimes"]["runc"]["options"] == {"BinaryName": "/runc"}


def test_the_pods_of_a_node_have_its_subnet_and_no_address_is_translated() -> None:
    (bridge,) = json.loads(render_network(SITE.node(1)))["plugins"]
    assert bridge["ipam"]["ranges"] == [[{"subnet": "10.244.1.0/24"}]]
    assert bridge["ipMasq"] is False


def test_a_kubelet_makes_no_firewall_rule_and_collects_no_image() -> None:
    pair = Pair(Path("/a.crt"), Path("/a.key"))
    kubelet = json.loads(render_kubelet(SITE.node(0), pair, Path("/ca.crt"), Path("/resolv.conf")))
    assert kubelet["makeIPTablesUtilChains"] is False
    assert kubelet["imageGCHighThresholdPercent"] == 100
    assert kubelet["cgroupRoot"] == "/k8s-replay0/k8s-replay-control-plane"


def test_a_node_binds_its_own_folders_and_tunables_over_the_hosts() -> None:
    first, *binds = list_mounts(SITE.node(0))
    assert first == ["mount", "-n", "--make-rshared", "/"]
    covered = {command[-1] for command in binds}
    assert covered == {"/run", "/var/lib", "/var/log", *(f"/proc/sys/{name}" for name in TUNABLES)}


def test_the_service_address_is_the_control_planes_own_and_a_route_elsewhere() -> None:
    assert ["ip", "address", "add", "10.96.0.1/32", "dev", "lo"] in list_links(SITE, SITE.node(0))
    assert ["ip", "route", "add", "10.96.0.1", "via", "172.30.77.11"] in list_links(SITE, SITE.node(1))


def test_every_node_has_a_route_to_the_pods_of_every_other() -> None:
    routes = [command for command in list_links(SITE, SITE.node(1)) if command[1] == "route"]
    assert ["ip", "route", "add", "10.244.0.0/24", "via", "172.30.77.11"] in routes
    assert ["ip", "route", "add", "10.244.2.0/24", "via", "172.30.77.13"] in routes
    assert not [command for command in routes if "10.244.1.0/24" in command]
