from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cluster import cgroups
from tests.cluster.cgroups import find_cgroups, find_hierarchies

if TYPE_CHECKING:
    import pytest

MOUNTS = """\
proc /proc proc rw,relatime 0 0
tmpfs /sys/fs/cgroup tmpfs rw,mode=755 0 0
cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
"""


def test_hierarchies_of_both_versions_are_found() -> None:
    assert find_hierarchies(MOUNTS) == {
        Path("/sys/fs/cgroup/cpu"): "cgroup",
        Path("/sys/fs/cgroup/unified"): "cgroup2",
    }


def test_cgroups_are_found_deepest_first_without_one_that_vanishes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts, hierarchy = tmp_path / "mounts", tmp_path / "cpu"
    mounts.write_text(f"cgroup {hierarchy} cgroup rw 0 0\ncgroup2 {tmp_path / 'other'} cgroup2 rw 0 0\n")
    (hierarchy / "ours" / "pods" / "ended").mkdir(parents=True)
    (hierarchy / "ours" / "pods" / "alive").mkdir()
    (hierarchy / "theirs").mkdir()
    look = os.scandir

    def scandir(path: str) -> Any:  # noqa: ANN401 - what os.scandir returns
        if Path(path).name == "ended":
            Path(path).rmdir()
        return look(path)

    monkeypatch.setattr(cgroups, "MOUNTS", mounts)
    monkeypatch.setattr(os, "scandir", scandir)
    ours = hierarchy / "ours"
    assert find_cgroups("ours") == [ours / "pods" / "alive", ours / "pods", ours]
