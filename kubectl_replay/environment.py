"""How environment variables are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ON: Final = ("1", "true", "yes", "on")
_OFF: Final = ("0", "false", "no", "off", "")


def read_switch(name: str, environ: Mapping[str, str]) -> tuple[bool, str]:
    """Say whether a variable is on; the second is a notice where its value is neither on nor off, else ""."""
    value = environ.get(name, "")
    word = value.strip().lower()
    if word in _ON:
        return True, ""
    if word in _OFF:
        return False, ""
    return False, f"{name}={value!r} is ignored: on is 1, true, yes, on; off is 0, false, no, off or empty"
