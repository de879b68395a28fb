"""Waiting for a program to end by itself, and ending it where it does not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kubectl_replay.interruption import INTERRUPTION, kill
from kubectl_replay.process.door import SLICE_SECONDS, listen
from kubectl_replay.process.ending import Completed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_replay.process.door import Child

DYING_SECONDS = 2.0
"""How long a child that was asked to end may take; then it is killed without asking."""


def finish(child: Child, argv: Sequence[str], timeout: float, *, protected: bool) -> Completed:
    """Wait `timeout` seconds at most, then kill it; raises `Interrupted` where a signal ended it."""
    out, err, late = _hear_out(child, timeout)
    INTERRUPTION.check(protected=protected)
    return Completed(tuple(argv), child.returncode, out, err, late)


def _hear_out(child: Child, timeout: float) -> tuple[str, str, bool]:
    """Wait in slices: a signal that arrives just before the wait is only seen between two of them."""
    deadline = time.monotonic() + timeout
    while True:
        said = listen(child, min(SLICE_SECONDS, max(0.0, deadline - time.monotonic())))
        if said is not None:
            return *said, False
        if time.monotonic() >= deadline:
            return *_end(child), True


def _end(child: Child) -> tuple[str, str]:
    """Kill a child and take what it still said; whoever else holds its pipes is not waited for."""
    kill(child)
    said = listen(child, DYING_SECONDS)
    if said is None:
        child.kill()
        child.wait()
    return said or ("", "")
