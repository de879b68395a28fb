"""`list`: every scenario, whatever state its folder is in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from kubectl_replay import catalog

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Cli


@pytest.fixture(autouse=True)
def _no_built_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(catalog, "_built_in", lambda: tmp_path / "nowhere")


def test_ids_and_titles_are_aligned_and_a_broken_folder_is_told(cli: Cli, scenarios: Path) -> None:
    code, out, err = cli("list")
    problems = [line for line in err.splitlines() if line.startswith(f"{scenarios}/broken/scenario.yaml:")]
    assert code == 0
    assert out == (
        f"ID      TITLE\nbroken  broken: {len(problems)} problems\ndemo    A demo\ntagged  A demo\n"
    )
    assert problems
    assert len(problems) == len(err.splitlines())


def test_wide_says_where_each_comes_from(cli: Cli, scenarios: Path) -> None:
    lines = cli("list", "-o", "wide").out.splitlines()
    assert lines[0].split() == ["ID", "TITLE", "SAFETY", "ATT&CK", "SOURCE"]
    assert lines[2].split() == ["demo", "A", "demo", "safe", "T1059", "environment", f"{scenarios}/demo"]
    assert lines[1].endswith(f"-       -       {scenarios}/broken")


def test_names_are_listed_without_reading_a_folder(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: object) -> None:
        raise AssertionError("a folder was read")

    monkeypatch.setattr("kubectl_replay.scenario.loader.load", refuse)
    assert cli("list", "-o", "name") == (0, "broken\ndemo\ntagged\n", "")


def test_json_and_yaml_say_the_same(cli: Cli, scenarios: Path) -> None:
    code, out, err = cli("list", "-o", "json")
    rows = json.loads(out)
    assert (code, err) == (0, "")
    assert [row["id"] for row in rows] == ["broken", "demo", "tagged"]
    assert rows[1] == {
        "id": "demo",
        "source": "environment",
        "folder": f"{scenarios}/demo",
        "title": "A demo",
        "safety": "safe",
        "tags": ["one"],
        "attack": ["T1059"],
    }
    assert rows[0]["problems"][0].startswith(f"{scenarios}/broken/scenario.yaml:1:1: ")
    assert yaml.safe_load(cli("list", "-o", "yaml").out) == rows


def test_data_is_written_for_people_too(cli: Cli, scenarios: Path) -> None:
    path = scenarios / "demo/scenario.yaml"
    path.write_text(path.read_text().replace("title: A demo", "title: Ein Übungslauf"))
    assert '    "title": "Ein Übungslauf",' in cli("list", "-o", "json").out.splitlines()
    lines = cli("list", "-o", "yaml").out.splitlines()
    start = lines.index("- id: demo")
    assert [line.split(":")[0].strip(" -") for line in lines[start : start + 5]] == [
        "id", "source", "folder", "title", "safety",
    ]  # fmt: skip
    assert "  title: Ein Übungslauf" in lines


def test_nothing_to_list_is_an_empty_table(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPLAY_SCENARIOS_PATH")
    assert cli("list") == (0, "ID  TITLE\n", "")
    assert cli("list", "-o", "json") == (0, "[]\n", "")
    assert cli("list", "-o", "name") == (0, "", "")
