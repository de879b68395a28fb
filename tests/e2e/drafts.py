"""Scenario folders that tests write: a built-in one, changed as the test wants it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILT_IN = Path(__file__).resolve().parents[2] / "scenarios"


@dataclass(frozen=True)
class Draft:
    """The two files of a scenario as data, and the folder of scenarios that it is written into."""

    scenario: dict[str, Any]
    pod: dict[str, Any]
    source: Path
    others: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, built_in: str, scenario_id: str, source: Path) -> Draft:
        """Take a copy of a built-in scenario under another id."""
        folder = BUILT_IN / built_in
        scenario = yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))
        pod = yaml.safe_load((folder / "manifests" / "pod.yaml").read_text("utf-8"))
        scenario |= {"id": scenario_id}
        scenario["workload"]["pod_name"] = pod["metadata"]["name"] = f"{scenario_id}-target"
        return cls(scenario, pod, source)

    @property
    def container(self) -> dict[str, Any]:
        """The target container."""
        container: dict[str, Any] = self.pod["spec"]["containers"][0]
        return container

    def run(self, *command: str, tty: bool = False) -> None:
        """Make this the trigger's command."""
        self.scenario["trigger"] |= {"command": list(command), "tty": tty}

    def prove(self, *evidence: Mapping[str, object]) -> None:
        """Make this all of the evidence."""
        self.scenario["behavior"]["evidence"] = [dict(item) for item in evidence]

    def add(self, name: str, manifest: dict[str, Any]) -> None:
        """Let it create another object."""
        self.others[name] = manifest
        self.scenario["deploy"]["manifests"].append(f"manifests/{name}.yaml")

    def write(self) -> tuple[str, ...]:
        """Write the folder and return the words that run it."""
        name = self.scenario["id"]
        folder = self.source / name
        files = {"scenario": self.scenario, "manifests/pod": self.pod}
        files |= {f"manifests/{other}": manifest for other, manifest in self.others.items()}
        (folder / "manifests").mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (folder / f"{file}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
        return (name, "--scenarios", str(self.source))
