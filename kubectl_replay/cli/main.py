"""`main`: set the signal handlers, run one command, and map whatever it ended with to the exit code."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from kubectl_replay.interruption import INTERRUPTION, Interrupted, handled

USAGE, BUG = 2, 3
PROGRAM = "kubectl replay"
COMPLETE_VARIABLE = "_KUBECTL_REPLAY_COMPLETE"
"""Click would derive a variable with a space from the program's name."""


def main() -> NoReturn:
    """Run the command line; the only exit of the program."""
    with handled():
        code = run(sys.argv[1:])
    sys.exit(_flush(code))


def run(words: list[str]) -> int:
    """Run one command and return its exit code."""
    from kubectl_replay.cli.root import root

    try:
        code = root.main(words, prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, standalone_mode=False)
    except click.ClickException as error:
        error.show(sys.stderr)
        return USAGE
    except Interrupted as stopped:
        return 128 + stopped.signum
    except Exception as bug:  # noqa: BLE001 - the error policy: a bug has one line, a report and its own code
        return _unexpected(bug, words)
    return code if isinstance(code, int) else 0


def _unexpected(bug: Exception, words: list[str]) -> int:
    """Answer an exception that no command expected."""
    from kubectl_replay.errors import Failure

    if isinstance(bug, Failure):
        click.echo(f"error: {bug.message}", err=True)
        return 20
    if INTERRUPTION.signum is not None:
        return 128 + INTERRUPTION.signum
    report_bug(bug, words)
    return BUG


def report_bug(bug: Exception, words: list[str]) -> None:
    """Say in one line that this is a bug, and write what its report needs into a file."""
    from kubectl_replay.bug import describe, write_report

    if {"-v", "--verbose"} & set(words):
        click.echo(describe(bug, words), err=True)
    where = write_report(bug, words)
    told = f"{type(bug).__name__}: {bug}"
    click.echo(f"error: this is a bug in kubectl-replay: {told} (report it with {where})", err=True)


def _flush(code: int) -> int:
    """Print what is left. A reader that has gone away (`| head`) changes no exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
