"""`run`: replay scenarios and print what they ended as."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from kubectl_replay.cli.lookup import complete_ids
from kubectl_replay.cli.options import Command, connection, policy, seconds, switch
from kubectl_replay.cli.printing import emit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_replay.cli.asking import Asked
    from kubectl_replay.cluster import View
    from kubectl_replay.progress import Lines
    from kubectl_replay.request import RunRequest
    from kubectl_replay.result import Result

_COUNT = click.IntRange(min=1)


@click.command("run", cls=Command)
@click.argument("ids", metavar="ID...", nargs=-1, shell_complete=complete_ids)
@click.option("--all", "everything", is_flag=True, help="Run every scenario.")
@click.option("--tag", multiple=True, metavar="TAG", help="Run the scenarios with this tag; repeatable.")
@click.option("-o", "--output", type=click.Choice(["box", "json"]), help="What to print. [box]")
@click.option(
    "--require",
    type=click.Choice(["behavior", "detection"]),
    default="detection",
    help="behavior: a missing detection (10, 11) ends 0. [detection]",
)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--fast", is_flag=True, help="Reuse a kept workload, and keep it.")
@click.option("--keep", is_flag=True, help="Leave the workload for an hour.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter; repeatable.")
@click.option("--allow-privileged", is_flag=True, help="Allow scenarios that need a privileged workload.")
@click.option("--no-detection", is_flag=True, help="Ask no detector.")
@click.option(
    "--backend",
    multiple=True,
    type=click.Choice(["falco", "audit", "none"]),
    help="Ask this detector; repeatable. [the one that is there]",
)
@click.option(
    "--audit-log",
    type=click.Path(exists=True, dir_okay=False, readable=True),
    metavar="FILE",
    help="The API server's audit log.",
)
@click.option("--diagnose", is_flag=True, help="Where Falco is silent, ask it why: raises alerts of its own.")
@click.option("--canary", is_flag=True, help="Where Falco is silent, see whether it can be heard at all.")
@click.option("--image", multiple=True, metavar="OLD=NEW", help="Use another image; repeatable.")
@click.option("--registry", metavar="HOST", help="Take all other images from this registry.")
@click.option("--pod-patch", metavar="FILE", help="Merge this part of a Pod into every pod.")
@click.option("--node", metavar="NAME", help="Run the target pod on this node.")
@click.option("--parallel", type=_COUNT, default=1, metavar="N", help="How many runs at once. [1]")
@click.option("--repeat", type=_COUNT, metavar="N", help="Run each scenario so many times.")
@click.option(
    "--ready-timeout", metavar="TIME", callback=seconds, help="How long until the workload is ready."
)
@click.option(
    "--detect-timeout",
    metavar="TIME",
    envvar="FALCO_VERIFY_TIMEOUT",
    callback=seconds,
    help="How long until the alert is seen.",
)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:  # noqa: ANN401 - click's values, typed by `asking`
    """Replay scenarios: deploy, trigger, verify, clean up, and print what each ended as.

    The exit code says what happened: 0 passed and detected, 10 passed without a detector to ask, 11 passed
    but not detected, 20 to 24 the phase that failed, 25 something could not be removed. Of several runs
    the worst counts.
    """
    from kubectl_replay import cluster

    with cluster.look(connection(ctx)) as view:  # kubectl works while we read the scenario
        from kubectl_replay.cli import asking

        asked = asking.choose(ctx, options)
        request = asking.request(ctx, options, asked)
        output = options["output"] or ("json" if switch("JSON") else "box")
        if len(options["ids"]) == 1 and options["repeat"] is None:
            return _run_one(ctx, asked[0], request, view, output, options["require"])
        return _run_many(ctx, asked, request, view, output, options)


def _run_one(
    ctx: click.Context, asked: Asked, request: RunRequest, view: View, output: str, require: str
) -> int:
    from kubectl_replay.result import exit_code

    result = _replay(asked, request, view, _progress(ctx))
    return emit(_render(ctx, result, output), exit_code(result, require))


def _run_many(
    ctx: click.Context,
    asked: Sequence[Asked],
    request: RunRequest,
    view: View,
    output: str,
    options: Any,  # noqa: ANN401
) -> int:
    from kubectl_replay.batch import Batch, run_all, stopwatch, worst
    from kubectl_replay.cli import asking
    from kubectl_replay.interruption import INTERRUPTION
    from kubectl_replay.output import summary
    from kubectl_replay.result import exit_code

    seconds = stopwatch()
    wanted, refused = asking.part(asked, request, named=bool(options["ids"]))
    jobs = [
        (item.entry.id, partial(_replay, item, request, view, _progress(ctx, shared=options["parallel"] > 1)))
        for item in wanted
        for _ in range(options["repeat"] or 1)
    ]

    def tell(result: Result) -> None:
        if output == "box":
            emit(_render(ctx, result, output) + "\n", 0)

    results, interrupted = run_all(jobs, options["parallel"], tell)
    codes = [exit_code(result, options["require"]) for result in results]
    code = 128 + INTERRUPTION.signum if interrupted and INTERRUPTION.signum else worst(codes)
    batch = Batch(results, (*refused, *interrupted), seconds(), code)
    return emit(summary.render_document(batch) if output == "json" else summary.render(batch), code)


def _replay(asked: Asked, request: RunRequest, view: View, progress: Lines) -> Result:
    from kubectl_replay.cli.main import report_bug
    from kubectl_replay.engine import refuse, rehearse, replay
    from kubectl_replay.progress import banner
    from kubectl_replay.run import Run
    from kubectl_replay.scenario.spec import Scenario

    if not isinstance(asked.scenario, Scenario):
        return refuse(asked.entry.id, request, asked.scenario, progress)
    source = asked.entry.source
    built_in = source.label == "built-in"
    run = Run(request, asked.scenario, view, hooks_allowed=source.hooks_allowed, built_in=built_in)
    progress.say(banner(asked.scenario))
    result = rehearse(run, progress) if request.dry_run else replay(run, progress)
    if run.bug:
        report_bug(run.bug, sys.argv[1:])
    return result


def _progress(ctx: click.Context, *, shared: bool = False) -> Lines:
    """Choose how runs are told; side by side their lines would fight for the spinner's place."""
    from kubectl_replay.progress import Lines, Live

    wanted = policy(ctx, sys.stderr)
    return Live(sys.stderr, color=wanted.color) if wanted.live and not shared else Lines(sys.stderr)


def _render(ctx: click.Context, result: Result, output: str) -> str:
    from kubectl_replay.output import box, document, plan
    from kubectl_replay.terminal import painter

    if output == "json":
        return document.render(result)
    if result.plan:
        return plan.render(result.plan)
    return box.render(result, painter(policy(ctx, sys.stdout)))
