"""`completion`: the script that makes a shell complete `kubectl-replay`."""

from __future__ import annotations

import click

from kubectl_replay.cli.options import Command
from kubectl_replay.cli.printing import emit


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the script that completes `kubectl-replay` in a shell.

    `kubectl replay` itself is completed by kubectl 1.26 and later, which runs kubectl_complete-replay.
    """
    from click.shell_completion import get_completion_class

    from kubectl_replay.cli.main import COMPLETE_VARIABLE
    from kubectl_replay.cli.root import root

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    return emit(found(root, {}, "kubectl-replay", COMPLETE_VARIABLE).source() + "\n", 0)
