"""What a cluster has on the host, found without its state file, and the removal of all of it."""

from __future__ import annotations

import os
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.cgroups import find_cgroups, remove_cgroup
from tests.cluster.errors import ClusterError
from tests.cluster.network import find_links, remove_links
from tests.cluster.procfs import Process, find_process, list_processes

if TYPE_CHECKING:
    from tests.cluster.site import Site

DEATH_SECONDS = 10


@dataclass(frozen=True)
class Leftovers:
    """Everything of a cluster that stands outside its folder, and the folder itself if it is there."""

    processes: list[Process]
    links: list[str]
    cgroups: list[Path]
    folder: Path | None

    def __str__(self) -> str:
        """What there is, in words; empty where there is nothing."""
        found = [
            f"{len(self.processes)} processes" if self.processes else "",
            f"the links {', '.join(self.links)}" if self.links else "",
            f"{len(self.cgroups)} cgroups" if self.cgroups else "",
            f"the folder {self.folder}" if self.folder else "",
        ]
        return ", ".join(filter(None, found))


def find_leftovers(site: Site) -> Leftovers:
    """Whatever of this site's cluster is on the machine now, alive or not."""
    return Leftovers(
        processes=[process for process in list_processes() if is_node(process, site.folder)],
        links=find_links(site),
        cgroups=find_cgroups(site.cgroup),
        folder=site.folder if site.folder.exists() else None,
    )


def is_node(process: Process, folder: Path) -> bool:
    """Whether a process is a node's PID 1 (or its parent) of the cluster in ``folder``, by its command."""
    plan = process.command[-1] if process.command else ""
    return "tests.cluster.supervisor" in process.command and Path(plan).is_relative_to(folder)


def find_rival(site: Site) -> Path | None:
    """The folder of a running cluster of another cache folder; ours cannot be beside it."""
    for process in list_processes():
        if "tests.cluster.supervisor" in process.command:
            folder = Path(process.command[-1]).parents[2]
            if folder != site.folder and folder.name == site.folder.name:
                return folder
    return None


def remove_leftovers(site: Site) -> None:
    """Remove all of it: processes first, because they hold the rest."""
    _kill([process for process in list_processes() if is_node(process, site.folder)])
    remove_links(site)
    remove_cgroup(site.cgroup)
    if site.folder.exists():
        shutil.rmtree(site.folder)


def _kill(processes: list[Process]) -> None:
    """SIGKILL, which takes a node's whole pid namespace along, and wait until all have gone."""
    for process in processes:
        if find_process(process.pid) == process:
            os.kill(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + DEATH_SECONDS
    while alive := [process for process in processes if find_process(process.pid) == process]:
        if time.monotonic() > deadline:
            raise ClusterError(f"The process {alive[0].pid} does not end.")
        time.sleep(0.01)
