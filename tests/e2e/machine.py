"""What this machine has at a moment, so that a test can say that nothing was left on it.

Other clusters may run beside the tested one, so processes count only by what ties them to it: its folder in
their command or environment, or its cgroup.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.cgroups import find_hierarchies
from tests.cluster.configuration import TUNABLES
from tests.cluster.processes import run

if TYPE_CHECKING:
    from tests.cluster.site import Site

PLACES = ("/run", "/var/lib", "/var/log", "/etc", "/opt", "/usr/libexec")
# Other programs of the machine write here at any time, with nothing to do with a cluster.
BUSY = ("/run/user", "/run/systemd", "/run/postgresql", "/var/lib/apt", "/var/lib/dpkg", "/var/log/apt")


def take_snapshot(site: Site) -> dict[str, set[str]]:
    """Processes, mounts, links, named namespaces, firewall tables, cgroups, tunables and files."""
    hierarchies = find_hierarchies(Path("/proc/self/mounts").read_text())
    tables = Path("/proc/net/ip_tables_names")
    return {
        "processes": set(find_processes(site)),
        "mounts": set(Path("/proc/self/mounts").read_text().splitlines()),
        "links": _without_others({link["ifname"] for link in json.loads(run(["ip", "-json", "link"]))}, site),
        "addresses": {line for line in run(["ip", "-o", "address"]).splitlines() if site.bridge in line},
        "routes": {line for line in run(["ip", "route"]).splitlines() if site.host_address[:-1] in line},
        "namespaces": _without_others(set(run(["ip", "netns"]).split()), site),
        "tables": set(tables.read_text().split()) if tables.exists() else set(),
        "cgroups": {str(path) for root in hierarchies for path in root.glob(f"{site.cgroup}*")},
        "tunables": {f"{name}={Path('/proc/sys', name).read_text().strip()}" for name in TUNABLES},
        "files": {str(path) for place in PLACES for path in Path(place).rglob("*") if _is_quiet(path, site)},
        "cache": {path.name for path in site.cache.iterdir() if not path.name.startswith("cluster")},
        "folder": {str(path) for path in (site.folder,) if path.exists()},
    }


def find_processes(site: Site) -> list[str]:
    """Pids and commands of the cluster's processes, as far as anything ties them to it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            groups = (folder / "cgroup").read_text()
            environment = (folder / "environ").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):  # gone; or the machine's own PID 1
            continue
        ours = f"{site.folder}/".encode()
        if ours in command or ours in environment or f"/{site.cgroup}/" in groups:
            found.append(f"{folder.name} {command.decode()}")
    return found


def _without_others(links: set[str], site: Site) -> set[str]:
    return {name for name in links if not name.startswith("k8s-replay") or name.startswith(site.bridge)}


def _is_quiet(path: Path, site: Site) -> bool:
    return not str(path).startswith(BUSY) and bool(_without_others({path.name}, site))
