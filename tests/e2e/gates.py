"""A kubectl, first on PATH, that notes every call and stands still at one of them until the test opens it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.e2e.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

_SCRIPT = """\
#!/bin/sh
PATH={path}
{settings}
printf '%s\\n' "$*" >> {folder}/calls
stand() {{
  : > {folder}/reached
  while [ ! -e {folder}/open ]; do sleep 0.02; done
}}
[ "$1" = {verb} ] || exec kubectl "$@"
{body}
"""
_BEFORE = 'stand; exec kubectl "$@"'
_AFTER = 'kubectl "$@"; code=$?; stand; exit $code'


@dataclass(frozen=True)
class Gate:
    """The gate in one folder; a call reaches it, and goes on once it is open."""

    folder: Path
    path: str
    """The PATH on which the real kubectl lies."""

    def build(self, verb: str = "none", *, after: bool = False, settings: str = "") -> dict[str, str | None]:
        """Put it in the way of one verb, before the call or after it; returns the environment with it.

        `settings` are words of the shell that kubectl's own environment is made with.
        """
        script = self.folder / "bin" / "kubectl"
        script.parent.mkdir(parents=True)
        (self.folder / "calls").touch()
        words = {"path": self.path, "folder": str(self.folder), "verb": verb}
        quoted = {name: shlex.quote(word) for name, word in words.items()}
        script.write_text(
            _SCRIPT.format(**quoted, settings=settings, body=_AFTER if after else _BEFORE), "utf-8"
        )
        script.chmod(0o755)
        return {"PATH": f"{script.parent}:{self.path}"}

    @property
    def calls(self) -> list[str]:
        """The words of every call so far."""
        return (self.folder / "calls").read_text("utf-8").splitlines()

    def wait_reached(self) -> None:
        """Wait until a call stands at the gate."""
        until((self.folder / "reached").exists, "a call at the gate")

    def open(self) -> None:
        """Let it go on, and all later ones."""
        (self.folder / "open").touch()
