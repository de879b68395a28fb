"""`run`: replay a scenario and print what it ended as."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from kubectl_replay.cli.options import Command, complete_ids, connection, find, policy, switch
from kubectl_replay.cli.printing import emit

if TYPE_CHECKING:
    from kubectl_replay.catalog import Entry
    from kubectl_replay.cluster import View
    from kubectl_replay.progress import Lines
    from kubectl_replay.request import RunRequest
    from kubectl_replay.result import Result


@click.command("run", cls=Command)
@click.argument("scenario_id", metavar="ID", shell_complete=complete_ids)
@click.option("-o", "--output", type=click.Choice(["box", "json"]), help="What to print. [box]")
@click.option(
    "--require",
    type=click.Choice(["behavior", "detection"]),
    default="detection",
    help="behavior: a missing detection (10, 11) ends 0. [detection]",
)
@click.option("--no-detection", is_flag=True, help="Ask no detector.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--keep", is_flag=True, help="Leave the workload for an hour.")
@click.option(
    "--ready-timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="S",
    help="How many seconds the workload may take to become ready.",
)
@click.pass_context
def command(
    ctx: click.Context,
    scenario_id: str,
    output: str | None,
    require: str,
    no_detection: bool,
    dry_run: bool,
    keep: bool,
    ready_timeout: float | None,
) -> int:
    """Replay a scenario: deploy, trigger, verify, clean up, and print what it ended as.

    The exit code says what happened: 0 passed and detected, 10 passed without a detector to ask, 11 passed
    but not detected, 20 to 24 the phase that failed, 25 something could not be removed.
    """
    from kubectl_replay import cluster

    entry = find(ctx, scenario_id)
    asked = connection(ctx)
    with cluster.look(asked) as view:  # kubectl works while we read the scenario
        from kubectl_replay.request import RunRequest
        from kubectl_replay.result import exit_code

        request = RunRequest(
            connection=asked,
            environ=os.environ,
            detection=not no_detection,
            keep=keep or switch("KEEP"),
            dry_run=dry_run or switch("DRY_RUN"),
            allow_privileged=switch("REPLAY_ALLOW_PRIVILEGED"),
            ready_seconds=ready_timeout,
        )
        result = _replay(entry, request, view, _progress(ctx))
    text = _render(ctx, result, output or ("json" if switch("JSON") else "box"))
    return emit(text, exit_code(result, require))


def _replay(entry: Entry, request: RunRequest, view: View, progress: Lines) -> Result:
    from kubectl_replay.cli.main import report_bug
    from kubectl_replay.engine import refuse, rehearse, replay
    from kubectl_replay.progress import banner
    from kubectl_replay.run import Run
    from kubectl_replay.scenario.loader import load
    from kubectl_replay.scenario.problem import ScenarioInvalid

    try:
        scenario = load(entry.folder)
    except ScenarioInvalid as invalid:
        return refuse(entry.id, request, invalid, progress)
    run = Run(request, scenario, view, hooks_allowed=entry.source.hooks_allowed)
    progress.say(banner(scenario))
    result = rehearse(run, progress) if request.dry_run else replay(run, progress)
    if run.bug:
        report_bug(run.bug, sys.argv[1:])
    return result


def _progress(ctx: click.Context) -> Lines:
    from kubectl_replay.progress import Lines, Live

    wanted = policy(ctx, sys.stderr)
    return Live(sys.stderr, color=wanted.color) if wanted.live else Lines(sys.stderr)


def _render(ctx: click.Context, result: Result, output: str) -> str:
    from kubectl_replay.output import box, document, plan
    from kubectl_replay.terminal import painter

    if output == "json":
        return document.render(result)
    if result.plan:
        return plan.render(result.plan)
    return box.render(result, painter(policy(ctx, sys.stdout)))
