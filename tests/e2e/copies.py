"""Copies of scenario folders, under their own id, for a test to change."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
BUILT_IN = ROOT / "scenarios"
EXAMPLES = ROOT / "docs" / "examples"

Item = dict[str, Any]


@dataclass(frozen=True)
class Copy:
    """One folder, and the words that run it."""

    folder: Path

    @classmethod
    def of(cls, original: Path, source: Path) -> Copy:
        """Copy a scenario's folder into a folder of scenarios."""
        return cls(Path(shutil.copytree(original, source / original.name)))

    @property
    def words(self) -> tuple[str, ...]:
        """What runs it."""
        return (self.folder.name, "--scenarios", str(self.folder.parent))

    def change(self, path: str, change: Callable[[Item], object]) -> None:
        """Change every document of a YAML file in place."""
        file = self.folder / path
        items = list(yaml.safe_load_all(file.read_text("utf-8")))
        for item in items:
            change(item)
        file.write_text(yaml.safe_dump_all(items, sort_keys=False), "utf-8")

    def append(self, script: str, *lines: str) -> None:
        """Add lines to the end of a script."""
        file = self.folder / script
        file.write_text(file.read_text("utf-8") + "".join(f"{line}\n" for line in lines), "utf-8")
