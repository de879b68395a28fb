"""Several logs read at once, until a deadline."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_replay.process import Completed

SLICE_SECONDS: Final = 0.05
"""How long the first log is listened to before the others are looked at."""


class Lines(Protocol):
    """A log that grows."""

    broken: bool
    """Whether something may be missing, such as what was said between its end and its next reading."""
    refused: Completed | None
    """What kubectl said where it may not be read."""

    def line(self, timeout: float) -> str | None:
        """Return the next line, None where none came within `timeout` seconds."""

    def close(self) -> None:
        """Stop reading."""


MOST_LINES: Final = 1000
"""How many lines one log may have in a row, so that a busy one does not keep the others from being heard."""


DRAIN_SECONDS: Final = 5.0
"""How long what was written before the deadline may take to be read after it."""


def listen(logs: Sequence[Lines], deadline: float) -> Iterator[tuple[int, str]]:
    """Yield the lines of all logs, each with its log's place, until `deadline` on `time.monotonic`.

    Ends earlier where no log may be read. What is there already at the deadline is read in any case: another
    detector may have used up the time.
    """
    while time.monotonic() < deadline and not all(log.refused for log in logs):
        for place, log in enumerate(logs):
            wait = 0 if place else max(0.0, min(SLICE_SECONDS, deadline - time.monotonic()))
            for count in range(MOST_LINES):
                line = log.line(0 if count else wait)
                if line is None:
                    break
                yield place, line
    yield from _drain(logs, time.monotonic() + DRAIN_SECONDS)


def _drain(logs: Sequence[Lines], deadline: float) -> Iterator[tuple[int, str]]:
    for place, log in enumerate(logs):
        while time.monotonic() < deadline and (line := log.line(0)) is not None:
            yield place, line
