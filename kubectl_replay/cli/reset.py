"""`reset`: delete the kind cluster that `setup kind` made."""

from __future__ import annotations

import click

from kubectl_replay.cli.options import Command
from kubectl_replay.cli.setup import admitted, attempt


@click.command("reset", cls=Command)
@click.pass_context
def command(ctx: click.Context) -> int:
    """Delete the kind cluster that `setup kind` made, and no other.

    Its name is k8s-replay, or what KIND_CLUSTER says. One whose nodes lack our label is left as it is.
    """
    return attempt(admitted(ctx).delete)
