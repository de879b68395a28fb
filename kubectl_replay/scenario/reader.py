"""YAML nodes to the dataclasses of the spec, by their declarations alone; problems are noted, not raised.

A value that cannot be read is replaced by a stand-in of its type, so that the rest is read and checked
too and one load reports everything. No stand-in leaves the loader: a noted problem means that the load fails.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import yaml

from kubectl_replay.scenario import keys, scalars, texts
from kubectl_replay.scenario.declaration import declared, is_record, origin
from kubectl_replay.scenario.entries import entries
from kubectl_replay.scenario.evidence import Evidence, EvidenceKinds
from kubectl_replay.scenario.nodes import place
from kubectl_replay.scenario.notes import name, within
from kubectl_replay.scenario.scalars import Wrong
from kubectl_replay.scenario.stand_in import stand_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml import Node

    from kubectl_replay.scenario.declaration import Declaration, Declared, Hint
    from kubectl_replay.scenario.entries import Entry
    from kubectl_replay.scenario.notes import Notes, Place, Where
    from kubectl_replay.scenario.stand_in import Value

_SCALARS: dict[Hint, Callable[[Node, Declaration], object]] = {
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

    def record(self, cls: type, node: Node, where: Where) -> Value:
        """Give the dataclass that a mapping stands for."""
        self._notes.stands(where, place(node))
        if not isinstance(node, yaml.MappingNode):
            return self._plain(cls, node, where)
        fields = declared(cls)
        found = entries(node, where, self._notes)
        self._strangers(found, [field.name for field in fields], where)
        values = {}
        for field in fields:
            if field.name in found:
                values[field.name] = self._field(field, found[field.name].value, where)
            elif field.required:
                values[field.name] = stand_in(field.hint)
                if self._notes.sound((*where, field.name)):
                    self._notes.complain((*where, field.name), keys.missing(field, where))
        return cls(**values)

    def _plain(self, cls: type, node: Node, where: Where) -> Value:
        for field in declared(cls):
            if field.declaration.plain and isinstance(node, yaml.ScalarNode):
                return cls(**{field.name: self._value(field.hint, node, where, field.declaration)})
        return self._refuse(node, where, "a mapping", stand_in(cls))

    def _strangers(self, found: dict[str, Entry], names: list[str], where: Where) -> None:
        for word, entry in found.items():
            if word not in names:
                self._stranger(word, entry.key, names, where)
                meant = None if self._notes.many else keys.nearest(word, names)
                if meant and meant not in found:  # it is missing only because it is misspelt
                    self._notes.distrust((*where, meant))

    def _stranger(self, word: str, key: Place, names: list[str], where: Where) -> None:
        message = keys.unknown(word, where)
        if not self._notes.many:
            message += keys.guess(word, names, self._root)
        self._notes.complain((*where, word), message, key)

    def _field(self, field: Declared, node: Node, outer: Where) -> Value:
        where = (*outer, field.name)
        value = self._value(field.hint, node, where, field.declaration)
        if field.required and value in ((), {}) and self._notes.sound(where):
            example = keys.example(field)
            self._notes.complain(where, f"{name(where)} must have at least one entry; for example {example}")
        return value

    def _value(self, hint: Hint, node: Node, where: Where, declaration: Declaration) -> Value:
        self._notes.stands(where, place(node))
        made_with, arguments = origin(hint), typing.get_args(hint)
        if made_with is types.UnionType:  # `X | None`: nothing else is a union here
            return None if scalars.is_null(node) else self._value(arguments[0], node, where, declaration)
        if hint is Evidence:
            return self._evidence(node, where)
        if is_record(hint):
            return self.record(hint, node, where)
        if made_with is tuple:
            return self._list(arguments[0], node, where, declaration)
        if made_with is Mapping:
            return self._mapping(arguments[1], node, where, declaration)
        return self._scalar(hint, node, where, declaration)

    def _list(self, hint: Hint, node: Node, where: Where, declaration: Declaration) -> tuple[Value, ...]:
        if not isinstance(node, yaml.SequenceNode):
            return typing.cast("tuple[Value, ...]", self._refuse(node, where, "a list", ()))
        items = enumerate(node.value)
        return tuple(self._value(hint, item, (*where, index), declaration) for index, item in items)

    def _mapping(self, hint: Hint, node: Node, where: Where, declaration: Declaration) -> dict[str, Value]:
        if not isinstance(node, yaml.MappingNode):
            return typing.cast("dict[str, Value]", self._refuse(node, where, "a mapping", {}))
        values = {}
        without_pattern = dataclasses.replace(declaration, pattern=None)  # it is the keys' pattern
        for word, entry in entries(node, where, self._notes).items():
            try:
                texts.checked(word, declaration)
            except Wrong as wrong:
                self._notes.complain((*where, word), f"a key {within(where)} {wrong}", entry.key)
            values[word] = self._value(hint, entry.value, (*where, word), without_pattern)
        return values

    def _evidence(self, node: Node, where: Where) -> Evidence:
        if not isinstance(node, yaml.MappingNode):
            return typing.cast(
                "Evidence", self._refuse(node, where, "a mapping with one key", stand_in(Evidence))
            )
        found = entries(node, where, self._notes)
        kinds = {kind.name: kind for kind in declared(EvidenceKinds)}
        self._strangers(found, list(kinds), where)
        if len(found) != 1:
            kept = ", ".join(found) or "none"
            self._notes.complain(where, f"{name(where)} must have exactly one key, found {kept}")
        read = [
            Evidence(word, self._field(kinds[word], found[word].value, where))
            for word in found
            if word in kinds
        ]
        return read[0] if read else stand_in(Evidence)

    def _scalar(self, hint: Hint, node: Node, where: Where, declaration: Declaration) -> Value:
        try:
            if origin(hint) is Literal:
                return texts.chosen(node, typing.get_args(hint))
            return _SCALARS[hint](node, declaration)
        except Wrong as wrong:
            self._notes.complain(where, f"{name(where)} {wrong}")
            return stand_in(hint)

    def _refuse(self, node: Node, where: Where, wanted: str, instead: Value) -> Value:
        what = name(where) or "a scenario"
        self._notes.complain(where, f"{what} must be {wanted}, found {scalars.describe(node)}")
        return instead
