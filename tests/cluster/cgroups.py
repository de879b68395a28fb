"""The cgroup of the cluster's pods, in every hierarchy that this machine has (version 1, 2 or both)."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

from tests.cluster.errors import ClusterError

# What kubelet and runc want of version 2.
CONTROLLERS = {"cpu", "cpuset", "hugetlb", "io", "memory", "pids"}
MOUNTS = Path("/proc/self/mounts")


def find_hierarchies(mounts: str) -> dict[Path, str]:
    """Mount points of cgroup hierarchies and their type, from the text of ``/proc/self/mounts``."""
    rows = [line.split() for line in mounts.splitlines()]
    return {Path(row[1]): row[2] for row in rows if row[2] in {"cgroup", "cgroup2"}}


def make_cgroup(path: str) -> None:
    """Make the cgroup ``path`` (absolute, from the hierarchies' roots) for one node's pods.

    Raises ClusterError where the kernel refuses, as it does in a container without a cgroup of its own.
    """
    try:
        for hierarchy, kind in find_hierarchies(MOUNTS.read_text()).items():
            _make(hierarchy, path, kind)
    except OSError as error:
        raise ClusterError(f"This machine gives the cluster no cgroup: {error}.") from error


def _make(folder: Path, path: str, kind: str) -> None:
    for part in Path(path).relative_to("/").parts:
        if kind == "cgroup2":
            _delegate(folder)
        folder /= part
        folder.mkdir(exist_ok=True)
        _fill_cpuset(folder)


def _delegate(folder: Path) -> None:
    """Version 2 gives controllers to children only when asked to; the root and an empty cgroup may."""
    available = (folder / "cgroup.controllers").read_text().split()
    for name in CONTROLLERS & {*available}:
        (folder / "cgroup.subtree_control").write_text(f"+{name}")


def _fill_cpuset(folder: Path) -> None:
    """Version 1 makes cpusets empty, and no process can join an empty one."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        file = folder / name
        if file.exists() and not file.read_text().strip() and (folder.parent / name).exists():
            file.write_text((folder.parent / name).read_text())


def find_cgroups(name: str) -> list[Path]:
    """The folders of the cgroup ``name`` that are there, with all below them, deepest first."""
    roots = [hierarchy / name for hierarchy in find_hierarchies(MOUNTS.read_text())]
    # os.walk passes over a folder that vanishes meanwhile, as those of pods do that are just ending.
    found = [Path(folder) for root in roots for folder, _, _ in os.walk(root)]
    return sorted(found, key=lambda path: len(path.parts), reverse=True)


def remove_cgroup(name: str, seconds: float = 5) -> None:
    """Remove it; the kernel keeps one busy for a moment after its last process has died."""
    deadline = time.monotonic() + seconds
    while True:
        busy = [path for path in find_cgroups(name) if not _remove_folder(path)]
        if not busy:
            return
        if time.monotonic() > deadline:
            raise ClusterError(f"The cgroup {busy[0]} still has processes.")
        time.sleep(0.02)


def _remove_folder(path: Path) -> bool:
    try:
        path.rmdir()
    except OSError as error:
        if error.errno not in {errno.EBUSY, errno.ENOTEMPTY, errno.ENOENT}:
            raise
        return error.errno == errno.ENOENT
    return True
