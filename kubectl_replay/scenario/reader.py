"""YAML nodes to the dataclasses of the spec, by their declarations alone; every problem is noted with its place.

A value that cannot be read is replaced by a stand-in of its type, so that the rest is read and checked too and one load
reports everything. No stand-in leaves the loader: a noted problem means that the load fails.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import yaml

from kubectl_replay.scenario import keys, scalars, texts
from kubectl_replay.scenario.declaration import Declaration, Declared, declared
from kubectl_replay.scenario.evidence import Evidence, EvidenceKinds
from kubectl_replay.scenario.nodes import Unreadable, merged_pairs, own_pairs, place
from kubectl_replay.scenario.notes import name
from kubectl_replay.scenario.scalars import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml import MappingNode, Node

    from kubectl_replay.scenario.notes import Notes, Where

_SCALARS: dict[Any, Callable[[Node, Declaration], object]] = {
    str: lambda node, declaration: texts.checked(scalars.text(node), declaration),
    int: lambda node, declaration: texts.in_range(scalars.whole_number(node), declaration),
    bool: lambda node, _: scalars.truth(node),
    object: lambda node, _: scalars.anything(node),
}


class Reader:
    """Reads the nodes of one file, whose outermost mapping is a `root`."""

    def __init__(self, root: type, notes: Notes) -> None:
        self._root = root
        self._notes = notes

    def record(self, cls: type, node: Node, where: Where) -> Any:
        """Give the dataclass that a mapping stands for."""
        self._notes.stands(where, place(node))
        if not isinstance(node, yaml.MappingNode):
            return self._plain(cls, node, where)
        found = self._entries(node, where)
        fields = declared(cls)
        suggested = self._unknown(found, [field.name for field in fields], where)
        values = {}
        for field in fields:
            if field.name in found:
                values[field.name] = self._field(field, found[field.name][1], where)
            elif field.required:
                values[field.name] = stand_in(field.hint)
                if field.name not in suggested:
                    self._notes.complain((*where, field.name), keys.missing(field, where))
        return cls(**values)

    def _plain(self, cls: type, node: Node, where: Where) -> Any:
        plain = [field for field in declared(cls) if field.declaration.plain]
        if plain and isinstance(node, yaml.ScalarNode):
            value = self._value(plain[0].hint, node, where, plain[0].declaration)
            return cls(**{plain[0].name: value})
        self._notes.complain(
            where, f"{name(where) or 'a scenario'} must be a mapping, found {scalars.describe(node)}"
        )
        return stand_in(cls)

    def _entries(self, node: MappingNode, where: Where) -> dict[str, tuple[Node, Node]]:
        found: dict[str, tuple[Node, Node]] = {}
        for key, value in own_pairs(node):
            word = self._key(key, where)
            if word in found:
                first, _ = place(found[word][0])
                self._notes.complain(
                    (*where, word), f"duplicate key '{word}', first on line {first}", place(key)
                )
            elif word is not None:
                found[word] = (key, value)
        try:
            for key, value in merged_pairs(node):
                word = self._key(key, where)
                if word is not None:
                    found.setdefault(word, (key, value))
        except Unreadable as error:
            self._notes.complain((*where, "<<"), str(error), (error.line, error.column))
        return found

    def _key(self, key: Node, where: Where) -> str | None:
        try:
            return scalars.text(key)
        except Wrong as wrong:
            self._notes.complain((*where, "?"), f"a key {keys.within(where)} {wrong}", place(key))
            return None

    def _unknown(
        self, found: Mapping[str, tuple[Node, Node]], names: list[str], where: Where
    ) -> set[str | None]:
        strangers = [word for word in found if word not in names]
        for word in strangers:
            message = keys.unknown(word, where, names, self._root)
            self._notes.complain((*where, word), message, place(found[word][0]))
        return {keys.nearest(word, names) for word in strangers}

    def _field(self, field: Declared, node: Node, where: Where) -> Any:
        value = self._value(field.hint, node, (*where, field.name), field.declaration)
        here = (*where, field.name)
        if field.required and value == () and self._notes.sound(here):
            self._notes.complain(
                here, f"{name(here)} must have at least one item; for example {keys.example(field)}"
            )
        return value

    def _value(self, hint: Any, node: Node, where: Where, declaration: Declaration) -> Any:
        self._notes.stands(where, place(node))
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (types.UnionType, typing.Union):
            inner = next(argument for argument in arguments if argument is not types.NoneType)
            return None if scalars.is_null(node) else self._value(inner, node, where, declaration)
        if hint is Evidence:
            return self._evidence(node, where)
        if dataclasses.is_dataclass(hint):
            return self.record(typing.cast("type", hint), node, where)
        if origin is tuple:
            return self._list(arguments[0], node, where, declaration)
        if origin is Mapping:
            return self._mapping(arguments[1], node, where, declaration)
        return self._scalar(hint, node, where, declaration)

    def _list(self, hint: Any, node: Node, where: Where, declaration: Declaration) -> tuple[Any, ...]:
        if not isinstance(node, yaml.SequenceNode):
            self._notes.complain(where, f"{name(where)} must be a list, found {scalars.describe(node)}")
            return ()
        return tuple(
            self._value(hint, item, (*where, index), declaration) for index, item in enumerate(node.value)
        )

    def _mapping(self, hint: Any, node: Node, where: Where, declaration: Declaration) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            self._notes.complain(where, f"{name(where)} must be a mapping, found {scalars.describe(node)}")
            return {}
        values = {}
        for word, (key, value) in self._entries(node, where).items():
            try:
                texts.checked(word, declaration)
            except Wrong as wrong:
                self._notes.complain((*where, word), f"a key {keys.within(where)} {wrong}", place(key))
            values[word] = self._value(
                hint, value, (*where, word), dataclasses.replace(declaration, pattern=None)
            )
        return values

    def _evidence(self, node: Node, where: Where) -> Evidence:
        if not isinstance(node, yaml.MappingNode):
            self._notes.complain(
                where, f"{name(where)} must be a mapping with one key, found {scalars.describe(node)}"
            )
            return Evidence("", "")
        found = self._entries(node, where)
        kinds = {kind.name: kind for kind in declared(EvidenceKinds)}
        self._unknown(found, list(kinds), where)
        if len(found) != 1:
            self._notes.complain(where, f"{name(where)} must have exactly one key, found {len(found)}")
        for word, (_, value) in found.items():
            if word in kinds and self._notes.sound(where):
                return self._one_evidence(kinds[word], value, (*where, word))
        return Evidence("", "")

    def _one_evidence(self, kind: Declared, node: Node, where: Where) -> Evidence:
        # A kind's annotation is optional only because an item has one kind of them.
        inner = next(argument for argument in typing.get_args(kind.hint) if argument is not types.NoneType)
        return Evidence(kind.name, self._value(inner, node, where, kind.declaration))

    def _scalar(self, hint: Any, node: Node, where: Where, declaration: Declaration) -> Any:
        try:
            if typing.get_origin(hint) is Literal:
                return texts.chosen(node, typing.get_args(hint))
            return _SCALARS[hint](node, declaration)
        except Wrong as wrong:
            self._notes.complain(where, f"{name(where)} {wrong}")
            return stand_in(hint)


def stand_in(hint: Any) -> Any:
    """Give the emptiest value of a type."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return None
    if origin is Literal:
        return typing.get_args(hint)[0]
    if dataclasses.is_dataclass(hint):
        return _empty(typing.cast("type", hint))
    return {tuple: (), Mapping: {}}[origin] if origin else hint()


def _empty(cls: type) -> Any:
    if cls is Evidence:
        return Evidence("", "")
    return cls(**{field.name: stand_in(field.hint) for field in declared(cls) if field.required})
