"""What Falco says of itself: lines of its own log, and alerts of the source `internal`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from kubectl_replay.detection.timestamp import SECOND, nanoseconds, zone_of

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.detection.line import Line

DROPS: Final = ("Falco internal: syscall event drop", "Outputs queue out of memory")
"""How Falco says that it lost events, or alerts."""
_OWN: Final = re.compile(
    r"(?:[A-Z][a-z]{2} (?P<local>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})"
    r"|(?P<iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d{4}))): (?P<words>.*)",
    re.ASCII,
)
_MONTHS: Final = "JanFebMarAprMayJunJulAugSepOctNovDec"


class Own(NamedTuple):
    """A line of Falco's own log, when it was written, and how far its clock is ahead of UTC if that shows."""

    words: str
    time: int | None
    zone: int | None


def parse(line: Line) -> Own | None:
    """Read a line of Falco's own log, None for any other."""
    found = _OWN.fullmatch(line.text)
    if not found:
        return None
    if found["iso"]:
        written = nanoseconds(found["iso"])
        return Own(found["words"], written if line.stamp is None else line.stamp, None)
    local = _asctime(found["local"])
    zone = None if local is None or line.stamp is None else zone_of(local, line.stamp)
    return Own(found["words"], line.stamp, zone)


def _asctime(text: str) -> int | None:
    """Read a local time as C's asctime writes it, as if it were UTC."""
    month, day, clock, year = text.split()
    hours, minutes, seconds = map(int, clock.split(":"))
    try:
        number = _MONTHS.index(month) // 3 + 1
        when = datetime(int(year), number, int(day), hours, minutes, seconds, tzinfo=UTC)
    except ValueError:
        return None
    return int(when.timestamp()) * SECOND


def tells_drops(alert: Alert) -> bool:
    """Whether a message of Falco about itself says that something was lost; its numbers may be strings."""
    if (alert.rule or alert.message).startswith(DROPS):
        return True
    fields = alert.fields
    lost = _number(fields.get("scap.n_drops")) - _number(fields.get("scap.n_drops_prev"))
    return lost > 0 or _number(fields.get("falco.outputs_queue_num_drops")) > 0


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
