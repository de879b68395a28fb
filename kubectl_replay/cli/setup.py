"""`setup`: make what a replay needs: a kind cluster, a Falco."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kubectl_replay.cli.options import Command, everywhere, given
from kubectl_replay.cli.printing import emit
from kubectl_replay.cli.setup_falco import falco

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.kind import Kind


@click.group("setup", params=everywhere())
def command() -> None:
    """Make what a replay needs."""


command.add_command(falco)


@command.command("kind", cls=Command)
@click.pass_context
def kind(ctx: click.Context) -> int:
    """Make a kind cluster, named k8s-replay or as KIND_CLUSTER says.

    One that exists is left as it is. `kubectl replay reset` deletes it again.
    """
    from kubectl_replay.interruption import Interrupted

    cluster = admitted(ctx)
    try:
        return attempt(cluster.create)
    except Interrupted:
        click.echo(f"notice: kind may have left a part of the cluster: {cluster.deletion}", err=True)
        raise


def attempt(change: Callable[[], str]) -> int:
    """Change the cluster and print what came of it; a refusal ends 20."""
    from kubectl_replay.kind import Refused

    try:
        return emit(f"{change()}\n", 0)
    except Refused as refused:
        click.echo(f"error: {refused}", err=True)
        return 20


def admitted(ctx: click.Context) -> Kind:
    """Return the cluster that is meant, once the guard accepts its name."""
    import os

    from kubectl_replay.kind import VARIABLE, Kind

    flags = given(ctx)
    cluster = Kind(os.environ, flags.get("kubeconfig", ""))
    if flags.get("context", cluster.context) != cluster.context:
        raise click.UsageError(
            f"The cluster is {cluster.context}; {VARIABLE}=NAME names another, --context does not."
        )
    for notice in cluster.admit():
        click.echo(f"notice: {notice}", err=True)
    return cluster
