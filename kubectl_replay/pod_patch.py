"""The file of --pod-patch: a part of a Pod, read so that all that is wrong with it is told with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from kubectl_replay.scenario import scalars
from kubectl_replay.scenario.entries import entries
from kubectl_replay.scenario.nodes import LOADER, Unreadable, compose, decode, place
from kubectl_replay.scenario.notes import Notes, name
from kubectl_replay.scenario.problem import Problem
from kubectl_replay.scenario.scalars import Wrong

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from yaml import Node

    from kubectl_replay.scenario.notes import Where

_OF_TEXT: set[Where] = {("metadata", "labels"), ("metadata", "annotations"), ("spec", "nodeSelector")}
"""Mappings whose values the API server takes as text alone."""

_MAPPINGS: set[Where] = {("metadata",), ("spec",), *_OF_TEXT}

_NO_TEXT = {f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool")}
"""What may stand beside text: JSON has no words for the rest of YAML, such as dates."""


class PodPatchInvalid(Exception):
    """A file that is no part of a Pod: everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


def read(path: Path) -> dict[str, Any]:
    """Give the part of a Pod that a file holds; raises `PodPatchInvalid`, and `OSError` as files do.

    A null is left as it is: in a patch it takes a key away.
    """
    notes = Notes(path)
    try:
        root = compose(decode(path.read_bytes()))
    except Unreadable as error:
        raise PodPatchInvalid([Problem(path, error.line, error.column, str(error))]) from None
    content = _value(root, (), notes)
    if not isinstance(content, dict):
        found = scalars.describe(root)
        notes.complain((), f"wanted a part of a Pod, such as metadata or spec, found {found}")
    if notes.problems:
        raise PodPatchInvalid(notes.problems)
    return dict(content)


def _value(node: Node, where: Where, notes: Notes) -> Any:  # noqa: ANN401 - whatever YAML can say
    notes.stands(where, place(node))
    if where in _MAPPINGS and not isinstance(node, yaml.MappingNode) and not scalars.is_null(node):
        notes.complain(where, f"{name(where)} must be a mapping, found {scalars.describe(node)}")
    if where[:-1] in _OF_TEXT or isinstance(node, yaml.ScalarNode):
        return _scalar(node, where, notes)
    if isinstance(node, yaml.MappingNode):
        found = entries(node, where, notes).items()
        return {word: _value(entry.value, (*where, word), notes) for word, entry in found}
    return [_value(item, (*where, index), notes) for index, item in enumerate(node.value)]


def _scalar(node: Node, where: Where, notes: Notes) -> object:
    """Give a scalar as Python has it; what JSON has no word for must be written as text."""
    if scalars.is_null(node):
        return None
    try:
        if where[:-1] in _OF_TEXT or node.tag not in _NO_TEXT:
            return scalars.text(node)
        return LOADER("").construct_object(node)
    except Wrong as wrong:
        notes.complain(where, f"{name(where)} {wrong}")
    except (ValueError, LookupError):  # such as `!!int x`
        notes.complain(where, f"{name(where)} is not what its tag says, found {scalars.describe(node)}")
    return None
