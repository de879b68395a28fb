"""What a declaration asks of a value of the right type."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from kubectl_replay.scenario import keys, scalars
from kubectl_replay.scenario.problem import short
from kubectl_replay.scenario.scalars import Wrong, quoted

if TYPE_CHECKING:
    from yaml import Node

    from kubectl_replay.scenario.declaration import Declaration


def checked(words: str, declaration: Declaration) -> str:
    """Give the text back, or raise Wrong."""
    if not (words.strip() or declaration.blank):
        raise Wrong("must not be empty")
    if "\0" in words:  # no argument, path or environment variable can carry one
        raise Wrong("must not have the character U+0000")
    if declaration.pattern and not re.fullmatch(declaration.pattern, words, re.DOTALL):
        raise Wrong(f"must be {declaration.pattern_means}, found {quoted(short(words))}")
    if declaration.format == "regex":
        _refuse_no_regex(words)
    return words


def in_range(number: int, declaration: Declaration) -> int:
    """Give the number back, or raise Wrong."""
    if declaration.minimum is not None and number < declaration.minimum:
        raise Wrong(f"must be at least {declaration.minimum}, found {number}")
    if declaration.maximum is not None and number > declaration.maximum:
        raise Wrong(f"must be at most {declaration.maximum}, found {number}")
    return number


def chosen(node: Node, choices: tuple[object, ...]) -> object:
    """Give the one of the choices that stands there, or raise Wrong."""
    if choices == (True,):
        if scalars.truth(node):
            return True
        raise Wrong("must be true: leave it out where it is not to hold")
    words = scalars.text(node)
    if words in choices:
        return words
    meant = keys.nearest(words, [str(choice) for choice in choices])
    advice = f"; did you mean '{meant}'?" if meant else ""
    raise Wrong(f"must be one of {', '.join(map(str, choices))}, found {quoted(short(words))}{advice}")


def _refuse_no_regex(words: str) -> None:
    # A warning is Python's word for a pattern whose meaning will change, so it is none to publish.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(words)
        except (re.error, OverflowError, RecursionError, Warning) as error:
            raise Wrong(f"must be a regular expression, found {quoted(short(words))}: {error}") from None
