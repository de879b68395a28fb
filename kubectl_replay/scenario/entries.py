"""The keys and values of one YAML mapping, with merge keys brought in and duplicate keys noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kubectl_replay.scenario import scalars
from kubectl_replay.scenario.nodes import Unreadable, merged_pairs, own_pairs, place
from kubectl_replay.scenario.notes import within
from kubectl_replay.scenario.problem import short
from kubectl_replay.scenario.scalars import Wrong

if TYPE_CHECKING:
    from yaml import MappingNode, Node

    from kubectl_replay.scenario.notes import Notes, Place, Where


class Entry(NamedTuple):
    """A value, and where its key stands."""

    key: Place
    value: Node


def entries(node: MappingNode, where: Where, notes: Notes) -> dict[str, Entry]:
    """Give the mapping's entries by key; what is wrong with a key is noted and the key left out."""
    found: dict[str, Entry] = {}
    for key, value in own_pairs(node):
        word = _word(key, where, notes)
        if word in found:
            message = f"duplicate key '{short(word)}', first on line {found[word].key[0]}"
            notes.complain((*where, word), message, place(key))
        elif word is not None:
            found[word] = Entry(place(key), value)
    return _merged(node, where, notes) | found


def _merged(node: MappingNode, where: Where, notes: Notes) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    try:
        for key, value in merged_pairs(node):
            word = _word(key, where, notes)
            if word is not None:
                found.setdefault(word, Entry(place(key), value))
    except Unreadable as error:
        notes.complain((*where, "<<"), str(error), (error.line, error.column))
    return found


def _word(key: Node, where: Where, notes: Notes) -> str | None:
    try:
        return scalars.text(key)
    except Wrong as wrong:
        notes.complain((*where, "?"), f"a key {within(where)} {wrong}", place(key))
        return None
