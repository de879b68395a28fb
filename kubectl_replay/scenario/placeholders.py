"""The placeholders of a scenario: `{{replay.NAME}}`, from a closed list, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Final = ("nonce", "proof_a", "proof_b", "run", "namespace", "pod", "node")
# pod_ip.NAME is a pod's name as its manifest has it, set.NAME a parameter.
FAMILIES: Final = {"pod_ip": "[a-z0-9]([-a-z0-9]*[a-z0-9])?", "set": "[a-z][a-z0-9_-]*"}

_PATTERNS: Final = [*NAMES, *(rf"{family}\.{rest}" for family, rest in FAMILIES.items())]
_KNOWN: Final = re.compile(r"{{replay\.(?P<name>" + "|".join(_PATTERNS) + ")}}")
_ANY: Final = re.compile(r"{{(?P<name>\s*replay\.[^{}]*)}}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each known placeholder by its value; other text stays, and a value is never looked at again.

    The keys of `values` are names without the `replay.`: `nonce`, `set.target`, `pod_ip.sink-target`. A known
    name without a value is a mistake of the caller: KeyError.
    """
    return _KNOWN.sub(lambda found: values[found["name"]], text)


def names(text: str) -> tuple[str, ...]:
    """Give the known names in the text, in order, each once."""
    return tuple(dict.fromkeys(found["name"] for found in _KNOWN.finditer(text)))


def unknown_names(text: str) -> tuple[str, ...]:
    """Give what stands in `{{…}}` and begins with `replay.` but is no placeholder (a space makes it none)."""
    strangers = (found for found in _ANY.finditer(text) if not _KNOWN.fullmatch(found[0]))
    return tuple(dict.fromkeys(found["name"] for found in strangers))
