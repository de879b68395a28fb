"""Checks that say what silence means: whether an alert would have been seen, and why there was none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.reasons import MEANINGS, Missed

if TYPE_CHECKING:
    from collections.abc import Iterable

FALCO_READING: Final = (
    Missed.NO_AGENT_ON_NODE,
    Missed.AGENT_NOT_READY,
    Missed.STDOUT_OUTPUT_OFF,
    Missed.LOGS_DENIED,
    Missed.LOG_UNREADABLE,
    Missed.LOG_ROTATED,
    Missed.RESTARTED,
    Missed.DROPS,
    Missed.STDOUT_BUFFERED,
    Missed.CONTAINER_UNKNOWN,
)
"""What must be ruled out before Falco's silence means anything, the most fundamental first."""
AUDIT_READING: Final = (Missed.LOGS_DENIED, Missed.LOG_ROTATED, Missed.LOG_SILENT)
"""The same for the audit log."""
FALCO_CAUSES: Final = (
    Missed.SOURCE_NOT_LOADED,
    Missed.RULE_NOT_LOADED,
    Missed.MINIMUM_PRIORITY,
    Missed.TRIGGER_WITHOUT_TERMINAL,
)
"""What explains the silence of a Falco that could be heard."""
AUDIT_CAUSES: Final = (Missed.AUDIT_POLICY_SILENT,)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `passed` is None if it could not be.

    `about` is the reason that stands if it failed, `words` what was seen instead.
    """

    about: Missed
    passed: bool | None
    words: str = ""

    @property
    def next_step(self) -> str:
        """What to do about it."""
        return MEANINGS[self.about].advice


def complete(checks: Iterable[Check], closed: Iterable[Missed]) -> tuple[Check, ...]:
    """Return a check for each reason of a closed list, in its order; one that is missing was not made.

    Where one reason was checked more than once, a failure stands before what could not be checked.
    """
    ranks = {False: 0, None: 1, True: 2}
    made = sorted(checks, key=lambda check: ranks[check.passed])
    return tuple(
        next((check for check in made if check.about is about), Check(about, passed=None)) for about in closed
    )
