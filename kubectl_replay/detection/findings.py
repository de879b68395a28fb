"""What was found in a detector's log so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from kubectl_replay.detection.alert import Alert, AuditRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

Report = TypeVar("Report", bound=Alert | AuditRecord)


@dataclass
class Findings(Generic[Report]):
    """Reports of a detector, sorted. Each is counted once, however often it was read."""

    expected: list[Report] = field(default_factory=list)
    """Of this run, in time, and as the scenario expects."""
    weak: list[Report] = field(default_factory=list)
    """The same, but only a word of the output speaks for it."""
    others: list[Report] = field(default_factory=list)
    """Of this run, in time, by another rule."""
    unnamed: list[Report] = field(default_factory=list)
    """Of this run, in time, by a rule that text does not name."""
    undated: list[Report] = field(default_factory=list)
    """As expected and of the target, at a time that cannot be told."""
    doubtful: list[Report] = field(default_factory=list)
    """As expected and in time, in a pod of earlier runs, and nothing shows that it is of this one."""
    late: list[Report] = field(default_factory=list)
    """As expected and of this run, and written after the deadline."""
    noise: int = 0
    """How many reports were of others, or of the target before the trigger."""

    @property
    def settled(self) -> bool:
        """Whether the answer is known, so that nothing further must be read."""
        return bool(self.expected or self.weak)

    @property
    def ours(self) -> tuple[Report, ...]:
        """All that is shown, the most telling first."""
        doubtful = (*self.late, *self.doubtful, *self.undated, *self.unnamed)
        return (*self.expected, *self.weak, *self.others, *doubtful)


def least(seconds: Iterable[float | None]) -> float | None:
    """Return the shortest of the latencies that are known."""
    return min((item for item in seconds if item is not None), default=None)
