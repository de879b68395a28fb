"""`show`: what a scenario does, before it is run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from kubectl_replay.cli.lookup import complete_ids, find
from kubectl_replay.cli.options import Command
from kubectl_replay.cli.printing import emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.scenario.evidence import Evidence
    from kubectl_replay.scenario.spec import Scenario


@click.command("show", cls=Command)
@click.argument("scenario_id", metavar="ID", shell_complete=complete_ids)
@click.pass_context
def command(ctx: click.Context, scenario_id: str) -> int:
    """Show what a scenario deploys, triggers, proves and expects. Asks no cluster."""
    from kubectl_replay.errors import Failure
    from kubectl_replay.reasons import Reason
    from kubectl_replay.scenario.loader import load
    from kubectl_replay.scenario.problem import ScenarioInvalid

    entry = find(ctx, scenario_id)
    try:
        scenario = load(entry.folder)
    except ScenarioInvalid as invalid:
        words = "\n".join(map(str, invalid.problems))
        raise Failure(
            Reason.SCENARIO_INVALID, f'The folder of "{scenario_id}" has errors.', words=words
        ) from None
    return emit("".join(f"{line}\n" for line in _lines(scenario)), 0)


def _lines(scenario: Scenario) -> Iterator[str]:
    yield f"{scenario.id}: {scenario.title}"
    yield " ".join(scenario.goal.split())
    yield ""
    yield f"safety     {scenario.safety}"
    yield from _what_it_does(scenario)
    yield from _what_it_expects(scenario)
    for name, parameter in scenario.parameters.items():
        yield f"parameter  {name}={parameter.default}: {parameter.help}"
    yield f"folder     {scenario.folder}"


def _what_it_does(scenario: Scenario) -> Iterator[str]:
    yield f"deploys    {', '.join(item.path for item in scenario.deploy.manifests)}"
    terminal = " (through a terminal)" if scenario.trigger.tty else ""
    command = scenario.hooks.trigger or shlex.join(scenario.trigger.command)
    yield f"triggers   {scenario.trigger.kind}: {command}{terminal}"
    yield f"behavior   {scenario.behavior.description}"
    for item in scenario.behavior.evidence:
        yield f"  evidence {_in_words(item)}"
    if scenario.hooks.verify:
        yield f"verifies   {scenario.hooks.verify}"
    if scenario.hooks.cleanup:
        yield f"cleans up  {scenario.hooks.cleanup}"


def _what_it_expects(scenario: Scenario) -> Iterator[str]:
    for semantic in scenario.detection.semantics:
        yield f"expects    alert for {semantic}"
    falco = scenario.detection.falco
    if falco.enabled and falco.rules:
        yield f"Falco      {' or '.join(falco.rules)}{f' ({falco.rules_file})' if falco.rules_file else ''}"
    if events := scenario.detection.audit.events:
        yield f"audit log  {' or '.join(map(str, events))}"
    for technique in scenario.attack:
        yield f"ATT&CK     {technique.id} {technique.name}"


def _in_words(evidence: Evidence) -> str:
    """Name a piece of evidence; where its value alone tells nothing (`proof: true`), say what must be so."""
    from kubectl_replay.evidence import describe

    meaning = f": {evidence.meaning[0].lower()}{evidence.meaning[1:]}" if evidence.value is True else ""
    return f"{describe(evidence)}{meaning}{' (weak)' if evidence.weak else ''}"
