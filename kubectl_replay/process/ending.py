"""How a program ended, or why it never began."""

from __future__ import annotations

import shlex
from dataclasses import dataclass


class ProgramMissing(Exception):
    """A program cannot be run: it is not on PATH, or the system refuses to start it."""

    def __init__(self, name: str, why: str = "") -> None:
        super().__init__(f"{name} cannot be run: {why}" if why else f"{name} is not on PATH")
        self.name = name


@dataclass(frozen=True)
class Completed:
    """A program that ended: what was run, its exit code, and what it said."""

    argv: tuple[str, ...]
    code: int
    out: str
    err: str
    late: bool = False
    """It did not end by itself within its time and was killed."""

    @property
    def command(self) -> str:
        """The command as it can be pasted into a shell."""
        return shlex.join(self.argv)
