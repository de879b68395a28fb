"""What the user sees while something slow runs: plain lines on stderr, stdout stays for the result."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def say(line: str) -> None:
    """One line on stderr, at once."""
    print(line, file=sys.stderr, flush=True)


def format_seconds(seconds: float) -> str:
    """Seconds as a reader says them: ``4.7 s``, ``5 min 20 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def format_bytes(size: int) -> str:
    """A size in decimal megabytes, as apt prints it."""
    return f"{size / 1e6:.1f} MB"


@contextmanager
def step(what: str) -> Iterator[None]:
    """Says what begins, and how long it took once it is done."""
    say(f"{what} ...")
    begin = time.monotonic()
    yield
    say(f"{what}: done in {format_seconds(time.monotonic() - begin)}")
