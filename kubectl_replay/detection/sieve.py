"""Which lines of a busy log can be of one run: the others are counted, and not taken apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from kubectl_replay.detection.alert import INTERNAL
from kubectl_replay.detection.falco_text import PRIORITIES
from kubectl_replay.detection.identity import SHORT

if TYPE_CHECKING:
    from kubectl_replay.detection.identity import Target

_TEXT_ALERT: Final = re.compile(
    r"(?:\d\d:\d\d:\d\d\.\d{9}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d{4})): "
    rf"(?:{'|'.join(PRIORITIES)}) ",
    re.ASCII,
)


class Sieve:
    """Knows the words of which every alert on a target has one.

    An alert is of the target by its container's id, of which at least the first characters are printed, by
    its pod's name, or by the nonce: a line without any of them is somebody else's, whatever else it says.
    """

    def __init__(self, target: Target) -> None:
        ids = (found.rpartition("://")[2][:SHORT] for found in target.container_ids)
        self._words = tuple(word for word in (*ids, target.pod, target.nonce) if word)

    def passes_over(self, line: str) -> Literal["json", "text"] | None:
        """Return the form of an alert that is somebody else's; None for a line that must be taken apart."""
        for word in self._words:
            if word in line:
                return None
        begin = line.find(" ") + 1
        if line.startswith("{", begin):
            whole = line.endswith("}\n") and '"rule":' in line
            return "json" if whole and not _is_internal(line) else None
        return "text" if _TEXT_ALERT.match(line, begin) and not _is_internal(line) else None


def _is_internal(line: str) -> bool:
    return any(words in line for words in INTERNAL)
