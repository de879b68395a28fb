"""`rules`: what Falco has loaded, as it says itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kubectl_replay.cli import falco
from kubectl_replay.cli.lookup import entries
from kubectl_replay.cli.options import Command, switch
from kubectl_replay.cli.printing import emit, note

if TYPE_CHECKING:
    from kubectl_replay.backends.diagnosis import Answer
    from kubectl_replay.detection.fleet import Fleet
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.output.rules import Expected, Loaded


@click.command("rules", cls=Command)
@falco.SUBJECT
@click.option("-o", "--output", type=click.Choice(["text", "json"]), help="What to print. [text]")
@click.pass_context
def command(ctx: click.Context, subject: str, output: str | None) -> int:  # noqa: ARG001 - only one subject
    """List the rules that Falco has loaded, and which scenarios expect them.

    Of each DaemonSet or Deployment one agent is asked, by `falco -L` in its container, which may raise alerts
    of its own. Where that is forbidden or fails, the rules files that its log names are listed instead, and
    the rules are not known. Ends 20 where nothing could be learned.
    """
    from kubectl_replay.detection.fleet import part
    from kubectl_replay.output.rules import as_json, as_text

    falco.refuse_namespace(ctx)
    kubectl = falco.enter(ctx)
    found = [_ask(kubectl, fleet) for fleet in part(falco.find(kubectl))]
    if not any(item.known for item in found):
        return 20
    wanted = output or ("json" if switch("JSON") else "text")
    return emit((as_json if wanted == "json" else as_text)(found, _expected(ctx)), 0)


def _ask(kubectl: Kubectl, fleet: Fleet) -> Loaded:
    """Ask one agent for its rules; where it does not tell, look which files its start named."""
    from kubectl_replay.backends import diagnosis
    from kubectl_replay.backends.agent_log import read_whole
    from kubectl_replay.output.rules import Loaded

    agent = fleet.spokesman
    answer = diagnosis.ask(kubectl, agent)
    if answer.rules:
        return Loaded(fleet, answer.rules)
    note(f"error: {agent.namespace}/{agent.pod} does not tell its rules: {_why(answer)}")
    (reading,) = read_whole(kubectl, [agent])
    files = tuple(reading.log.rules_files)
    if not files:
        why = reading.failure or "it does not reach back to Falco's start"
        note(f"error: its log does not name its rules files: {why}")
    return Loaded(fleet, files=files)


def _why(answer: Answer) -> str:
    from kubectl_replay import words
    from kubectl_replay.doctor.finding import explain
    from kubectl_replay.reasons import Reason

    if answer.failed is None:
        return "the answer of `falco -L` names none"
    command, said = f"\ncommand: {answer.failed.command}", explain(answer.failed)
    denied = words.read(answer.failed.err) is Reason.RBAC_DENIED
    return f"{said}{command}" + ("\nnext: ask for a Role there: pods/exec create, get" if denied else "")


def _expected(ctx: click.Context) -> Expected:
    """Return the rules that scenarios expect; one whose folder has errors is told and left out."""
    from kubectl_replay.scenario.loader import load
    from kubectl_replay.scenario.problem import ScenarioInvalid

    expected: Expected = {}
    for entry in entries(ctx):
        try:
            falco_expectation = load(entry.folder).detection.falco
        except ScenarioInvalid:
            note(f"notice: {entry.folder} cannot be read; `kubectl replay show {entry.id}` says why")
            continue
        for rule in falco_expectation.rules if falco_expectation.enabled else ():
            expected.setdefault(rule, []).append(entry.id)
    return expected
