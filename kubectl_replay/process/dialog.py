"""A program that talks to the user for as long as it likes."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubectl_replay.interruption import INTERRUPTION
from kubectl_replay.process import inputs
from kubectl_replay.process.door import start_dialog
from kubectl_replay.process.ending import ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLL_SECONDS = 0.05


def foreground(argv: Sequence[str], *, env: Mapping[str, str], stdin: str = "") -> int:
    """Run a program that talks to the user for as long as it likes, and return its exit code.

    What it prints to either stream goes to our standard error as it comes; a terminal there is its terminal
    too. It shares our process group, so a terminal's Ctrl-C reaches it by itself; any signal ends it and
    raises `Interrupted`. Raises `ProgramMissing` as `run` does.
    """
    INTERRUPTION.check()
    path = shutil.which(argv[0], path=env.get("PATH", ""))
    if path is None:
        raise ProgramMissing(argv[0])
    with inputs.text(stdin) as source, Path(os.devnull).open("wb") as nothing:
        sink = sys.stderr or nothing
        child = _Attended(start_dialog(path, argv[1:], env=env, stdin=source, sink=sink))
        with INTERRUPTION.watching(child, protected=False):
            while (code := child.poll()) is None:
                time.sleep(POLL_SECONDS)
    INTERRUPTION.check()
    return code


@dataclass(frozen=True, eq=False)
class _Attended:
    """A program that sh runs, as a child that signals can end."""

    process: Any

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    @property
    def returncode(self) -> int | None:
        code: int | None = self.process.exit_code
        return code

    def poll(self) -> int | None:
        """Look whether it has ended, without waiting: a signal is only seen between two looks."""
        alive, code = self.process.is_alive()
        return None if alive else int(code)
