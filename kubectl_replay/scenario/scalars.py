"""One YAML value to text, a number or a truth value, or the sentence that says what was found instead."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final

import yaml

from kubectl_replay.scenario.problem import short

if TYPE_CHECKING:
    from yaml import Node

_TAG: Final = "tag:yaml.org,2002:"
_TRUTH: Final = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_WHOLE_NUMBER: Final = re.compile(r"[+-]?(0|[1-9][0-9]{0,17})")
_NAMES: Final = {
    "bool": "the truth value {value}",
    "int": "the number {value}",
    "float": "the number {value}",
    "timestamp": "the date {value}",
    "null": "the null value {value}",
    "str": "the text {quoted}",
    "value": "the text {quoted}",
}


class Wrong(Exception):
    """A value that is not what its field takes: 'must be …, found …'."""


def is_null(node: Node) -> bool:
    """Whether nothing stands there."""
    return node.tag == f"{_TAG}null"


def text(node: Node) -> str:
    """Give the text, or raise Wrong."""
    # YAML 1.1 gives a lone `=` a type of its own.
    if isinstance(node, yaml.ScalarNode) and node.tag in (f"{_TAG}str", f"{_TAG}value"):
        return str(node.value)
    advice = ""
    if isinstance(node, yaml.ScalarNode) and node.value and node.tag.removeprefix(_TAG) in _NAMES:
        advice = f": write {quoted(node.value)}"
    if node.tag == f"{_TAG}bool" and node.value.lower() not in ("true", "false"):
        advice = f" (YAML reads yes, no, on and off without quotes as truth values){advice}"
    raise Wrong(f"must be text, found {describe(node)}{advice}")


def truth(node: Node) -> bool:
    """Give the truth value, or raise Wrong."""
    if node.tag == f"{_TAG}bool" and str(node.value).lower() in _TRUTH:
        return _TRUTH[node.value.lower()]
    advice = ""
    if node.tag == f"{_TAG}str" and str(node.value).lower() in _TRUTH:
        advice = ": leave the quotes out"
    raise Wrong(f"must be true or false, found {describe(node)}{advice}")


def whole_number(node: Node) -> int:
    """Give the number, or raise Wrong; only plain digits, because YAML reads 010 as 8 and 1:30 as 90."""
    plain = isinstance(node, yaml.ScalarNode) and _WHOLE_NUMBER.fullmatch(node.value)
    if plain and node.tag == f"{_TAG}int":
        return int(node.value)
    advice = ""
    if plain and node.tag == f"{_TAG}str":
        advice = ": leave the quotes out"
    elif node.tag == f"{_TAG}int":
        advice = ": write it in plain digits"
    raise Wrong(f"must be a whole number, found {describe(node)}{advice}")


def anything(node: Node) -> object:
    """Give whatever stands there as Python has it; what has no type of its own there stays text."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): anything(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [anything(item) for item in node.value]
    if is_null(node):
        return None
    for known in (truth, whole_number):
        with contextlib.suppress(Wrong):
            return known(node)
    return str(node.value)


def describe(node: Node) -> str:
    """Name what stands there, for a sentence."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if is_null(node) and not node.value:
        return "nothing"
    known = _NAMES.get(node.tag.removeprefix(_TAG))
    if known is None:
        return f"a value of the unknown type {node.tag.replace(_TAG, '!!')}"
    return known.format(value=short(node.value), quoted=quoted(short(node.value)))


def quoted(words: str) -> str:
    """Put words in the quotes that YAML takes."""
    return f'"{words}"' if '"' not in words else f"'{words}'"
