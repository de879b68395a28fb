"""Waiting for conditions; no test sleeps and hopes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 60.0
"""The end of all patience, for a machine that is busy with other things as well."""

PAUSE_SECONDS = 0.02

Answer = TypeVar("Answer")


def until(ask: Callable[[], Answer | None], what: str, seconds: float = SECONDS) -> Answer:
    """Ask until the answer is true; fails the test, naming what it waited for, when the time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(PAUSE_SECONDS)
    return answer
