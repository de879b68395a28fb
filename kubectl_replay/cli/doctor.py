"""`doctor`: look at the environment, change nothing, and say what is in the way of a replay."""

from __future__ import annotations

import os

import click

from kubectl_replay.cli.lookup import entries
from kubectl_replay.cli.options import Command, connection, switch
from kubectl_replay.cli.printing import emit


@click.command("doctor", cls=Command)
@click.option("-o", "--output", type=click.Choice(["text", "json"]), help="What to print. [text]")
@click.pass_context
def command(ctx: click.Context, output: str | None) -> int:
    """Look at kubectl, the cluster, your rights and this machine; change nothing.

    Each finding is ok, warn or fail, and what is not ok comes with its fix. Ends 20 when one failed.
    """
    from kubectl_replay.doctor import examine
    from kubectl_replay.doctor.report import as_json, as_text, passed

    asked = connection(ctx)
    findings = examine(asked, os.environ, entries(ctx))
    wanted = output or ("json" if switch("JSON") else "text")
    text = as_json(findings) if wanted == "json" else as_text(findings)
    return emit(text, 0 if passed(findings) else 20)
