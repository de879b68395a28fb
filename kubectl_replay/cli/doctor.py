"""`doctor`: look at the environment or at Falco, change nothing, and say what is in the way of a replay."""

from __future__ import annotations

import os

import click

from kubectl_replay.cli.lookup import entries
from kubectl_replay.cli.options import Command, connection, switch
from kubectl_replay.cli.printing import emit


@click.command("doctor", cls=Command)
@click.argument("subject", metavar="[falco]", required=False, type=click.Choice(["falco"]))
@click.option("-o", "--output", type=click.Choice(["text", "json"]), help="What to print. [text]")
@click.pass_context
def command(ctx: click.Context, subject: str | None, output: str | None) -> int:
    """Look at kubectl, the cluster, your rights and this machine; change nothing.

    With `falco` look at Falco instead: where it runs, how it prints, what it has loaded, what it lost. One
    agent of each DaemonSet or Deployment is asked by `kubectl exec`, which may raise alerts of its own.

    Each finding is ok, warn or fail, and what is not ok comes with its fix. Ends 20 when one failed.
    """
    from kubectl_replay.doctor.report import as_json, as_text, passed

    if subject:
        from kubectl_replay.cli.falco import refuse_namespace
        from kubectl_replay.doctor import falco

        refuse_namespace(ctx)
        findings = falco.examine(connection(ctx), os.environ)
    else:
        from kubectl_replay.doctor import examine

        findings = examine(connection(ctx), os.environ, entries(ctx))
    wanted = output or ("json" if switch("JSON") else "text")
    text = as_json(findings) if wanted == "json" else as_text(findings)
    return emit(text, 0 if passed(findings) else 20)
