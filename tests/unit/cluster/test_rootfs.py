from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.cluster.rootfs import Layer, accounts, applet_links, merge_usr, merged_links, write_layer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for folder in ("bin", "usr/share/doc/x", "etc"):
        (root / folder).mkdir(parents=True)
    (root / "bin/tool").write_bytes(b"#!")
    (root / "bin/tool").chmod(0o4755)
    (root / "usr/share/doc/x/copyright").write_text("long")
    (root / "etc/link").symlink_to("../bin/tool")
    return root


def entries(path: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(path) as archive:
        return {entry.name: entry for entry in archive.getmembers()}


def test_the_same_layer_twice_has_the_same_bytes(tree: Path, tmp_path: Path) -> None:
    layer = Layer((tree,), files=accounts({"root": 0}), links=merged_links(), folders={"tmp": 0o1777})
    write_layer(layer, tmp_path / "one")
    (tree / "bin/tool").touch()
    write_layer(layer, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_layer_keeps_modes_and_links_and_leaves_documentation_out(tree: Path, tmp_path: Path) -> None:
    write_layer(Layer((tree,), links=merged_links(), folders={"tmp": 0o1777}), tmp_path / "layer")
    found = entries(tmp_path / "layer")
    assert found["usr/bin/tool"].mode == 0o4755
    assert found["bin"].linkname == "usr/bin"
    assert found["etc/link"].linkname == "../bin/tool"
    assert found["tmp"].isdir()
    assert found["tmp"].mode == 0o1777
    assert not [name for name in found if name.startswith("usr/share/doc")]


def test_everything_in_a_layer_is_roots(tree: Path, tmp_path: Path) -> None:
    write_layer(Layer((tree,)), tmp_path / "layer")
    assert {(entry.uid, entry.gid, entry.mtime) for entry in entries(tmp_path / "layer").values()} == {
        (0, 0, 0)
    }


def test_shadow_is_readable_by_root_alone(tmp_path: Path) -> None:
    write_layer(Layer(files=accounts({"root": 0})), tmp_path / "layer")
    assert {name: oct(entry.mode) for name, entry in entries(tmp_path / "layer").items()} == {
        "etc/passwd": "0o644",
        "etc/group": "0o644",
        "etc/shadow": "0o600",
    }


def test_every_account_is_in_all_three_files_and_has_no_password() -> None:
    assert accounts({"root": 0, "curl_user": 100}) == {
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\ncurl_user:x:100:100:curl_user:/:/bin/sh\n",
        "etc/group": b"root:x:0:\ncurl_user:x:100:\n",
        "etc/shadow": b"root:*:19000:0:99999:7:::\ncurl_user:*:19000:0:99999:7:::\n",
    }


@pytest.mark.parametrize(
    ("name", "merged"),
    [
        ("bin/sh", "usr/bin/sh"),
        ("lib64/ld.so", "usr/lib64/ld.so"),
        ("sbin", "usr/sbin"),
        ("usr/bin/env", "usr/bin/env"),
        ("binary", "binary"),
        ("etc/bin/x", "etc/bin/x"),
    ],
)
def test_files_of_the_old_folders_go_below_usr(name: str, merged: str) -> None:
    assert merge_usr(name) == merged


def test_every_applet_but_busybox_itself_is_a_link_to_it() -> None:
    assert applet_links(["[", "busybox", "sh"]) == {"bin/[": "busybox", "bin/sh": "busybox"}
