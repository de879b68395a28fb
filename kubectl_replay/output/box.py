"""The summary box: forty columns, wider only for long values, and the detail lines below it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from kubectl_replay.output import detected
from kubectl_replay.reasons import Phase
from kubectl_replay.result import PASSED, Result, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Paint = Callable[[str], str]

LABEL, VALUE = 18, 16
PASS = "SCENARIO PASS"  # noqa: S105 - no password
BACKENDS = {"none": "NOT INSTALLED", "disabled": "DISABLED", "unknown": "UNKNOWN"}


def plain(word: str) -> str:
    """Leave a value as it is."""
    return word


def render(result: Result, paint: Paint = plain) -> str:
    """Return the box and its details; `paint` may color a value, never change its width."""
    lines = [*_box("scenario summary", rows(result), paint), *_details(result)]
    return "\n".join(lines) + "\n"


def rows(result: Result) -> list[tuple[str, str]]:
    """Return the rows of the box, each a label and a value."""
    shown = [Phase.DEPLOY, Phase.READY, Phase.TRIGGER, Phase.BEHAVIOR]
    return [
        ("scenario", result.scenario),
        ("context", result.context or "-"),
        *((str(phase), _capitals(result.phase(phase).status)) for phase in shown),
        ("detection backend", BACKENDS.get(result.detection.backend, result.detection.backend)),
        ("detection", _detected(result.phase(Phase.DETECTION).status)),
        ("overall", overall(result)),
    ]


def _detected(status: Status) -> str:
    """Say how the detection ended; it never fails a run, a signal in between leaves it open."""
    return _capitals(Status.PENDING if status is Status.FAIL else status)


def overall(result: Result) -> str:
    """Return the word for the whole run."""
    return PASS if result.overall in PASSED else _capitals(result.overall)


def _capitals(word: str) -> str:
    return word.replace("_", " ").upper()


def _box(title: str, pairs: Sequence[tuple[str, str]], paint: Paint) -> Iterator[str]:
    cells = [(label, printable(value)) for label, value in pairs]
    width = max(VALUE, *(columns(value) for _, value in cells))
    inner = 2 + LABEL + 2 + width
    yield f"╔{'═' * inner}╗"
    yield f"║  {title:<{inner - 2}}║"
    yield f"╠{'═' * inner}╣"
    for label, value in cells:
        yield f"║  {label:<{LABEL}}  {paint(value)}{' ' * (width - columns(value))}║"
    yield f"╚{'═' * inner}╝"


_HANGUL_VOWELS = frozenset(map(chr, range(0x1160, 0x1200)))
"""They share the cell of the consonant before them."""


def printable(text: str) -> str:
    """Replace what would move the cursor or vanish: a context may have any name."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def columns(text: str) -> int:
    """Count the terminal columns that a printable text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    none = sum(unicodedata.category(char) in {"Mn", "Me"} or char in _HANGUL_VOWELS for char in text)
    return len(text) + wide - none


def _details(result: Result) -> Iterator[str]:
    observed = result.phase(Phase.BEHAVIOR).status == "pass"
    if result.behavior:
        seen = [f"{name}: {text}" for proof in result.proofs for name, text in proof.shown.items()]
        title = "Observed behavior:" if observed else "Not observed:"
        yield from _list(title, [result.behavior, *seen])
    if result.expectations:
        expected = [f"alert for {semantic}" for semantic in result.expectations]
        yield from _list("Detection expectation:", [*expected, "exact rule name depends on local ruleset"])
    if result.detection.together:
        yield from _list("Detection:", detected.lines(result.detection))
    if result.failed:
        yield from _list("Failure:", result.failed.message.splitlines())
    if result.cleanup.status != "clean":
        yield from _list("Cleanup:", _cleanup(result))


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    yield title
    for item in map(printable, items):
        yield f"    {item.strip()}" if item.startswith("  ") else f"  - {item}"


def _cleanup(result: Result) -> Iterator[str]:
    yield f"{result.cleanup.status}: {', '.join(result.cleanup.left) or 'what this run made'}"
    yield from (f"  {line}" for line in result.cleanup.message.splitlines())
    yield f"to remove it: {result.cleanup.command}"
