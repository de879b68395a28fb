"""Times as integers: nanoseconds since 1970 in UTC, exact where a float would round."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

SECOND: Final = 1_000_000_000
_DAY: Final = 86_400 * SECOND
_QUARTER: Final = 900 * SECOND
"""Time zones differ from UTC by whole quarters of an hour."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FUTURE: Final = 2 * SECOND
"""How much later than its own line an event may seem; more than two clocks of one node ever differ."""
_PROMPT: Final = 5 * SECOND
"""How soon after its event a line is written, where nothing holds it back (measured: 0.2 s at worst)."""

_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:Z|([+-])(\d\d):?(\d\d))", re.ASCII
)
_CLOCK: Final = re.compile(r"(\d\d):(\d\d):(\d\d)\.(\d{9})", re.ASCII)


def text(time: int) -> str:
    """Write a time as RFC 3339 in UTC, to the nanosecond."""
    moment = datetime.fromtimestamp(time // SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time % SECOND:09d}Z"


def nanoseconds(text: str) -> int | None:
    """Read an RFC 3339 time with its zone, such as the kubelet, Falco and the API server write it."""
    found = _RFC3339.fullmatch(text)
    if not found:
        return None
    *parts, fraction, sign, hours, minutes = found.groups()
    try:
        moment = datetime(*map(int, parts), tzinfo=UTC)  # type: ignore[misc,arg-type] # six numbers
    except ValueError:
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    seconds = (moment - _EPOCH - offset) // timedelta(seconds=1)
    return seconds * SECOND + int((fraction or "0").ljust(9, "0"))


def place(clock: str, near: int, zone: int | None = None) -> int | None:
    """Complete a time of day by the time at which its line was written.

    Falco prints the time of day of its container's zone, which is UTC unless somebody changed it. `zone` is
    how many nanoseconds that zone is ahead of UTC, None where nothing told. None is returned where the time
    cannot be trusted: it lies after its own line, or it looks like the time of another zone.
    """
    found = _CLOCK.fullmatch(clock)
    if not found:
        return None
    hours, minutes, seconds, fraction = map(int, found.groups())
    of_day = (hours * 3600 + minutes * 60 + seconds) * SECOND + fraction - (zone or 0)
    midnight = near - near % _DAY
    days = (-2, -1, 0, 1, 2)
    placed = min((midnight + day * _DAY + of_day for day in days), key=lambda time: abs(time - near))
    late = near - placed
    return None if late < -_FUTURE or (zone is None and _is_shifted(late)) else placed


def _is_shifted(late: int) -> bool:
    quarters, rest = divmod(late + _FUTURE, _QUARTER)
    return quarters > 0 and rest < _FUTURE + _PROMPT


def zone_of(local: int, stamp: int) -> int | None:
    """Tell how far a zone is ahead of UTC, from a local time read as if it were UTC and its line's stamp."""
    quarters = round((local - stamp) / _QUARTER)
    rest = local - stamp - quarters * _QUARTER
    return quarters * _QUARTER if abs(rest) < 60 * SECOND else None
