"""This machine's clocks, read at one moment, and whether a cluster's nodes have the same ones."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
"""Drawn by the kernel at every start; a node's `status.nodeInfo.bootID` is its copy (random(4))."""


@dataclass(frozen=True)
class Moment:
    """One moment: `wall` in nanoseconds UTC, `steady` in seconds of a clock that nobody sets."""

    wall: int
    steady: float

    def until(self, later: Moment) -> int:
        """Return the nanoseconds from this moment to a later one, however the wall clock was set."""
        return round((later.steady - self.steady) * 1e9)


def now() -> Moment:
    """Read both clocks."""
    return Moment(time.time_ns(), time.monotonic())


def boot_id() -> str:
    """Return this kernel's boot id, empty where there is none to read."""
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""
