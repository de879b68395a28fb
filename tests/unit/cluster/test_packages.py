from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.errors import ClusterError
from tests.cluster.packages import find_libraries, find_program, locate_packages, parse_closure, sum_sizes

URIS = """\
'http://mirror/pool/a_1%3a2_amd64.deb' a_1%3a2_amd64.deb 928188 SHA256:3d3f
'http://mirror/pool/b_1_amd64.deb' b_1_amd64.deb 25903404 SHA256:8669
"""
DEPENDS = """\
curl
  Depends: libc6
  Depends: libcurl4
 |Depends: debconf
  Depends: <debconf-2.0>
    cdebconf
<debconf-2.0>
libc6
libc6:i386
libstdc++6
"""


def test_the_size_of_a_download_is_the_sum_of_its_packages() -> None:
    assert sum_sizes(URIS) == "26.8 MB"
    assert sum_sizes("") == "0.0 MB"


def test_dependencies_are_the_lines_own_real_packages_of_this_architecture() -> None:
    assert parse_closure(DEPENDS) == {"curl", "libc6", "libstdc++6"}


def test_another_list_of_packages_is_another_folder() -> None:
    one = locate_packages(Path("/cache"), ["a", "b"])
    assert one.parent == Path("/cache/packages")
    assert one != locate_packages(Path("/cache"), ["ab"])


def test_a_program_is_found_wherever_the_release_puts_it(tmp_path: Path) -> None:
    for folder in ("usr/sbin", "usr/lib/cni"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "usr/sbin/runc").touch()
    (tmp_path / "usr/lib/cni/bridge").touch()
    assert find_program(tmp_path, "runc") == tmp_path / "usr/sbin/runc"
    assert find_program(tmp_path, "bridge") == tmp_path / "usr/lib/cni/bridge"


def test_a_program_that_no_package_has_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClusterError) as caught:
        find_program(tmp_path, "etcd")
    assert str(caught.value) == (
        f"The unpacked packages in {tmp_path} have no program etcd; remove the folder and try again."
    )


def test_library_folders_are_named_once(tmp_path: Path) -> None:
    folder = tmp_path / "usr/lib/x86_64-linux-gnu"
    folder.mkdir(parents=True)
    (folder / "liba.so.1").touch()
    (folder / "libb.so").touch()
    assert find_libraries(tmp_path) == str(folder)
