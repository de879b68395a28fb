"""The emptiest value of a type, in the place of one that could not be read."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from kubectl_replay.scenario.declaration import declared, is_record, origin
from kubectl_replay.scenario.evidence import Evidence

if typing.TYPE_CHECKING:
    from kubectl_replay.scenario.declaration import Hint

Value: TypeAlias = Any  # what a hint stands for


def stand_in(hint: Hint) -> Value:
    """Give the emptiest value of a type that a required field has."""
    made_with = origin(hint)
    if made_with is Literal:
        return typing.get_args(hint)[0]
    if hint is Evidence:
        return Evidence("", "")
    if is_record(hint):
        return hint(**{field.name: stand_in(field.hint) for field in declared(hint) if field.required})
    if made_with is tuple:
        return ()
    return {} if made_with is Mapping else hint()
