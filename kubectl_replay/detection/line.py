"""A line of `kubectl logs --timestamps`: the kubelet's stamp, and what the program printed."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from kubectl_replay.detection.timestamp import nanoseconds

_STAMP_INSIDE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d) ", re.ASCII)
_PIECE: Final = 4096
"""Kubelets before 1.26 stamp each piece of a line longer than this: https://github.com/kubernetes/kubernetes/pull/113481."""


class Line(NamedTuple):
    """A line, with the time in nanoseconds UTC at which it was written, None if the line has no stamp."""

    stamp: int | None
    text: str


def split(line: str) -> Line:
    """Part a line from its stamp. Falco's own times are followed by a colon, so they are none."""
    line = line.rstrip("\r\n")
    first, _, rest = line.partition(" ")
    stamp = nanoseconds(first)
    return Line(None, line) if stamp is None else Line(stamp, rest)


def mended(text: str) -> str:
    """Remove the stamps that an old kubelet put into the middle of a long line."""
    return _STAMP_INSIDE.sub("", text) if len(text) > _PIECE else text


def read_object(text: str) -> dict[str, Any] | None:
    """Read a JSON object, None for anything else or half of one. Integers stay exact, of any size."""
    try:
        found = json.loads(mended(text))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
