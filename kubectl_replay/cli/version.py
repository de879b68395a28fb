"""`version`: say which kubectl-replay this is."""

from __future__ import annotations

import json
import platform

import click

from kubectl_replay import __version__
from kubectl_replay.cli.options import Command
from kubectl_replay.cli.printing import emit


@click.command("version", cls=Command)
@click.option("-o", "--output", type=click.Choice(["json"]), help="Print a JSON document.")
def command(output: str | None) -> int:
    """Say which version this is."""
    python = platform.python_version()
    if output == "json":
        return emit(json.dumps({"kubectl_replay": __version__, "python": python}, indent=2) + "\n", 0)
    return emit(f"kubectl-replay {__version__} (Python {python})\n", 0)
