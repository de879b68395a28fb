"""Two ways to do the same thing, timed side by side: only their ratio means something."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Pair:
    """The seconds of both ways, round by round."""

    name: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of ours over theirs, taken round by round: a slow moment of the machine hits both."""
        return statistics.median(mine / other for mine, other in zip(self.ours, self.theirs, strict=True))

    def __str__(self) -> str:
        mine, other = statistics.median(self.ours), statistics.median(self.theirs)
        return (
            f"{self.name}: {self.ratio:.2f} x  (medians {mine:.3f} s, {other:.3f} s; {len(self.ours)} rounds)"
        )


def measure(name: str, ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> Pair:
    """Time both ways in turn, after one round that does not count."""
    timed = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds + 1)][1:]
    mine, other = zip(*timed, strict=True)
    return Pair(name, tuple(mine), tuple(other))


def _seconds(do: Callable[[], object]) -> float:
    begin = time.perf_counter()
    do()
    return time.perf_counter() - begin
