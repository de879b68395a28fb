"""The processes of a run, found by a variable that all of them inherit."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

MARK = "KUBECTL_REPLAY_E2E_MARK"


def find(mark: str) -> dict[int, str]:
    """Give the processes that carry this mark: pid and command line. Only Linux shows them, in /proc."""
    wanted = f"{MARK}={mark}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
    return found


def end(mark: str) -> None:
    """End all of them."""
    for pid in find(mark):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
