from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster import images
from tests.cluster.configuration import PAUSE_IMAGE
from tests.cluster.errors import ClusterError
from tests.cluster.recipes import IMAGES, locate_archives, name_architecture

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(images, "make_image", lambda _, name: names.append(name))
    return names


def test_images_are_pulled_where_a_registry_answers(tmp_path: Path, made: list[str]) -> None:
    assert images.choose_missing(tmp_path, lambda: True) == {*IMAGES} - {PAUSE_IMAGE}
    assert made == [PAUSE_IMAGE]


def test_images_are_made_and_that_is_said_where_none_does(
    tmp_path: Path, made: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert images.choose_missing(tmp_path, lambda: False) == set()
    assert made == [*IMAGES]
    assert capsys.readouterr().err.splitlines() == [
        "no registry answers within 2 s: the images are made from Debian's packages",
        *(f"making the image {name} ..." for name in IMAGES),
    ]


def test_with_a_warm_cache_no_registry_is_asked(tmp_path: Path, made: list[str]) -> None:
    for archive in locate_archives(tmp_path).values():
        archive.parent.mkdir(parents=True, exist_ok=True)
        archive.touch()
    assert images.choose_missing(tmp_path, lambda: pytest.fail("asked")) == set()
    assert made == []


def test_the_images_are_those_that_the_scenarios_name() -> None:
    assert {"docker.io/library/busybox:1.36", "docker.io/curlimages/curl:8.10.1"} < {*IMAGES}


def test_a_machine_without_a_name_here_is_refused() -> None:
    assert name_architecture("aarch64") == "arm64"
    with pytest.raises(
        ClusterError, match=r"^The local cluster runs on x86_64 and aarch64, not on riscv64\.$"
    ):
        name_architecture("riscv64")
