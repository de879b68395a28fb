"""The images that the scenarios name, made on the spot where no registry can be reached."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cluster.archive import ARCHITECTURES, write_image
from tests.cluster.configuration import PAUSE_IMAGE
from tests.cluster.errors import ClusterError
from tests.cluster.packages import NODE_PACKAGES, find_closure, find_program, unpack_packages
from tests.cluster.processes import run
from tests.cluster.progress import say
from tests.cluster.rootfs import (
    USERS,
    Layer,
    accounts,
    applet_links,
    base_folders,
    merged_links,
    write_layer,
)

# What Debian's own image has of use to a scenario; their libraries are found by apt.
DEBIAN_PACKAGES = (
    "base-files base-passwd bash coreutils dash debianutils findutils grep gzip hostname libc-bin login mawk "
    "mount perl-base sed tar util-linux"
).split()
RECIPE_FILES = ("images.py", "rootfs.py", "archive.py")


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


def make_images(cache: Path) -> dict[str, Path]:
    """The archive of each image by its full name; those that are not in the cache are made."""
    folder = cache / "images" / hash_recipes()
    folder.mkdir(parents=True, exist_ok=True)
    archives = {name: folder / f"{name.replace('/', '_').replace(':', '_')}.tar" for name in IMAGES}
    missing = [name for name, archive in archives.items() if not archive.exists()]
    for name in missing:
        say(f"making the image {name} from Debian's packages (no registry can be reached) ...")
        layers = [_make_layer(cache, folder, layer) for layer in IMAGES[name].layers]
        write_image(archives[name], name, architecture(), layers, IMAGES[name].settings)
    for layer in LAYERS:
        (folder / f"{layer}.layer").unlink(missing_ok=True)
    return archives


def hash_recipes() -> str:
    """Another way of making them is another folder."""
    sources = b"".join(Path(__file__).with_name(name).read_bytes() for name in RECIPE_FILES)
    return hashlib.sha256(sources).hexdigest()[:12]


def architecture() -> str:
    """This machine's, in the words of images; raises ClusterError for one that has no name here."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise ClusterError(f"The local cluster runs on {' and '.join(ARCHITECTURES)}, not on {machine}.")
    return ARCHITECTURES[machine]


def _make_layer(cache: Path, folder: Path, name: str) -> Path:
    path = folder / f"{name}.layer"
    if not path.exists():
        partial = path.with_suffix(".partial")
        write_layer(LAYERS[name](cache), partial)
        partial.rename(path)
    return path


def _busybox(cache: Path) -> Layer:
    root = unpack_packages(cache, NODE_PACKAGES, "the programs of the cluster")
    program = find_program(root, "busybox")
    applets = run([program, "--list"]).split()
    return Layer(
        files={"bin/busybox": program, **accounts(USERS)}, links=applet_links(applets), folders=base_folders()
    )


def _debian(cache: Path) -> Layer:
    root = unpack_packages(cache, find_closure(DEBIAN_PACKAGES), "the image debian:12-slim")
    links = merged_links() | {"usr/bin/awk": "mawk"}
    return Layer((root,), files=accounts(USERS), links=links, folders=base_folders())


def _curl(cache: Path) -> Layer:
    base = set(find_closure(DEBIAN_PACKAGES))
    packages = [name for name in [*find_closure(["curl"]), "ca-certificates"] if name not in base]
    root = unpack_packages(cache, packages, "the image curlimages/curl:8.10.1")
    certificates = sorted(root.glob("usr/share/ca-certificates/mozilla/*.crt"))
    bundle = b"".join(certificate.read_bytes() for certificate in certificates)
    files = accounts({**USERS, "curl_user": 100}) | {"etc/ssl/certs/ca-certificates.crt": bundle}
    return Layer((root,), files=files, folders={"home/curl_user": 0o755})


LAYERS: dict[str, Callable[[Path], Layer]] = {"busybox": _busybox, "debian": _debian, "curl": _curl}
