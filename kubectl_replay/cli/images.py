"""`images`: what an air gap must have."""

from __future__ import annotations

from typing import Any

import click

from kubectl_replay.cli.lookup import complete_ids
from kubectl_replay.cli.options import Command
from kubectl_replay.cli.printing import emit, note


@click.command("images", cls=Command)
@click.argument("ids", metavar="[ID]...", nargs=-1, shell_complete=complete_ids)
@click.option("--image", multiple=True, metavar="OLD=NEW", help="As `run` takes it; repeatable.")
@click.option("--registry", metavar="HOST", help="As `run` takes it.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:  # noqa: ANN401 - click's values, typed by `asking`
    """List the images that scenarios use, one a line, as runs with the same flags would name them.

    Asks no cluster. Without ids: of all scenarios.
    """
    from kubectl_replay import images, manifests
    from kubectl_replay.cli import asking
    from kubectl_replay.scenario.spec import Scenario

    asked = asking.choose(ctx, {**options, "everything": not options["ids"], "tag": ()})
    scenarios = [item.scenario for item in asked if isinstance(item.scenario, Scenario)]
    objects = [
        item
        for scenario in scenarios
        for item in manifests.read_objects(scenario, manifests.all_paths(scenario))
    ]
    used = images.named(item.body for item in objects)
    replaced = sorted({asking.replacements(options).of(image) for image in used})
    broken = [str(item.entry.folder) for item in asked if not isinstance(item.scenario, Scenario)]
    for folder in broken:
        note(f"error: {folder} cannot be read; `kubectl replay show` says why")
    return emit("".join(f"{image}\n" for image in replaced), 20 if broken else 0)
