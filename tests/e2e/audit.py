"""What the local API server wrote down about one namespace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Event = dict[str, Any]


class AuditLog:
    """The log from now on: only what kubectl asked about one namespace."""

    def __init__(self, path: Path, namespace: str) -> None:
        self._path = path
        self._namespace = namespace
        self._begin = path.stat().st_size

    def events(self) -> list[Event]:
        """Give each call once, when it had been answered or, for a stream, had begun."""
        with self._path.open("rb") as file:
            file.seek(self._begin)
            whole = file.read().rpartition(b"\n")[0]
        found: dict[str, Event] = {}
        for line in whole.splitlines():
            event: Event = json.loads(line)
            if event.get("userAgent", "").startswith("kubectl/") and self._concerns(event):
                found.setdefault(event["auditID"], event)
        return sorted(found.values(), key=lambda event: str(event["requestReceivedTimestamp"]))

    def calls(self) -> list[str]:
        """Give the calls in short: `create pods/exec`."""
        return [short(event) for event in self.events()]

    def _concerns(self, event: Event) -> bool:
        about = event.get("objectRef") or {}
        return self._namespace in (about.get("namespace"), about.get("name"))


def short(event: Event) -> str:
    """Name one call by its verb and what it is about."""
    about = event["objectRef"]
    return " ".join([event["verb"], "/".join(filter(None, [about["resource"], about.get("subresource")]))])
