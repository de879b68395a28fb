"""A scenario folder to write into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_replay.scenario.loader import ScenarioInvalid, load

if TYPE_CHECKING:
    from pathlib import Path

    from kubectl_replay.scenario.spec import Scenario

SCENARIO = """\
id: demo
version: "1.0"
title: A demo
goal: See that it loads
safety: safe
deploy:
  manifests: [manifests/pod.yaml]
workload:
  selector: scenario=demo
  pod_name: demo-target
trigger:
  kind: kubectl-exec
  command: [id]
behavior:
  description: a program runs
  evidence:
    - exit_code: 0
"""


class Folder:
    """A scenario folder with one manifest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.add("manifests/pod.yaml")

    def add(self, name: str, text: str = "") -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def load(self, text: str = SCENARIO) -> Scenario:
        self.add("scenario.yaml", text)
        return load(self.path)

    def problems(self, text: str | bytes) -> list[str]:
        """Load what must not load, and give the problems without the path that each begins with."""
        data = text.encode() if isinstance(text, str) else text
        (self.path / "scenario.yaml").write_bytes(data)
        with pytest.raises(ScenarioInvalid) as raised:
            load(self.path)
        prefix = f"{self.path}/scenario.yaml:"
        lines = str(raised.value).splitlines()
        assert all(line.startswith(prefix) for line in lines)
        return [line.removeprefix(prefix) for line in lines]

    def problems_with(self, old: str, new: str) -> list[str]:
        """Give the problems after one change to a scenario that is sound."""
        assert SCENARIO.count(old) == 1
        return self.problems(SCENARIO.replace(old, new))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "demo")
