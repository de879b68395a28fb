"""What to say about a key that is unknown or missing."""

from __future__ import annotations

import dataclasses
import typing
from typing import TYPE_CHECKING

from kubectl_replay.scenario.declaration import Declared, declared
from kubectl_replay.scenario.notes import within
from kubectl_replay.scenario.problem import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_replay.scenario.declaration import Hint
    from kubectl_replay.scenario.notes import Where


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Give the word that was probably meant."""
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    return next(iter(difflib.get_close_matches(word, list(words), n=1)), None)


def unknown(key: str, where: Where) -> str:
    """Say that a mapping has no such key."""
    return f"unknown key '{short(key)}' {within(where)}"


def guess(key: str, names: Sequence[str], root: type) -> str:
    """Say which key was probably meant, of the mapping's own `names` or of all below `root`."""
    here = nearest(key, names)
    if here:
        return f"; did you mean '{here}'?"
    elsewhere = dict(_everywhere(root, ()))
    there = nearest(key, elsewhere)
    if there:
        return f"; did you mean '{there}' {within(elsewhere[there])}?"
    return f"; its keys are {', '.join(names)}"


def missing(key: Declared, where: Where) -> str:
    """Say that a mapping lacks a required key, and how it would look."""
    return f"missing key '{key.name}' {within(where)}; for example {key.name}: {example(key)}"


def example(key: Declared) -> str:
    """Write the field's example as it may stand in the file."""
    import json  # noqa: PLC0415 - only a mistake pays for it

    return json.dumps(key.declaration.example, ensure_ascii=False)


def _everywhere(cls: type, where: Where) -> Iterator[tuple[str, Where]]:
    # dict() keeps the last of equal names, so the outermost comes last.
    for key in declared(cls):
        for part in _parts(key.hint):
            yield from _everywhere(part, (*where, key.name))
    yield from ((key.name, where) for key in declared(cls))


def _parts(hint: Hint) -> Iterator[type]:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for argument in typing.get_args(hint):
        yield from _parts(argument)
