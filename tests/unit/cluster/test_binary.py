from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.doctor.versions import OLDEST
from tests.cluster import binary
from tests.cluster.binary import HELM_3, HELM_4, KUBERNETES, OLDEST_KUBECTL, hash_sources, link_flags, provide
from tests.cluster.errors import ClusterError

if TYPE_CHECKING:
    from tests.cluster.binary import Build

SOURCES = st.lists(st.binary(max_size=20), min_size=3, max_size=3)


@given(SOURCES, SOURCES)
def test_sources_have_the_same_hash_only_where_all_bytes_are_the_same(
    one: list[bytes], two: list[bytes]
) -> None:
    assert (hash_sources(one, "-s -w") == hash_sources(two, "-s -w")) == (one == two)


def test_a_line_moved_from_one_source_to_the_next_changes_the_hash() -> None:
    moved = hash_sources([b"a\nb\n", b"", b"c"], "-s -w"), hash_sources([b"a\n", b"b\n", b"c"], "-s -w")
    assert moved[0] != moved[1]


def test_other_flags_and_so_another_version_change_the_hash() -> None:
    assert hash_sources([b"a"], link_flags("1.24.17")) != hash_sources([b"a"], link_flags("1.36.3"))


@pytest.mark.parametrize("build", [KUBERNETES, OLDEST_KUBECTL], ids=lambda build: build.title)
def test_a_program_is_stamped_with_the_version_of_the_modules_that_it_is_built_from(build: Build) -> None:
    modules = (build.sources / "go.mod").read_text("utf-8")
    for module in ("client-go", "component-base"):
        assert f"\tk8s.io/{module} v0{build.version.removeprefix('1')}\n" in modules


@pytest.mark.parametrize("build", [HELM_3, HELM_4], ids=lambda build: build.title)
def test_helm_is_the_program_of_its_own_module_and_stamped_with_its_version(build: Build) -> None:
    module = build.package.removesuffix("/cmd/helm")
    text = (build.sources / "go.mod").read_text("utf-8")
    assert f"\ntool {build.package}\n" in text
    assert f"\t{module} v{build.version} // indirect\n" in text
    assert build.flags == f"-s -w -X {module}/internal/version.version=v{build.version}"


def test_each_program_has_a_place_of_its_own(tmp_path: Path) -> None:
    builds = (KUBERNETES, OLDEST_KUBECTL, HELM_3, HELM_4)
    assert len({build.locate(tmp_path) for build in builds}) == len(builds)


def test_the_oldest_kubectl_is_the_oldest_that_doctor_accepts() -> None:
    assert OLDEST_KUBECTL.version.startswith(f"{OLDEST}.")


def test_what_is_there_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary, "run", _refuse)
    folder = OLDEST_KUBECTL.locate(tmp_path)
    folder.mkdir(parents=True)
    assert provide(OLDEST_KUBECTL, tmp_path) == folder


def test_a_build_is_named_once_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_(argv: list[str], **_how: object) -> None:
        output = Path(argv[argv.index("-o") + 1])
        assert not OLDEST_KUBECTL.locate(tmp_path).exists()
        output.write_text("a program", "utf-8")

    monkeypatch.setattr(binary, "run", lambda *_words, **_how: "")
    monkeypatch.setattr(binary, "run_watched", compile_)
    assert (provide(OLDEST_KUBECTL, tmp_path) / "kubectl").read_text("utf-8") == "a program"


@pytest.mark.parametrize(("build", "package"), [(OLDEST_KUBECTL, "."), (HELM_4, "helm.sh/helm/v4/cmd/helm")])
def test_the_package_that_is_named_is_built(
    build: Build, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[list[str | Path]] = []

    def compile_(argv: list[str | Path], **_how: object) -> None:
        built.append(argv)
        Path(argv[argv.index("-o") + 1]).touch()

    monkeypatch.setattr(binary, "run", lambda *_words, **_how: "")
    monkeypatch.setattr(binary, "run_watched", compile_)
    provide(build, tmp_path)
    assert [(argv[-1], argv[argv.index("-ldflags") + 1]) for argv in built] == [(package, build.flags)]


def test_a_build_that_fails_is_tried_again_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary, "run", _refuse)
    for _ in range(2):
        with pytest.raises(ClusterError, match=r"^no Go$"):
            provide(OLDEST_KUBECTL, tmp_path)


def _refuse(*_words: object, **_how: object) -> str:
    raise ClusterError("no Go")


def test_the_linker_stamps_the_version_for_servers_and_clients() -> None:
    assert link_flags("1.36.3").split(" -X ") == [
        "-s -w",
        "k8s.io/component-base/version.gitVersion=v1.36.3",
        "k8s.io/component-base/version.gitMajor=1",
        "k8s.io/component-base/version.gitMinor=36",
        "k8s.io/component-base/version.gitCommit=unknown",
        "k8s.io/client-go/pkg/version.gitVersion=v1.36.3",
        "k8s.io/client-go/pkg/version.gitMajor=1",
        "k8s.io/client-go/pkg/version.gitMinor=36",
        "k8s.io/client-go/pkg/version.gitCommit=unknown",
    ]
