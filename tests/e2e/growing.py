"""A file of JSON lines that another program is writing, such as the API server its audit log."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Growing:
    """What comes into the file from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = path.stat().st_size

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the whole lines that have come since the last call."""
        if self._path.stat().st_size == self._place:
            return
        with self._path.open("rb") as file:
            file.seek(self._place, os.SEEK_SET)
            whole = file.read().rpartition(b"\n")[0]
        self._place += len(whole) + bool(whole)
        yield from map(json.loads, whole.splitlines())
