"""The scenario folders that the documents show."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from kubectl_replay.scenario.loader import load
from tests.unit.scenario.test_built_in import ALLOWED, FORBIDDEN, SECTIONS

EXAMPLES = sorted((Path(__file__).parents[3] / "docs" / "examples").glob("*/scenario.yaml"))

each = pytest.mark.parametrize("folder", [path.parent for path in EXAMPLES], ids=lambda folder: folder.name)


def test_there_is_an_example() -> None:
    assert "three-hooks" in [path.parent.name for path in EXAMPLES]


@each
def test_an_example_loads_and_its_scripts_can_be_executed(folder: Path) -> None:
    scenario = load(folder)
    assert scenario.notices == ()
    hooks = (scenario.hooks.trigger, scenario.hooks.verify, scenario.hooks.cleanup)
    scripts = [folder / hook for hook in hooks if hook]
    assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []
    assert {path.name for path in scripts} == {path.name for path in folder.glob("*.sh")}


@each
def test_an_example_has_a_readme_as_every_scenario_and_keeps_to_the_words(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    texts = [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()]
    assert [word for each in texts for word in FORBIDDEN.findall(ALLOWED.sub("", each))] == []
