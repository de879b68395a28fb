"""Brings the images that the scenarios name into a node: from the cache, a registry, or made on the spot."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster.configuration import PAUSE_IMAGE
from tests.cluster.errors import ClusterError
from tests.cluster.processes import run
from tests.cluster.progress import say
from tests.cluster.recipes import drop_layers, locate_archives, make_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.state import Node

REGISTRY = ("registry-1.docker.io", 443)
PROBE_SECONDS = 2.0
CONTAINERD_SECONDS = 60


@dataclass(frozen=True)
class Containerd:
    """One node's containerd as seen from the host: what it pulls comes over the host's network."""

    program: Path
    node: Node

    def ask(self, *arguments: str | Path) -> str:
        """Run ``ctr`` in the kubelet's namespace of images."""
        return run([self.program, "--address", self.socket, "--namespace", "k8s.io", *arguments], timeout=600)

    @property
    def socket(self) -> Path:
        """Its socket, by a path short enough for one."""
        return Path(f"/proc/{self.node.pid}/root/run/containerd/containerd.sock")

    def wait(self) -> None:
        """Wait until the socket is there."""
        deadline = time.monotonic() + CONTAINERD_SECONDS
        while not self.socket.exists():
            if time.monotonic() > deadline or not self.node.alive:
                raise ClusterError(f"The containerd of {self.node.name} has not started.")
            time.sleep(0.02)


def choose_missing(cache: Path, reachable: Callable[[], bool]) -> set[str]:
    """The images to pull into a node; all others are in the cache when this returns, made now if need be."""
    missing = [name for name, archive in locate_archives(cache).items() if not archive.exists()]
    published = {name for name in missing if name != PAUSE_IMAGE}
    if published and not reachable():
        say(f"no registry answers within {PROBE_SECONDS:.0f} s: the images are made from Debian's packages")
        published = set()
    for name in missing:
        if name not in published:
            say(f"making the image {name} ...")
            make_image(cache, name)
    drop_layers(cache)
    return published


def provide_images(containerd: Containerd, cache: Path, pulled: set[str], registries: Path) -> None:
    """Bring every image into one node."""
    containerd.wait()
    for name, archive in locate_archives(cache).items():
        if name in pulled:
            archive = _pull(containerd, cache, name, registries)  # noqa: PLW2901 - where it is from now on
        containerd.ask("images", "import", archive)


def _pull(containerd: Containerd, cache: Path, name: str, registries: Path) -> Path:
    archive = locate_archives(cache)[name]
    archive.parent.mkdir(parents=True, exist_ok=True)
    say(f"pulling the image {name} ...")
    try:
        containerd.ask("images", "pull", "--hosts-dir", registries, name)
        containerd.ask("images", "export", archive, name)
    except ClusterError as error:
        archive.unlink(missing_ok=True)
        say(f"{error}\nmaking the image {name} from Debian's packages instead ...")
        return make_image(cache, name)
    return archive


def registry_answers(address: tuple[str, int] = REGISTRY, seconds: float = PROBE_SECONDS) -> bool:
    """Whether a registry accepts a connection in time; a look-up of its name alone may take much longer."""
    answered: list[bool] = []

    def connect() -> None:
        try:
            socket.create_connection(address, seconds).close()
        except OSError:
            return
        answered.append(True)

    prober = threading.Thread(target=connect, daemon=True)
    prober.start()
    prober.join(seconds)
    return bool(answered)
