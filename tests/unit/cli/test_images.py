"""`images`: what an air gap must have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_replay import catalog

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Cli


@pytest.fixture(autouse=True)
def _no_built_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(catalog, "_built_in", lambda: tmp_path / "nowhere")


def test_the_images_of_named_scenarios_are_listed_once(cli: Cli) -> None:
    assert cli("images", "demo", "tagged") == (0, "busybox:1.36\n", "")


@pytest.mark.parametrize(
    ("words", "image"),
    [
        (("--registry", "mirror:5000"), "mirror:5000/busybox:1.36"),
        (("--image", "busybox=mine:2"), "mine:2"),
    ],
)
def test_they_are_named_as_a_run_would_name_them(cli: Cli, words: tuple[str, ...], image: str) -> None:
    assert cli("images", "demo", *words).out == f"{image}\n"


def test_without_ids_all_scenarios_count_and_a_broken_one_is_told(cli: Cli, scenarios: Path) -> None:
    assert cli("images") == (
        20,
        "busybox:1.36\n",
        f"error: {scenarios}/broken cannot be read; `kubectl replay show` says why\n",
    )


def test_a_manifest_that_cannot_be_read_ends_20(cli: Cli, scenarios: Path) -> None:
    (scenarios / "demo/pod.yaml").write_text("a: [")
    code, out, err = cli("images", "demo")
    assert (code, out) == (20, "")
    assert err.startswith(f"error: {scenarios}/demo/pod.yaml is no manifest.\n")
