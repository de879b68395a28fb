"""`kubectl_complete-replay`: what kubectl runs to complete the words after `kubectl replay`.

kubectl 1.26 and later pass the words typed so far, the unfinished last one included, and read lines of
`value<TAB>description`, then `:` and a directive (4: do not complete file names).
https://github.com/kubernetes/kubernetes/pull/105867
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from click.shell_completion import ShellComplete

from kubectl_replay.cli.main import COMPLETE_VARIABLE, PROGRAM

NO_FILES = 4


def main() -> NoReturn:
    """Print the candidates for the last of the words given."""
    click.echo("\n".join([*candidates(sys.argv[1:]), f":{NO_FILES}"]))
    sys.exit(0)


def candidates(words: list[str]) -> list[str]:
    """Return what the last word may become, each with its description."""
    from kubectl_replay.cli.root import root

    *done, unfinished = words or [""]
    found = ShellComplete(root, {}, PROGRAM, COMPLETE_VARIABLE).get_completions(done, unfinished)
    return [f"{item.value}\t{item.help}" if item.help else str(item.value) for item in found]
