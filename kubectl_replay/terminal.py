"""What the terminal may be given: one policy, a pure function of the streams and the environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Policy:
    """Whether a stream gets color, and whether it may be animated."""

    color: bool
    live: bool


def decide(choice: str, environ: Mapping[str, str], *, tty: bool) -> Policy:
    """Decide for one stream; `choice` is --color's auto, always or never.

    NO_COLOR counts when it is set and not empty (https://no-color.org). Color may be forced into a pipe;
    animation never is, because it would fill a log with copies.
    """
    dumb = environ.get("TERM") == "dumb"
    automatic = tty and not dumb and not environ.get("NO_COLOR")
    return Policy({"always": True, "never": False}.get(choice, automatic), live=tty and not dumb)


_COLORS = {
    "PASS": "32",
    "SCENARIO PASS": "32",
    "FAIL": "31",
    "SKIP": "33",
    "NOT VERIFIED": "33",
    "NOT INSTALLED": "33",
    "PENDING": "2",
}


def painter(policy: Policy) -> Callable[[str], str]:
    """Return what colors a word by its meaning; the word itself always says it too."""

    def paint(word: str) -> str:
        code = _COLORS.get(word) if policy.color else None
        return f"\x1b[{code}m{word}\x1b[0m" if code else word

    return paint
