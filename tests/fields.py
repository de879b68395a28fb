"""The keys of scenario.yaml as rows of a table, read from their declarations."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from kubectl_replay.scenario.declaration import declared, is_record, origin
from kubectl_replay.scenario.evidence import Evidence
from kubectl_replay.scenario.spec import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.scenario.declaration import Declared

Row = tuple[str, str, str, str, str]


def rows(cls: type = Scenario, prefix: str = "") -> Iterator[Row]:
    """Give key, type, default, meaning and example of every key, each mapping before what is in it."""
    for key in declared(cls):
        name = f"{prefix}{key.name}"
        yield f"`{name}`", _type(key), _default(key), key.declaration.meaning, _example(key)
        record = _record(key.hint)
        if record:
            yield from rows(record, f"{name}{_step(key.hint)}.")


def as_yaml(value: object) -> str:
    """Write a value on one line, as YAML has it."""
    if isinstance(value, str) and "\n" in value:
        return json.dumps(value)
    text = yaml.safe_dump(value, default_flow_style=True, width=1000, sort_keys=False, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _record(hint: Any) -> type | None:  # noqa: ANN401 - whatever typing.get_type_hints gives
    """Give the mapping with keys of its own that a value of this type is, or holds."""
    inner = [part for part in typing.get_args(hint) if is_record(part)] if origin(hint) else [hint]
    found = inner[-1] if inner else None
    return found if found is not Evidence and is_record(found) else None


def _step(hint: Any) -> str:  # noqa: ANN401 - whatever typing.get_type_hints gives
    steps: dict[object, str] = {tuple: "[]", Mapping: ".NAME"}
    return steps.get(origin(hint), "")


def _type(key: Declared) -> str:
    hint, limits = _given(key.hint), key.declaration
    if key.choices:
        return " ".join(f"`{choice}`" for choice in key.choices)
    text = _name(hint)
    if limits.minimum is not None:
        text += f", {limits.minimum} to {limits.maximum}"
    if limits.pattern_means and origin(hint) is not Mapping:
        text += f": {limits.pattern_means}"
    return f"{text}; placeholders" if limits.placeholders else text


def _given(hint: Any) -> Any:  # noqa: ANN401 - whatever typing.get_type_hints gives
    """Leave out that a value may be missing: the default says it."""
    if origin(hint) is types.UnionType or origin(hint) is typing.Union:
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint


def _name(hint: Any) -> str:  # noqa: ANN401 - whatever typing.get_type_hints gives
    simple = {str: "text", bool: "true or false", int: "whole number", object: "anything"}
    if hint in simple:
        return simple[hint]
    if origin(hint) is tuple:
        return f"list of {_name(typing.get_args(hint)[0])}s".replace("text or mapping", "texts or mapping")
    return "text or mapping" if _is_plain(hint) else "mapping"


def _is_plain(hint: Any) -> bool:  # noqa: ANN401 - whatever typing.get_type_hints gives
    """Whether the mapping may be written as the text of its one plain key."""
    return is_record(hint) and any(key.declaration.plain for key in declared(hint))


def _default(key: Declared) -> str:
    if key.required:
        return "required"
    if key.default is None or is_record(type(key.default)) or key.default in ((), {}, ""):
        return ""
    return f"`{as_yaml(key.default)}`"


def _example(key: Declared) -> str:
    return f"`{as_yaml(key.declaration.example)}`"
