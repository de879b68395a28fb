from __future__ import annotations

import hashlib
import json
import tarfile
from typing import TYPE_CHECKING

from tests.cluster.archive import PATH, render_config, write_image

if TYPE_CHECKING:
    from pathlib import Path


def test_the_configuration_names_architecture_path_and_layers() -> None:
    config = json.loads(render_config("arm64", ["sha256:aa"], {"Cmd": ["sh"], "User": "me"}))
    assert config["architecture"] == "arm64"
    assert config["config"] == {"Env": [f"PATH={PATH}"], "Cmd": ["sh"], "User": "me"}
    assert config["rootfs"] == {"type": "layers", "diff_ids": ["sha256:aa"]}


def test_an_archive_holds_manifest_configuration_and_layers_that_agree(tmp_path: Path) -> None:
    layer = tmp_path / "base.layer"
    layer.write_bytes(b"a layer")
    write_image(tmp_path / "image.tar", "registry/a/b:1", "amd64", [layer, layer], {})
    with tarfile.open(tmp_path / "image.tar") as archive:
        contents = {entry.name: _read(archive, entry) for entry in archive.getmembers()}
    (manifest,) = json.loads(contents["manifest.json"])
    digest = hashlib.sha256(b"a layer").hexdigest()
    assert manifest["RepoTags"] == ["registry/a/b:1"]
    assert manifest["Layers"] == [f"{digest}/layer.tar"] * 2
    assert contents[manifest["Layers"][0]] == b"a layer"
    config = contents[manifest["Config"]]
    assert manifest["Config"] == f"{hashlib.sha256(config).hexdigest()}.json"
    assert json.loads(config)["rootfs"]["diff_ids"] == [f"sha256:{digest}"] * 2


def test_no_partial_archive_is_left(tmp_path: Path) -> None:
    write_image(tmp_path / "image.tar", "registry/a/b:1", "amd64", [], {})
    assert [path.name for path in tmp_path.iterdir()] == ["image.tar"]


def _read(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(entry)
    assert file is not None
    return file.read()
