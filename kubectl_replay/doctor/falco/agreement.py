"""One finding for what several agents have in common, and several where they differ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_replay.doctor.finding import Finding

MOST_NAMES: Final = 3
"""So many agents of many are named."""


def agree(found: Iterable[tuple[str, Finding]]) -> Iterator[Finding]:
    """Say of one check what was found, each with the name of its agent, and name these where they differ."""
    named: dict[Finding, list[str]] = {}
    for name, finding in found:
        named.setdefault(finding, []).append(name)
    if len(named) == 1:
        yield from named
        return
    for finding, names in named.items():
        yield replace(finding, message=f"{_join(names)}: {finding.message}")


def _join(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown
