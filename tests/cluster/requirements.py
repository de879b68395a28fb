"""What the local cluster needs of this machine, said in one sentence before anything is begun."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.cluster.binary import KUBERNETES
from tests.cluster.errors import ClusterError
from tests.cluster.node import OWN_FOLDERS
from tests.cluster.packages import NODE_PACKAGES, locate_packages
from tests.cluster.recipes import locate_archives

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.cluster.site import Site

RUN_TOOLS = ("ip", "mount", "unshare")
DOWNLOAD_TOOLS = ("apt-cache", "apt-get", "dpkg-deb")


@dataclass(frozen=True)
class Machine:
    """The facts that decide."""

    system: str
    uid: int
    which: Callable[[str], str | None] = shutil.which
    trustme: bool = True
    """Whether Python has trustme, which makes the certificates."""


def say_missing(machine: Machine, tools: Sequence[str], cache: Path) -> str | None:
    """One sentence that names everything that is missing; None where nothing is."""
    missing = []
    if machine.system != "linux":
        missing.append(f"Linux (this is {machine.system})")
    if machine.uid != 0:
        missing.append("root (it makes namespaces and links)")
    missing += [f"`{tool}` on PATH" for tool in tools if not machine.which(tool)]
    if not machine.trustme:
        missing.append("the Python package trustme (it is among the development dependencies)")
    if missing:
        return f"The local cluster needs {' and '.join(missing)}."
    hidden = [path for path in OWN_FOLDERS.values() if cache.is_relative_to(path)]
    if hidden:
        return f"The cache folder {cache} lies in {hidden[0]}, which each node replaces; set XDG_CACHE_HOME."
    return None


def list_tools(site: Site) -> list[str]:
    """The tools that a start needs now: Go and apt's only while the cache is cold."""
    tools = [*RUN_TOOLS]
    if not KUBERNETES.locate(site.cache).is_dir():
        tools.append("go")
    archives = locate_archives(site.cache).values()
    if not (locate_packages(site.cache, NODE_PACKAGES).is_dir() and all(path.exists() for path in archives)):
        tools += DOWNLOAD_TOOLS
    return tools


def require_machine(site: Site, *, starting: bool = True) -> None:
    """Raise ClusterError with that sentence, unless this machine has what a start (or a removal) needs."""
    trustme = not starting or importlib.util.find_spec("trustme") is not None
    machine = Machine(sys.platform, os.getuid(), trustme=trustme)
    sentence = say_missing(machine, list_tools(site) if starting else RUN_TOOLS, site.cache)
    if sentence:
        raise ClusterError(sentence)
