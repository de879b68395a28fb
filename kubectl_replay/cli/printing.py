"""Standard output: it carries the result of a command and nothing else."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

CANNOT_PRINT = 20
"""The code of a command that went well but could not say so."""


def emit(text: str, code: int) -> int:
    """Print a result and return the exit code of its command.

    A reader that has gone away (`| head`) changes nothing, and neither does a closed standard output. One
    that refuses the text, such as a full disk, is an error: nobody has the result then.
    """
    if _print(text) == "failed":
        return code if code in range(20, 256) else CANNOT_PRINT
    return code


def emit_each(texts: Iterable[str], code: int = 0) -> int:
    """Print texts as they come and return the exit code: `code` where they ended by themselves.

    Without a reader nothing more is asked for, and the code is 0.
    """
    for text in texts:
        printed = _print(text)
        if printed != "printed":
            return CANNOT_PRINT if printed == "failed" else 0
    return code


def _print(text: str) -> Literal["printed", "unread", "failed"]:
    if sys.stdout is None:
        return "unread"
    try:
        _write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        return "unread"
    except OSError as error:
        _silence()
        note(f"error: the result could not be printed: {error.strerror}")
        return "failed"
    return "printed"


def _write(text: str) -> None:
    """Write in the terminal's encoding; a text that it does not have is UTF-8, not lost."""
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        if not isinstance(sys.stdout, io.TextIOWrapper):
            raise
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # not even UTF-8 has surrogates
        sys.stdout.write(text)


def note(text: str) -> None:
    """Tell something on standard error; nobody has to be there to read it."""
    with contextlib.suppress(OSError):
        click.echo(text, err=True)


def _silence() -> None:
    """Send what is still buffered nowhere, or Python would fail on it once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
