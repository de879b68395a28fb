"""What is wrong with a scenario folder, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def short(words: str, most: int = 60) -> str:
    """Cut words that are too long for a sentence."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def some(words: Iterable[str], most: int = 20) -> str:
    """List words, but not too many for a sentence."""
    every = list(words)
    return ", ".join([*every[:most], *(["…"] if len(every) > most else [])])


def printable(words: str) -> str:
    """Write out what a terminal would obey or not show."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong; `line` and `column` count from 1."""

    path: Path
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class ScenarioInvalid(Exception):
    """A folder that is no scenario: everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
