"""A log file that something else writes, read from its present end on."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from kubectl_replay.interruption import INTERRUPTION

if TYPE_CHECKING:
    from pathlib import Path

    from kubectl_replay.process import Completed

POLL_SECONDS: Final = 0.02


class GrowingFile:
    """The lines of a file that come after now; a file that is rotated is read on in the new one.

    Raises `OSError` if it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.broken = False
        self.refused: Completed | None = None
        self._path = path
        self._file = path.open("rb")
        self._file.seek(0, os.SEEK_END)
        self._part = b""

    def line(self, timeout: float) -> str | None:
        """Return the next whole line, None if there is none within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            INTERRUPTION.check()
            self._part += self._file.readline()
            if self._part.endswith(b"\n"):
                line, self._part = self._part, b""
                return line.decode("utf-8", "replace")
            if not self._turn() and time.monotonic() >= deadline:
                return None
            time.sleep(POLL_SECONDS if time.monotonic() < deadline else 0)

    def _turn(self) -> bool:
        """Go on in the new file where the old one was moved away or cut; False where there is none."""
        try:
            there, here = self._path.stat(), os.fstat(self._file.fileno())
        except FileNotFoundError:  # between the move and the new file
            return False
        except OSError:
            self.broken = True
            return False
        is_cut = there.st_ino == here.st_ino and there.st_size < self._file.tell()
        if there.st_ino == here.st_ino and not is_cut:
            return False
        if self._file.peek(1):  # written just before the move
            return True
        return self._open_anew(is_cut=is_cut)

    def _open_anew(self, *, is_cut: bool) -> bool:
        """Open the new file, if it is there yet and may be read."""
        try:
            new = self._path.open("rb")
        except FileNotFoundError:  # moved once more
            return False
        except OSError:
            self.broken = True
            return False
        # What was written just before a cut is gone, and so is the rest of a line.
        self.broken = self.broken or is_cut or bool(self._part)
        self._file.close()
        self._file, self._part = new, b""
        return True

    def close(self) -> None:
        """Stop reading."""
        self._file.close()
