"""How a field of scenario.yaml is declared, and how that declaration is read back.

A key of scenario.yaml is a dataclass field made by `spec`. Whoever needs to know keys (the loader, its
messages, the JSON Schema, `explain`, the docs) asks `declared`; a value's type is the field's annotation.
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

Hint: TypeAlias = Any  # what typing.get_type_hints gives: a class, `tuple[str, ...]`, `str | None`, …

_METADATA_KEY: Final = "declaration"
_MISSING: Final = dataclasses.MISSING


class Limits(TypedDict, total=False):
    """What `spec` takes besides meaning, example and default; Declaration says what each means."""

    pattern: str
    pattern_means: str
    minimum: int
    maximum: int
    format: Literal["regex"]
    placeholders: bool
    blank: bool
    plain: bool
    weak: bool


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
    hint: Hint
    declaration: Declaration
    required: bool
    default: object  # None where required

    @property
    def choices(self) -> tuple[Any, ...]:
        """The closed list of values, empty where any value of the type will do."""
        return typing.get_args(self.hint) if origin(self.hint) is Literal else ()


def spec(
    meaning: str,
    *,
    example: object,
    default: object = _MISSING,
    factory: Callable[[], object] | None = None,
    **limits: Unpack[Limits],
) -> Any:  # noqa: ANN401 - as dataclasses.field: what it makes stands for a value of the field's type
    """Declare a key; without `default` and `factory` it is required."""
    metadata = {_METADATA_KEY: Declaration(meaning, example, **limits)}
    if factory is not None:
        return dataclasses.field(default_factory=factory, metadata=metadata)
    if default is _MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def origin(hint: Hint) -> object:
    """Give what a hint is made with: `tuple`, `Mapping`, `Literal`, `types.UnionType`; None for a class."""
    return typing.get_origin(hint)


def is_record(hint: Hint) -> bool:
    """Whether a hint is a dataclass, a mapping in the file."""
    return dataclasses.is_dataclass(hint)


def declared(cls: type) -> tuple[Declared, ...]:
    """Give the keys that `cls` declares, in the order of the class; other fields are not keys of the file."""
    return _declared(cls)  # mypy takes no type[SomeDataclass] for the Hashable that a cached function wants


@functools.cache
def _declared(cls: type) -> tuple[Declared, ...]:
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
