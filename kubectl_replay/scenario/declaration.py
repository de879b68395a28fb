"""How a field of scenario.yaml is declared, and how that declaration is read back.

A key of scenario.yaml is a dataclass field made by `spec`. Whoever needs to know keys (the loader, its messages, the JSON
Schema, `explain`, the docs) asks `declared`; the type of a value is the field's annotation, nothing repeats it.
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

_METADATA_KEY: Final = "declaration"
_MISSING: Final = dataclasses.MISSING


@dataclasses.dataclass(frozen=True)
class Declaration:
    """What is true of a field besides its name, type and default."""

    meaning: str  # one sentence, no full stop
    example: object  # as YAML would give it
    pattern: str | None = None  # a whole text must match (the keys of a mapping, the items of a list)
    pattern_means: str = ""  # the pattern in words: "must be {pattern_means}"
    minimum: int | None = None
    maximum: int | None = None
    format: Literal["regex"] | None = None
    placeholders: bool = False  # {{replay.NAME}} is filled in here
    blank: bool = (
        False  # an empty text is a value; an empty list or mapping never is where the field is required
    )
    plain: bool = False  # the whole mapping may be written as just this text
    weak: bool = False  # this evidence shows that something ran, not that the behavior happened


@dataclasses.dataclass(frozen=True)
class Declared:
    """One key of scenario.yaml, read back from a dataclass."""

    name: str
    hint: Any  # the resolved annotation
    declaration: Declaration
    required: bool
    default: object  # None where required

    @property
    def choices(self) -> tuple[Any, ...]:
        """The closed list of values, empty where any value of the type will do."""
        hints = (self.hint, *typing.get_args(self.hint))
        return next((typing.get_args(h) for h in hints if typing.get_origin(h) is Literal), ())


def spec(
    meaning: str,
    *,
    example: object,
    default: object = _MISSING,
    factory: Callable[[], object] | None = None,
    **more: Any,
) -> Any:
    """Declare a key; without `default` and `factory` it is required. `more` are the fields of Declaration."""
    metadata = {_METADATA_KEY: Declaration(meaning, example, **more)}
    if factory is not None:
        return dataclasses.field(default_factory=factory, metadata=metadata)
    if default is _MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@functools.cache
def declared(cls: type) -> tuple[Declared, ...]:
    """Give the keys that `cls` declares, in the order of the class; other fields are not keys of the file."""
    hints = typing.get_type_hints(cls)
    return tuple(
        Declared(
            name=field.name,
            hint=hints[field.name],
            declaration=field.metadata[_METADATA_KEY],
            required=_is_required(field),
            default=_default(field),
        )
        for field in dataclasses.fields(cls)
        if _METADATA_KEY in field.metadata
    )


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is _MISSING and field.default_factory is _MISSING


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default_factory is not _MISSING:
        return field.default_factory()
    return None if field.default is _MISSING else field.default
