"""Image archives as ``ctr images import`` reads them: manifest.json, a configuration and layers."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def render_config(architecture: str, diff_ids: Sequence[str], settings: Mapping[str, Any]) -> bytes:
    """The image's configuration: what to run and as whom, and the layers by the digest of their tars."""
    config = {"Env": [f"PATH={PATH}"], **settings}
    return json.dumps(
        {
            "architecture": architecture,
            "os": "linux",
            "created": "1970-01-01T00:00:00Z",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
            "history": [{"created_by": "kubectl-replay tests/cluster"} for _ in diff_ids],
        },
        sort_keys=True,
    ).encode()


def write_image(
    path: Path, name: str, architecture: str, layers: Sequence[Path], settings: Mapping[str, Any]
) -> None:
    """Write the archive of one image under its full ``name`` (registry/repository:tag)."""
    digests = [_digest(layer) for layer in layers]
    config = render_config(architecture, [f"sha256:{digest}" for digest in digests], settings)
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    layer_names = [f"{digest}/layer.tar" for digest in digests]
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": layer_names}]).encode()
    partial = path.with_suffix(".partial")
    with tarfile.open(partial, "w") as archive:
        for entry_name, content in ((config_name, config), ("manifest.json", manifest)):
            entry = tarfile.TarInfo(entry_name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for layer_name, layer in zip(layer_names, layers, strict=True):
            archive.add(layer, layer_name)
    partial.rename(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
