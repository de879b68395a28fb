"""Layers of images: which files of unpacked packages go in, and the few that no package has."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MERGED = ("bin", "sbin", "lib", "lib64")
SKIPPED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/lintian")
USERS = {"root": 0, "daemon": 1, "nobody": 65534}


@dataclass(frozen=True)
class Layer:
    """One layer: trees of files, then single files, links and folders, laid over them in this order."""

    trees: tuple[Path, ...] = ()
    files: Mapping[str, bytes | Path] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, int] = field(default_factory=dict)


def accounts(users: Mapping[str, int]) -> dict[str, bytes]:
    """``/etc/passwd``, ``group`` and ``shadow``; every password is locked."""
    rows = list(users.items())
    return {
        "etc/passwd": "".join(
            f"{name}:x:{uid}:{uid}:{name}:{_home(name)}:/bin/sh\n" for name, uid in rows
        ).encode(),
        "etc/group": "".join(f"{name}:x:{uid}:\n" for name, uid in rows).encode(),
        "etc/shadow": "".join(f"{name}:*:19000:0:99999:7:::\n" for name, _ in rows).encode(),
    }


def _home(name: str) -> str:
    return "/root" if name == "root" else "/"


def write_layer(layer: Layer, path: Path) -> None:
    """Write the layer as a tar: all is root's and of the epoch, so the same files give the same bytes."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        for tree in layer.trees:
            for file in sorted(tree.rglob("*")):
                name = merge_usr(str(file.relative_to(tree)))
                if not name.startswith(SKIPPED):
                    _add_path(archive, name, file)
        for name, mode in layer.folders.items():
            _add(archive, name, tarfile.DIRTYPE, mode=mode)
        for name, content in layer.files.items():
            _add_file(archive, name, content)
        for name, target in layer.links.items():
            _add(archive, name, tarfile.SYMTYPE, target=target)


def merge_usr(name: str) -> str:
    """Where a file goes in a root whose /bin, /sbin and /lib are links into /usr, as in Debian 12."""
    first = name.partition("/")[0]
    return f"usr/{name}" if first in MERGED else name


def merged_links() -> dict[str, str]:
    """Those links."""
    return {name: f"usr/{name}" for name in MERGED}


def base_folders() -> dict[str, int]:
    """The folders that a container expects."""
    return {
        "tmp": 0o1777,
        "root": 0o700,
        "etc": 0o755,
        "var/log": 0o755,
        "proc": 0o755,
        "sys": 0o755,
        "dev": 0o755,
    }


def applet_links(applets: Iterable[str]) -> dict[str, str]:
    """A link a busybox applet, as the published image has them."""
    return {f"bin/{name}": "busybox" for name in applets if name != "busybox"}


def _add_path(archive: tarfile.TarFile, name: str, path: Path) -> None:
    mode = path.lstat().st_mode & 0o7777
    if path.is_symlink():
        _add(archive, name, tarfile.SYMTYPE, target=str(path.readlink()))
    elif path.is_dir():
        _add(archive, name, tarfile.DIRTYPE, mode=mode)
    else:
        _add(archive, name, tarfile.REGTYPE, mode=mode, content=path.read_bytes())


def _add_file(archive: tarfile.TarFile, name: str, content: bytes | Path) -> None:
    if isinstance(content, Path):
        _add(archive, name, tarfile.REGTYPE, mode=0o755, content=content.read_bytes())
    else:
        mode = 0o600 if name == "etc/shadow" else 0o644
        _add(archive, name, tarfile.REGTYPE, mode=mode, content=content)


def _add(
    archive: tarfile.TarFile,
    name: str,
    kind: bytes,
    *,
    mode: int = 0o777,
    target: str = "",
    content: bytes = b"",
) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.linkname, entry.size = kind, mode, target, len(content)
    archive.addfile(entry, io.BytesIO(content))
