"""Falco's log as a whole: its alerts, and what it tells of Falco itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from kubectl_replay.detection import falco_json, falco_start, falco_text, falco_words
from kubectl_replay.detection.falco_start import Start
from kubectl_replay.detection.line import split
from kubectl_replay.detection.timestamp import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.detection.falco_words import Own
    from kubectl_replay.detection.sieve import Sieve

_BLIND: Final = 10 * SECOND
"""How long Falco may be blind after it stopped or loaded anew (seen: 4 s)."""
_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


class Mark(NamedTuple):
    """Something that happened to Falco, and when, in nanoseconds UTC; None where the line has no time.

    `stopped` stands also for a reload, which prints the same summary.
    """

    kind: Literal["started", "stopped", "reloading", "drops"]
    time: int | None


@dataclass
class FalcoLog:
    """Reads a log line by line and keeps what the log tells of Falco itself."""

    first_time: int | None = None
    """When the first line was written: the beginning of the log, where it was read from its beginning."""
    mode: Literal["json", "text"] | None = None
    """How alerts are printed, None while there was none."""
    marks: list[Mark] = field(default_factory=list)
    start: Start = field(default_factory=Start)
    """What its last start told."""
    least_priority: str = ""
    """The least grave priority among the alerts of rules: Falco's minimum is this one or a lesser."""
    broken: int = 0
    """Lines that began like JSON and were no alert, such as half of one."""
    slowest: int = 0
    """The longest time between an event and its line, in nanoseconds."""
    sieve: Sieve | None = None
    """Where one is given, what is somebody else's is only counted."""
    others: int = 0
    """How many alerts it passed over."""
    zone: int | None = None
    """How far Falco's time of day is ahead of UTC, in nanoseconds, once a line told it."""

    def read(self, lines: Iterable[str]) -> Iterator[Alert]:
        """Yield the alerts of the lines, in their order."""
        alerts = (self.feed(line) for line in lines)
        return (alert for alert in alerts if alert)

    def feed(self, line: str) -> Alert | None:
        """Take one line; return the alert that it is. Falco's words about itself are never alerts."""
        if self.sieve and self.first_time is not None and (form := self.sieve.passes_over(line)):
            self.mode, self.others = form, self.others + 1
            return None
        part = split(line)
        own = falco_words.parse(part)
        if self.first_time is None:
            self.first_time = part.stamp if own is None else own.time
        looks_like_json = part.text.startswith("{")
        alert = falco_json.parse(part) if looks_like_json else falco_text.parse(part, self.zone)
        if alert is not None:
            return self._count(alert, "json" if looks_like_json else "text")
        self.broken += looks_like_json
        if own is not None:
            self._learn(own)
        elif part.text.startswith("Events detected: "):
            self.marks.append(Mark("stopped", part.stamp))
        return None

    @property
    def version(self) -> str:
        """The version that the last start told, empty where the log has no start."""
        return self.start.version

    @property
    def rules_files(self) -> list[str]:
        """The rules files that the last start loaded."""
        return self.start.rules_files

    @property
    def sources(self) -> tuple[str, ...]:
        """The kinds of events that are watched since the last start."""
        return self.start.sources

    def last(self, *kinds: str) -> Mark | None:
        """Return the last of the marks of these kinds."""
        return next((mark for mark in reversed(self.marks) if mark.kind in kinds), None)

    def restarted_since(self, time: int) -> bool:
        """Whether Falco may have been blind for a moment at or after a time."""
        kinds = ("started", "stopped", "reloading")
        return any(kind in kinds and (when is None or when >= time - _BLIND) for kind, when in self.marks)

    def dropped_since(self, time: int) -> bool:
        """Whether Falco said at or after a time that it lost something."""
        return any(kind == "drops" and (when is None or when >= time) for kind, when in self.marks)

    def _count(self, alert: Alert, mode: Literal["json", "text"]) -> Alert | None:
        """Keep what an alert tells of Falco; a message of Falco about itself is no alert."""
        self.mode = mode
        if alert.source == "internal":
            if falco_words.tells_drops(alert):
                self.marks.append(Mark("drops", alert.stamp if alert.time is None else alert.time))
            return None
        if alert.time is not None and alert.stamp is not None:
            self.slowest = max(self.slowest, alert.stamp - alert.time)
        order = falco_text.PRIORITIES
        known = [name for name in (self.least_priority, alert.priority) if name in order]
        self.least_priority = max(known, key=order.index, default="")
        return alert

    def _learn(self, own: Own) -> None:
        """Keep what a line of Falco's own log tells. A new start makes what an earlier one loaded void."""
        words, time = own.words, own.time
        self.zone = own.zone if self.zone is None else self.zone
        signal = words.partition(" received")[0]
        if words.startswith(falco_start.FIRST_WORDS):
            self.start = Start()
            self.marks.append(Mark("started", time))
        self.start.learn(words)
        if signal in _SIGNALS:
            self.marks.append(Mark("reloading" if signal == "SIGHUP" else "stopped", time))
        elif words.startswith(falco_words.DROPS):
            self.marks.append(Mark("drops", time))
