"""What a watch says of pods: from the lines that kubectl prints to events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.pods import Pod


@dataclass(frozen=True)
class Event:
    """A change of one pod: ADDED, MODIFIED or DELETED."""

    kind: str
    pod: Pod

    @property
    def name(self) -> str:
        """The pod's name."""
        return str(self.pod["metadata"]["name"])


class Assembler:
    """Puts the events of `kubectl get --watch --output-watch-events -o json` together from its lines.

    Today's kubectl prints an event as one line; an indented one, as for objects without events, is read too.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []

    def feed(self, line: str) -> Iterator[Event]:
        """Take one line; yield the event that it completes."""
        self._lines.append(line)
        if line.startswith(("{", "}")) and line.rstrip().endswith("}"):  # only an event's own braces
            event = json.loads("".join(self._lines))
            self._lines.clear()
            if event.get("type") in {"ADDED", "MODIFIED", "DELETED"}:
                yield Event(event["type"], event["object"])
