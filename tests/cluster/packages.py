"""Programs from the distribution's packages, unpacked into the cache; nothing is installed or started.

Installing ``etcd-server`` would start a service, and Debian's ``containerd`` can push Docker's out.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from typing import TYPE_CHECKING

from tests.cluster.errors import ClusterError
from tests.cluster.processes import run
from tests.cluster.progress import format_bytes, format_seconds, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# libseccomp2 is what runc needs and a small host may lack.
NODE_PACKAGES = (
    "etcd-server",
    "containerd",
    "runc",
    "containernetworking-plugins",
    "busybox-static",
    "libseccomp2",
)
# Each is the second choice of a dependency whose first is there as well.
ALTERNATIVES = {"cdebconf", "gawk", "original-awk", "libelogind0", "libdebian-installer4", "libnewt0.52"}


def locate_packages(cache: Path, packages: Sequence[str]) -> Path:
    """The folder of one list of packages, whether it is there or not: another list is another folder."""
    return cache / "packages" / hashlib.sha256("\n".join(packages).encode()).hexdigest()[:12]


def unpack_packages(cache: Path, packages: Sequence[str], what: str) -> Path:
    """The folder with the unpacked ``packages``; downloads them when it is not there yet.

    Raises ClusterError where apt knows a package no longer, or the network is down.
    """
    root = locate_packages(cache, packages)
    if root.is_dir():
        return root
    begin = time.monotonic()
    partial = root.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    debs = partial / "debs"
    debs.mkdir(parents=True)
    say(f"downloading {what}: {sum_sizes(_list_uris(packages))} in {len(packages)} Debian packages ...")
    run(["apt-get", "download", *packages], cwd=debs, timeout=900)
    (partial / "root").mkdir()
    for deb in sorted(debs.glob("*.deb")):
        run(["dpkg-deb", "-x", deb, partial / "root"])
    (partial / "root").rename(root)
    shutil.rmtree(partial)
    say(f"downloading {what}: done in {format_seconds(time.monotonic() - begin)}")
    return root


def find_program(root: Path, name: str) -> Path:
    """The program ``name`` below an unpacked ``root`` (``runc`` is in sbin or bin, by release)."""
    for folder in ("usr/bin", "usr/sbin", "bin", "sbin", "usr/lib/cni"):
        if (root / folder / name).is_file():
            return root / folder / name
    raise ClusterError(
        f"The unpacked packages in {root} have no program {name}; remove the folder and try again."
    )


def find_libraries(root: Path) -> str:
    """The library folders below ``root``, as ``LD_LIBRARY_PATH`` wants them."""
    return ":".join(sorted({str(file.parent) for file in root.glob("usr/lib/*/lib*.so*")}))


def sum_sizes(uris: str) -> str:
    """The size of a download, from the lines of ``apt-get download --print-uris``: URI, file, bytes, sum."""
    sizes = re.findall(r"^'\S+' \S+ (\d+) ", uris, re.MULTILINE)
    return format_bytes(sum(map(int, sizes)))


def _list_uris(packages: Sequence[str]) -> str:
    try:
        return run(["apt-get", "download", "--print-uris", *packages])
    except ClusterError:
        _update_lists()
    return run(["apt-get", "download", "--print-uris", *packages])


def _update_lists() -> None:
    say("apt has no lists of packages yet: apt-get update ...")
    run(["apt-get", "update"], timeout=300)


def find_closure(packages: Sequence[str]) -> list[str]:
    """The ``packages`` with all that they depend on, sorted, without what only an alternative needs."""
    kinds = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    argv = ["apt-cache", "depends", "--recurse", *(f"--no-{kind}" for kind in kinds), *packages]
    try:
        names = parse_closure(run(argv))
    except ClusterError:
        _update_lists()
        names = parse_closure(run(argv))
    return sorted({*packages, *names} - ALTERNATIVES)


def parse_closure(text: str) -> set[str]:
    """Packages named by ``apt-cache depends``: at a line's begin, not virtual, of this architecture."""
    return set(re.findall(r"^([a-z0-9][a-z0-9.+-]*)$", text, re.MULTILINE))
