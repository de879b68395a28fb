"""YAML text to PyYAML nodes, which know their places; hostile text ends as an Unreadable, never as a hang."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yaml import Event, MappingNode, Node

LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_LARGEST_FILE: Final = 1 << 18  # bytes
_DEEPEST: Final = 40  # levels; a scenario needs six
_MOST_NODES: Final = 20_000  # with every alias written out; a scenario has some hundred
_MERGE: Final = "tag:yaml.org,2002:merge"
# What YAML forbids (https://yaml.org/spec/1.1/#id868524); libyaml and PyYAML place it differently.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unreadable(Exception):
    """The text is not one YAML document that can be worked on; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def read(path: Path) -> str:
    """Give the file's text, or raise Unreadable."""
    return decode(_read(path))


def decode(data: bytes) -> str:
    """Give the text of a file's bytes, or raise Unreadable."""
    if len(data) > _LARGEST_FILE:
        raise Unreadable(f"the file has more than {_LARGEST_FILE} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="replace")
        raise Unreadable("the file is not UTF-8 text", *_place(before)) from None


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
            raise Unreadable("it is not a file")
        with path.open("rb") as file:
            return file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise Unreadable("the file does not exist") from None
    except OSError as error:
        raise Unreadable(f"the file cannot be read: {error.strerror}") from None


def compose(text: str) -> Node:
    """Give the text's one document as nodes, or raise Unreadable."""
    found = _FORBIDDEN.search(text)
    if found:
        place = _place(text[: found.start()])
        raise Unreadable(f"YAML: the character U+{ord(found[0]):04X} is not allowed", *place)
    try:
        _refuse_depth(text)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error) from None
    if node is None:
        raise Unreadable("the file is empty")
    _refuse_size(node)
    return node


def own_pairs(mapping: MappingNode) -> list[tuple[Node, Node]]:
    """Give a mapping's keys and values as they stand there; a key may come twice."""
    return [(key, value) for key, value in mapping.value if key.tag != _MERGE]


def merged_pairs(mapping: MappingNode) -> Iterator[tuple[Node, Node]]:
    """Give what a mapping's merge keys (`<<`) bring in, the strongest first, or raise Unreadable."""
    for key, value in mapping.value:
        if key.tag == _MERGE:
            for source in _merge_sources(value):
                yield from own_pairs(source)
                yield from merged_pairs(source)


def _merge_sources(value: Node) -> list[MappingNode]:
    sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
    if not all(isinstance(source, yaml.MappingNode) for source in sources):
        raise Unreadable("'<<' takes a mapping or a list of mappings", *place(value))
    return list(sources)


def place(thing: Node | Event) -> tuple[int, int]:
    """Give the line and column where the node or event begins, counted from 1."""
    mark = thing.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _place(before: str) -> tuple[int, int]:
    lines = before.split("\n")
    return len(lines), len(lines[-1]) + 1


def _unreadable(error: yaml.MarkedYAMLError) -> Unreadable:
    said = ", ".join(words for words in (error.context, error.problem) if words)
    mark = error.problem_mark or error.context_mark
    return Unreadable(f"YAML: {said}", *((mark.line + 1, mark.column + 1) if mark else (1, 1)))


def _refuse_depth(text: str) -> None:
    # Composing recurses for every level, in C without a check of the stack, so the depth is measured before.
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise Unreadable(f"nested more than {_DEEPEST} levels deep", *place(event))


def _refuse_size(root: Node) -> None:
    # An alias is its anchor's own node, so what hangs below one can be endless or exponential in the file.
    waiting = [(root, 1)]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node, depth = waiting.pop()
        if depth > _DEEPEST:
            raise Unreadable(f"aliases nest more than {_DEEPEST} levels deep", *place(node))
        waiting.extend((child, depth + 1) for child in _children(node))
    raise Unreadable(f"more than {_MOST_NODES} values once every alias is written out", *place(root))


def _children(node: Node) -> list[Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []
