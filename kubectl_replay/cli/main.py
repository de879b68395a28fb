"""`main`: set the signal handlers, run one command, and map whatever it ended with to the exit code."""

from __future__ import annotations

import contextlib
import sys
from typing import NoReturn

import click

from kubectl_replay.cli.printing import note
from kubectl_replay.interruption import Interrupted, handled

REFUSED, USAGE, BUG = 20, 2, 3
PROGRAM = "kubectl replay"
COMPLETE_VARIABLE = "_KUBECTL_REPLAY_COMPLETE"
"""Click would derive a variable with a space from the program's name."""


def main() -> NoReturn:
    """Run the command line; the only exit of the program."""
    with handled():
        code = run(sys.argv[1:])
    sys.exit(code)


def run(words: list[str]) -> int:
    """Run one command and return its exit code: the whole error policy."""
    from kubectl_replay.cli.root import root

    try:
        code = root.main(words, prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, standalone_mode=False)
    except click.ClickException as error:
        if sys.stderr is not None:
            with contextlib.suppress(OSError):  # nobody reads it
                error.show(sys.stderr)
        return USAGE
    except Interrupted as stopped:
        return 128 + stopped.signum
    except SystemExit:  # click's answer to a reader of its help that has gone away
        return 0
    except Exception as error:  # noqa: BLE001 - what nobody expected has one line, a report and its own code
        return _answer(error, words)
    return code if isinstance(code, int) else 0


def _answer(error: Exception, words: list[str]) -> int:
    from kubectl_replay.errors import Failure
    from kubectl_replay.process import ProgramMissing

    if isinstance(error, (Failure, ProgramMissing)):
        note(f"error: {error.message if isinstance(error, Failure) else error}")
        return REFUSED
    report_bug(error, words)
    return BUG


def report_bug(bug: Exception, words: list[str]) -> None:
    """Say in one line that this is a bug, and write what its report needs into a file."""
    from kubectl_replay.bug import describe, write_report

    if {"-v", "--verbose"} & set(words):
        note(describe(bug, words))
    try:
        where = f"report it with {write_report(bug, words)}"
    except OSError as error:
        where = f"no report could be written: {error}"
    note(f"error: this is a bug in kubectl-replay: {type(bug).__name__}: {bug} ({where})")
