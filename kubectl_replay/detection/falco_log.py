"""Falco's log as a whole: its alerts, and what it tells of Falco itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from kubectl_replay.detection import falco_json, falco_text, falco_words
from kubectl_replay.detection.line import split
from kubectl_replay.detection.timestamp import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.detection.falco_words import Own

_BLIND: Final = 10 * SECOND
"""How long Falco may be blind after it stopped or loaded anew (seen: 4 s)."""
_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")
_RULES_FILE: Final = re.compile(r" +(/\S+)(?: \|.*)?")
_RULES_BEFORE_0_40: Final = "Loading rules from file "


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
    version: str = ""
    rules_files: list[str] = field(default_factory=list)
    sources: tuple[str, ...] = ()
    least_priority: str = ""
    """The least grave priority among the alerts of rules: Falco's minimum is this one or a lesser."""
    broken: int = 0
    """Lines that began like JSON and were no alert, such as half of one."""
    slowest: int = 0
    """The longest time between an event and its line, in nanoseconds."""
    zone: int | None = None
    """How far Falco's time of day is ahead of UTC, in nanoseconds, once a line told it."""
    _reading_rules: bool = False

    def read(self, lines: Iterable[str]) -> Iterator[Alert]:
        """Yield the alerts of the lines, in their order."""
        alerts = (self.feed(line) for line in lines)
        return (alert for alert in alerts if alert)

    def feed(self, line: str) -> Alert | None:
        """Take one line; return the alert that it is. Falco's words about itself are never alerts."""
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
        file = _RULES_FILE.fullmatch(words)
        if self._reading_rules and file:
            self.rules_files.append(file[1])
            return
        self._reading_rules = words == "Loading rules from:"
        signal = words.partition(" received")[0]
        if words.startswith("Falco version"):
            self.version = words.removeprefix("Falco version").strip(": ").split(" ")[0]
            self.rules_files.clear()
            self.marks.append(Mark("started", time))
        elif words.startswith("Enabled event sources: "):
            self.sources = tuple(words.partition(": ")[2].split(", "))
        elif words.startswith(_RULES_BEFORE_0_40):
            self.rules_files.append(words.removeprefix(_RULES_BEFORE_0_40).rstrip(": "))
        elif signal in _SIGNALS:
            self.marks.append(Mark("reloading" if signal == "SIGHUP" else "stopped", time))
        elif words.startswith(falco_words.DROPS):
            self.marks.append(Mark("drops", time))
