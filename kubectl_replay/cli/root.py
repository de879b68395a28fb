"""The root of the command line: commands by name, and any other first word as the id of a run."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

import click

from kubectl_replay.cli.commands import COMMANDS
from kubectl_replay.cli.lookup import complete_ids
from kubectl_replay.cli.options import everywhere

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Root(click.Group):
    """The group of all commands; a first word that is no command is the id of a scenario to run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = importlib.import_module(module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table: to show a line of each command none has to be imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first word names, else `run` with all words."""
        if args and args[0] in COMMANDS:
            return super().resolve_command(ctx, args)
        return "run", self.get_command(ctx, "run"), args

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete commands and scenario ids alike: both may stand first."""
        from click.shell_completion import CompletionItem

        commands = [(name, line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)]
        options = super().shell_complete(ctx, incomplete) if incomplete.startswith("-") else []
        named = [CompletionItem(name, help=line) for name, line in commands]
        return [*options, *named, *complete_ids(ctx, None, incomplete)]


def _width() -> int:
    """Return how wide help may be. Click would import shutil, and with it every compressor, to know."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):
        columns = 80
    return max(50, min(columns, 100))


@click.group(
    cls=Root,
    params=everywhere(),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": _width()},
)
@click.pass_context
def root(ctx: click.Context) -> None:
    """Replay a Kubernetes behavior and learn whether your detector alerted on this very run.

    \b
    kubectl replay list                        what there is
    kubectl replay shell-spawn                 run one scenario (short for: run shell-spawn)
    kubectl replay shell-spawn -o json         the same, as one JSON document
    """  # noqa: D301 - \b is click's mark for lines that stay as they are
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
