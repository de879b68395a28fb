"""How the images that the scenarios name are made of Debian's packages, where no registry is in reach."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cluster.archive import ARCHITECTURES, write_image
from tests.cluster.configuration import PAUSE_IMAGE
from tests.cluster.errors import ClusterError
from tests.cluster.packages import NODE_PACKAGES, find_closure, find_program, unpack_packages
from tests.cluster.processes import run
from tests.cluster.rootfs import (
    USERS,
    Layer,
    accounts,
    applet_links,
    base_folders,
    merged_links,
    write_layer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What Debian's own image has of use to a scenario; their libraries are found by apt.
DEBIAN_PACKAGES = [
    *("base-files", "base-passwd", "bash", "coreutils", "dash", "debianutils", "findutils", "grep", "gzip"),
    *("hostname", "libc-bin", "login", "mawk", "mount", "perl-base", "sed", "tar", "util-linux"),
]
CURL_PACKAGES = ["curl", "ca-certificates"]
SOURCES = ("recipes.py", "rootfs.py", "archive.py")


@dataclass(frozen=True)
class Recipe:
    """How one image is made: its layers by name (images share them) and what its configuration adds."""

    layers: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


IMAGES = {
    PAUSE_IMAGE: Recipe(("busybox",), {"Cmd": ["/bin/sleep", "infinity"]}),
    "docker.io/library/busybox:1.36": Recipe(("busybox",), {"Cmd": ["sh"]}),
    "docker.io/library/debian:12-slim": Recipe(("debian",), {"Cmd": ["bash"]}),
    "docker.io/curlimages/curl:8.10.1": Recipe(
        ("debian", "curl"), {"User": "curl_user", "Entrypoint": ["curl"], "Cmd": ["--help"]}
    ),
}


def locate_archives(cache: Path) -> dict[str, Path]:
    """The archive of each image by its full name, whether it is there or not; other recipes, other folder."""
    sources = b"".join(Path(__file__).with_name(name).read_bytes() for name in SOURCES)
    folder = cache / "images" / hashlib.sha256(sources).hexdigest()[:12]
    return {name: folder / f"{name.replace('/', '_').replace(':', '_')}.tar" for name in IMAGES}


def make_image(cache: Path, name: str) -> Path:
    """Make one image and return its archive. The layers stay beside it, for the next image."""
    archive = locate_archives(cache)[name]
    archive.parent.mkdir(parents=True, exist_ok=True)
    recipe = IMAGES[name]
    layers = [_make_layer(cache, archive.with_name(f"{layer}.layer")) for layer in recipe.layers]
    write_image(archive, name, name_architecture(platform.machine()), layers, recipe.settings)
    return archive


def drop_layers(cache: Path) -> None:
    """Remove the layers once all images are made: each is in its archives as well."""
    for archive in locate_archives(cache).values():
        for layer in archive.parent.glob("*.layer"):
            layer.unlink()


def name_architecture(machine: str) -> str:
    """A machine's architecture in the words of images; raises ClusterError for one that has no name here."""
    if machine not in ARCHITECTURES:
        raise ClusterError(f"The local cluster runs on {' and '.join(ARCHITECTURES)}, not on {machine}.")
    return ARCHITECTURES[machine]


def _make_layer(cache: Path, path: Path) -> Path:
    if not path.exists():
        partial = path.with_suffix(".partial")
        write_layer(LAYERS[path.stem](cache), partial)
        partial.rename(path)
    return path


def _busybox(cache: Path) -> Layer:
    program = find_program(unpack_packages(cache, NODE_PACKAGES, "the programs of the cluster"), "busybox")
    files: dict[str, bytes | Path] = {"bin/busybox": program, **accounts(USERS)}
    return Layer(files=files, links=applet_links(run([program, "--list"]).split()), folders=base_folders())


def _debian(cache: Path) -> Layer:
    root = unpack_packages(cache, find_closure(DEBIAN_PACKAGES), "the image debian:12-slim")
    links = merged_links() | {"usr/bin/awk": "mawk"}
    return Layer((root,), files=accounts(USERS), links=links, folders=base_folders())


def _curl(cache: Path) -> Layer:
    base = set(find_closure(DEBIAN_PACKAGES))
    packages = sorted({*find_closure(CURL_PACKAGES[:1]), *CURL_PACKAGES} - base)
    root = unpack_packages(cache, packages, "the image curlimages/curl:8.10.1")
    certificates = sorted(root.glob("usr/share/ca-certificates/mozilla/*.crt"))
    bundle = b"".join(certificate.read_bytes() for certificate in certificates)
    files = accounts({**USERS, "curl_user": 100}) | {"etc/ssl/certs/ca-certificates.crt": bundle}
    return Layer((root,), files=files, folders={"home/curl_user": 0o755})


LAYERS: dict[str, Callable[[Path], Layer]] = {"busybox": _busybox, "debian": _debian, "curl": _curl}
