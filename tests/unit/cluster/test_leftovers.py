from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.leftovers import Leftovers, is_node
from tests.cluster.procfs import Process

FOLDER = Path("/cache/cluster")
PLAN = f"{FOLDER}/nodes/one/plan.json"


@pytest.mark.parametrize(
    ("command", "ours"),
    [
        (("unshare", "--net", "python", "-m", "tests.cluster.supervisor", PLAN), True),
        (("python", "-m", "tests.cluster.supervisor", PLAN), True),
        (("python", "-m", "tests.cluster.supervisor", "/other/cluster/nodes/one/plan.json"), False),
        (("python", "-m", "tests.cluster.supervisor", "/cache/cluster-1/nodes/one/plan.json"), False),
        (("vi", PLAN), False),
        ((), False),
    ],
)
def test_a_node_is_known_by_its_command(command: tuple[str, ...], ours: bool) -> None:
    assert is_node(Process(1, 1, 1, command), FOLDER) is ours


def test_leftovers_are_told_in_words() -> None:
    found = Leftovers([Process(1, 1, 1, ())] * 2, ["k8s-replay0"], [Path("/sys/fs/cgroup/x")], FOLDER)
    assert str(found) == "2 processes, the links k8s-replay0, 1 cgroups, the folder /cache/cluster"
    assert not str(Leftovers([], [], [], None))
