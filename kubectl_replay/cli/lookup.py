"""The scenarios that a command line can mean: their sources, the one that is named, what completes it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from kubectl_replay.cli.options import given

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kubectl_replay.catalog import Entry, Source


def sources(ctx: click.Context) -> tuple[Source, ...]:
    """Return the folders of scenarios that flags and variables name, and the usual ones."""
    from pathlib import Path

    from kubectl_replay import catalog

    named = [Path(folder) for folder in given(ctx).get("scenarios", ())]
    try:
        return catalog.sources(named, os.environ, Path.cwd())
    except catalog.SourceMissing as missing:
        raise click.UsageError(str(missing)) from None


def find(ctx: click.Context, scenario_id: str) -> Entry:
    """Find a scenario's folder, or say what was probably meant."""
    from kubectl_replay import catalog

    entry = catalog.find(scenario_id, sources(ctx))
    if entry is None:
        from kubectl_replay.cli.commands import COMMANDS

        near = catalog.nearest(scenario_id, COMMANDS, [known.id for known in entries(ctx)])
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        sentence = f'There is no command and no scenario "{scenario_id}".{meant}'
        raise click.UsageError(f"{sentence} `kubectl replay list` shows them all.")
    return entry


def entries(ctx: click.Context) -> tuple[Entry, ...]:
    """List the scenarios there are; reads none of them."""
    from kubectl_replay import catalog

    try:
        return catalog.entries(sources(ctx))
    except catalog.SourceMissing as missing:
        raise click.UsageError(str(missing)) from None


def complete_ids(ctx: click.Context, _param: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
    """Complete the id of a scenario; reads no scenario."""
    from click.shell_completion import CompletionItem

    try:
        ids = [entry.id for entry in entries(ctx)]
    except click.UsageError:
        return []  # a prompt is no place for complaints
    return [CompletionItem(known) for known in ids if known.startswith(incomplete)]
