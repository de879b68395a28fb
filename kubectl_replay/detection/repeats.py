"""Lines that were read before: a log that is opened anew begins again further back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.timestamp import SECOND

if TYPE_CHECKING:
    from kubectl_replay.detection.line import Line

DISORDER: Final = SECOND
"""How much later than its successor a line may be stamped: standard output and error are stamped apart."""


@dataclass
class Repeats:
    """Tells the lines of one log that are new, by the kubelet's stamps."""

    _newest: int = 0
    _known_since: int = 0
    _recent: set[Line] = field(default_factory=set)

    def is_new(self, line: Line) -> bool:
        """Whether a line was not read before; one without a stamp is always new."""
        if line.stamp is None:
            return True
        if line.stamp < self._newest - DISORDER or line in self._recent:
            return False
        self._recent.add(line)
        self._newest = max(self._newest, line.stamp)
        if self._newest > self._known_since + 3 * DISORDER:
            self._forget()
        return True

    def _forget(self) -> None:
        """Forget lines that are too old to come for the first time."""
        self._known_since = self._newest - DISORDER
        self._recent = {line for line in self._recent if (line.stamp or 0) >= self._known_since}
