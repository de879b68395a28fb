"""The time in which an alert counts, on the clock that stamps it."""

from __future__ import annotations

from dataclasses import dataclass

from kubectl_replay.detection.timestamp import SECOND


@dataclass(frozen=True)
class Window:
    """A window that opens at a moment read before the trigger was sent, for `pod-start` before the create.

    All in nanoseconds; `at` is UTC on the clock that stamps the alert: the node's for system calls, the API
    server's for requests. `resolution` is the reading's (a clock read in whole seconds: 1 s). `skew` is by
    how much another clock, on which the moment was read instead, may differ; `same_clock` says that there
    was none. The window has no end: a reader stops by its own deadline.
    """

    at: int
    resolution: int = 0
    skew: int = 0
    same_clock: bool = True

    @property
    def opens(self) -> int:
        """The earliest time at which an event of the trigger can be stamped."""
        return self.at - self.resolution - abs(self.skew)

    def contains(self, time: int) -> bool:
        """Whether an event at this time may belong to the trigger."""
        return time >= self.opens

    def is_after(self, time: int) -> bool:
        """Whether an event happened strictly after the moment, for pods in which earlier runs left events."""
        return time > self.at + abs(self.skew)

    def latency(self, time: int) -> float | None:
        """Return the seconds from the moment to the event; None if two clocks would have to be compared."""
        if not self.same_clock or time < self.at:
            return None
        return (time - self.at) / SECOND
