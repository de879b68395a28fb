"""What the commands about Falco have in common: the way to its agents."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from kubectl_replay.cli.options import connection, given
from kubectl_replay.cli.printing import note

if TYPE_CHECKING:
    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.detection.discovery import Discovery
    from kubectl_replay.errors import Failure
    from kubectl_replay.kubectl import Kubectl

NAMESPACE_VARIABLE = "FALCO_NAMESPACE"

SUBJECT = click.argument("subject", metavar="falco", type=click.Choice(["falco"]))
"""What to look at: nothing else so far."""


def refuse_namespace(ctx: click.Context) -> None:
    """Refuse -n where no run is meant: it is never Falco's namespace."""
    if given(ctx).get("namespace"):
        raise click.UsageError(
            f"-n names the namespace of runs; {NAMESPACE_VARIABLE}=NAME names Falco's, which is else looked"
            " for in all namespaces."
        )


def enter(ctx: click.Context) -> Kubectl:
    """Return kubectl, pinned to a cluster that the guard accepts; its notices are told."""
    from dataclasses import replace

    from kubectl_replay import access

    kubectl, notices = access.enter(replace(connection(ctx), namespace=""), (), os.environ)
    for notice in notices:
        note(f"notice: {notice}")
    return kubectl


def look(kubectl: Kubectl) -> Discovery:
    """Look for Falco, where FALCO_NAMESPACE says or everywhere."""
    from kubectl_replay.detection.discovery import discover

    return discover(kubectl, os.environ.get(NAMESPACE_VARIABLE, ""))


def find(kubectl: Kubectl) -> tuple[Agent, ...]:
    """Return Falco's agents. Raises `Failure` where none is found, or nobody may look."""
    found = look(kubectl)
    if found.failed or not found.agents:
        raise _missing(found)
    return found.agents


def _missing(found: Discovery) -> Failure:
    from kubectl_replay import words
    from kubectl_replay.detection.reasons import MEANINGS, Missed
    from kubectl_replay.errors import Failure
    from kubectl_replay.reasons import Reason

    answer = found.failed
    if answer is None:
        where = os.environ.get(NAMESPACE_VARIABLE, "")
        place = f"in the namespace {where}, which {NAMESPACE_VARIABLE} names" if where else "in this cluster"
        return Failure(Reason.FALCO_MISSING, f"There is no Falco {place}.")
    if found.forbidden:
        denied = MEANINGS[Missed.BACKEND_DISCOVERY_DENIED]
        said = {"command": answer.command, "words": answer.err, "next_step": denied.advice}
        return Failure(Reason.BACKEND_DISCOVERY_DENIED, denied.sentence, **said)
    meaning = words.read(answer.err)
    return Failure.of(meaning if isinstance(meaning, Reason) else Reason.CLUSTER_UNREACHABLE, answer)
