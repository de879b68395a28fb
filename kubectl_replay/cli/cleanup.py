"""`cleanup`: remove what earlier runs left behind."""

from __future__ import annotations

import os

import click

from kubectl_replay.cli.lookup import complete_ids, sources
from kubectl_replay.cli.options import Command, connection
from kubectl_replay.cli.printing import emit, note


@click.command("cleanup", cls=Command)
@click.argument("scenario_id", metavar="[ID]", required=False, shell_complete=complete_ids)
@click.option("--all", "everything", is_flag=True, help="Of every scenario, and the namespace if it is ours.")
@click.option("--force", is_flag=True, help="Also what belongs to runs that are still going on.")
@click.pass_context
def command(ctx: click.Context, scenario_id: str | None, everything: bool, force: bool) -> int:
    """Remove what earlier runs left: finished, kept and overdue objects that carry our labels.

    Ends 20 when something is left, such as a run that is still going on.
    """
    if everything == bool(scenario_id):
        raise click.UsageError("Name one scenario, or --all.")
    from kubectl_replay.access import enter
    from kubectl_replay.sweep import Sweep, list_kinds, sweep

    asked = connection(ctx)
    base = asked.namespace or _namespace(ctx, scenario_id)
    both = (base, f"{base}-privileged")
    kubectl, notices = enter(asked, both, os.environ)
    for notice in notices:
        note(f"notice: {notice}")
    kinds = list_kinds(kubectl)
    work = [Sweep(kubectl.within(namespace), force) for namespace in both]
    for one in work:
        sweep(one, kinds, scenario_id)
    lines = [line for one in work for line in one.lines]
    text = "\n".join(lines or [f"Nothing to remove in {base}."])
    return emit(f"{text}\n", 20 if any(one.left for one in work) else 0)


def _namespace(ctx: click.Context, scenario_id: str | None) -> str:
    """Return the namespace that a scenario names; one that is gone or broken has the usual one."""
    from kubectl_replay import catalog
    from kubectl_replay.request import DEFAULT_NAMESPACE
    from kubectl_replay.scenario.loader import load
    from kubectl_replay.scenario.problem import ScenarioInvalid

    entry = catalog.find(scenario_id, sources(ctx)) if scenario_id else None
    try:
        return load(entry.folder).namespace if entry else DEFAULT_NAMESPACE
    except ScenarioInvalid:
        return DEFAULT_NAMESPACE
