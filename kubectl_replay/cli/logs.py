"""`logs`: the alerts of Falco, all of them or those of certain runs."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from kubectl_replay.cli import falco
from kubectl_replay.cli.lookup import complete_ids
from kubectl_replay.cli.options import Command, seconds
from kubectl_replay.cli.printing import emit, emit_each, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kubectl_replay.backends.choice import Choice
    from kubectl_replay.backends.tail import Tail
    from kubectl_replay.cli.choosing import Wanted
    from kubectl_replay.cli.shown import Show
    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

UNREAD = 20
"""The code where a log could not be read."""


@click.command("logs", cls=Command)
@falco.SUBJECT
@click.option("--raw", is_flag=True, help="Print the agents' own lines, as they are.")
@click.option("-f", "--follow", is_flag=True, help="Go on until interrupted.")
@click.option(
    "--scenario", "scenario_id", metavar="ID", shell_complete=complete_ids, help="Only of its pods."
)
@click.option("--run", "run_id", metavar="ID", help="Only of the pods of this run.")
@click.option("--since", metavar="TIME", callback=seconds, default="10m", help="How far back. [10m]")
@click.pass_context
def command(
    ctx: click.Context,
    subject: str,  # noqa: ARG001 - there is only one
    raw: bool,
    follow: bool,
    scenario_id: str | None,
    run_id: str | None,
    since: float,
) -> int:
    """Show the alerts of all agents of Falco, whatever their priority, one a line.

    A line has the time in UTC, the node, the priority, the rule (of text output, which names none, how the
    message begins), the pod and the container, and none of the alert's other fields: command lines may hold
    secrets. With --raw the agents' own lines are printed as they are.

    Ends 20 where a log could not be read.
    """
    from kubectl_replay.cli.choosing import choose
    from kubectl_replay.cli.shown import Show

    wanted = choose(ctx, scenario_id, run_id)
    if wanted is None:
        falco.refuse_namespace(ctx)
    kubectl = falco.enter(ctx)
    agents = falco.find(kubectl)
    show = Show(_choice(kubectl, wanted), raw, max(len(agent.node) for agent in agents))
    return (_follow if follow else _print_recent)(kubectl, agents, since, show)


def _choice(kubectl: Kubectl, wanted: Wanted | None) -> Choice | None:
    from kubectl_replay.backends.choice import Choice

    def tell(answer: Completed) -> None:
        note(f"notice: pods that exist could not be listed, their names must do: {answer.err.strip()}")

    return Choice(kubectl, wanted.selection, wanted.selector, tell) if wanted else None


def _print_recent(kubectl: Kubectl, agents: Sequence[Agent], since: float, show: Show) -> int:
    from math import ceil

    from kubectl_replay.backends.recent import read_recent

    found = read_recent(kubectl, agents, ceil(since), show)
    code = emit("".join(found.texts), UNREAD if found.unread else 0)
    for agent, why in found.unread:
        where = f"{agent.namespace}/{agent.pod} on {agent.node or 'no node yet'}"
        note(f"error: the log of {where} could not be read: {why}")
    _advise(why for _, why in found.unread)
    _tell_unknown(show)
    return code


def _follow(kubectl: Kubectl, agents: Sequence[Agent], since: float, show: Show) -> int:
    from kubectl_replay.backends.tail import Tail

    troubles: list[str] = []

    def tell(news: str) -> None:
        troubles.append(news)
        note(f"notice: {news}")

    try:
        with closing(Tail(kubectl, lambda: falco.look(kubectl), tell)) as tail:
            return emit_each(_texts(tail, agents, since, show), UNREAD)
    finally:
        _advise(troubles)
        _tell_unknown(show)


def _texts(tail: Tail, agents: Sequence[Agent], since: float, show: Show) -> Iterator[str]:
    for item, line in tail.lines(agents, since):
        shown = show(item.agent, item.log, line)
        if shown:
            yield shown[1]


def _advise(troubles: Iterable[str]) -> None:
    """Say what to ask for where the API server forbids to read logs."""
    from kubectl_replay import words
    from kubectl_replay.detection.reasons import MEANINGS, Missed
    from kubectl_replay.reasons import Reason

    if any(words.read(trouble) is Reason.RBAC_DENIED for trouble in troubles):
        note(f"next: {MEANINGS[Missed.LOGS_DENIED].advice}")


def _tell_unknown(show: Show) -> None:
    """Say how many alerts may have been of the runs that were asked for."""
    unknown = show.choice.unknown if show.choice else 0
    if unknown:
        count = "1 alert" if unknown == 1 else f"{unknown} alerts"
        what = "without a pod and without a container that still exists"
        note(f"notice: {count} {what} {'was' if unknown == 1 else 'were'} left out")
