"""The host's side of the cluster's network: one bridge, one pair of links a node, no firewall rule.

A node reaches the API's service address by a route and pods of other nodes by routes as well, so that nothing
here translates addresses. What lies outside the bridge is out of the pods' reach, and says so at once.
"""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING

from tests.cluster.errors import ClusterError
from tests.cluster.processes import attempt, run

if TYPE_CHECKING:
    from tests.cluster.site import NodeSite, Site


def make_bridge(site: Site) -> None:
    """Make the bridge. Its alias names the cluster's folder, for whoever finds the link later."""
    taken = find_collision(run(["ip", "-json", "address"]), site.host_address)
    if taken:
        raise ClusterError(
            f"The link {taken} of this machine already has addresses in {site.host_address}/24, "
            "which the test cluster uses; there is no other network for it yet."
        )
    run(["ip", "link", "add", site.bridge, "type", "bridge"])
    run(["ip", "link", "set", site.bridge, "alias", str(site.folder)[-255:]])
    run(["ip", "address", "add", f"{site.host_address}/24", "dev", site.bridge])
    run(["ip", "link", "set", site.bridge, "up"])


def find_collision(addresses: str, host_address: str) -> str | None:
    """The link whose network overlaps ours, from the text of ``ip -json address``."""
    ours = ipaddress.ip_interface(f"{host_address}/24").network
    for link in json.loads(addresses):
        for entry in link.get("addr_info", ()):
            if entry.get("family") != "inet":
                continue
            if ipaddress.ip_interface(f"{entry['local']}/{entry['prefixlen']}").network.overlaps(ours):
                return str(link["ifname"])
    return None


def plug_node(site: Site, node: NodeSite, pid: int) -> None:
    """Put one end of a new pair of links into the node as ``eth0``, the other on the bridge."""
    run(["ip", "link", "add", node.link, "type", "veth", "peer", "name", "eth0", "netns", str(pid)])
    run(["ip", "link", "set", node.link, "master", site.bridge, "up"])


def find_links(site: Site) -> list[str]:
    """The links on the host that are this cluster's: the bridge and the host's ends of the pairs."""
    names = [link["ifname"] for link in json.loads(run(["ip", "-json", "link"]))]
    return [name for name in names if name == site.bridge or name.startswith(f"{site.bridge}-")]


def remove_links(site: Site) -> None:
    """Remove all of them; one may go by itself meanwhile, with the node that had its other end."""
    for name in find_links(site):
        done = attempt(["ip", "link", "delete", name])
        if done.code and name in find_links(site):
            raise ClusterError(f"The link {name} cannot be removed: {done.stderr.strip()}")
