from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cluster.network import find_collision


def link(name: str, family: str, local: str, prefix: int) -> dict[str, Any]:
    return {"ifname": name, "addr_info": [{"family": family, "local": local, "prefixlen": prefix}]}


@pytest.mark.parametrize(
    ("address", "prefix", "taken"),
    [
        ("172.30.77.200", 24, "eth9"),
        ("172.30.0.1", 16, "eth9"),
        ("172.30.77.9", 32, "eth9"),
        ("172.30.78.1", 24, None),
        ("10.0.0.1", 8, None),
    ],
)
def test_a_link_in_our_network_is_named(address: str, prefix: int, taken: str | None) -> None:
    others = [link("lo", "inet", "127.0.0.1", 8), link("eth1", "inet6", "fd00::2", 64), {"ifname": "ifb0"}]
    addresses = json.dumps([*others, link("eth9", "inet", address, prefix)])
    assert find_collision(addresses, "172.30.77.1") == taken
