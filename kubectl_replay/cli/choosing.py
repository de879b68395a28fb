"""Which runs are meant where alerts are looked at: those of a scenario, or one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from kubectl_replay.cli.lookup import entries, find
from kubectl_replay.cli.options import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.detection.selection import Selection
    from kubectl_replay.scenario.spec import Scenario


@dataclass(frozen=True)
class Wanted:
    """The pods of these runs, and the label selector that finds those that exist."""

    selection: Selection
    selector: str


def choose(ctx: click.Context, scenario_id: str | None, run: str | None) -> Wanted | None:
    """Return which runs are meant, None where all alerts are.

    Raises `Failure` where the scenario's folder has errors, and a usage error where there is none.
    """
    from kubectl_replay import ownership
    from kubectl_replay.detection.selection import Selection

    if run is not None and not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", run):
        raise click.UsageError(f"--run {run}: a run's id has lower-case letters and digits only.")
    if not scenario_id and not run:
        return None
    names: frozenset[str] = frozenset()
    if scenario_id:
        scenario = _load(ctx, scenario_id)
        names, namespaces = _names(scenario), frozenset({_namespace(ctx, scenario)})
    else:
        namespaces = frozenset(_namespaces(ctx))
    selector = ownership.selector(scenario=scenario_id or "", run=run or "")
    return Wanted(Selection(namespaces, names, run or ""), selector)


def _load(ctx: click.Context, scenario_id: str) -> Scenario:
    from kubectl_replay.errors import Failure
    from kubectl_replay.reasons import Reason
    from kubectl_replay.scenario.loader import load
    from kubectl_replay.scenario.problem import ScenarioInvalid

    try:
        return load(find(ctx, scenario_id).folder)
    except ScenarioInvalid as invalid:
        said = "\n".join(map(str, invalid.problems))
        sentence = f'The folder of "{scenario_id}" has errors.'
        raise Failure(Reason.SCENARIO_INVALID, sentence, words=said) from None


def _names(scenario: Scenario) -> frozenset[str]:
    """Return what all that the scenario creates is called, its pods and what makes pods among it."""
    from kubectl_replay import manifests

    objects = manifests.read_objects(scenario, manifests.all_paths(scenario))
    return frozenset({scenario.workload.pod_name, *(item.name for item in objects)})


def _namespace(ctx: click.Context, scenario: Scenario) -> str:
    from kubectl_replay.request import RunRequest

    return RunRequest(connection(ctx), os.environ).namespace(scenario)


def _namespaces(ctx: click.Context) -> Iterator[str]:
    """Yield the namespaces in which a run may be whose scenario nobody named; folders with errors aside."""
    from kubectl_replay.request import DEFAULT_NAMESPACE
    from kubectl_replay.scenario.loader import load
    from kubectl_replay.scenario.problem import ScenarioInvalid

    base = connection(ctx).namespace or DEFAULT_NAMESPACE
    yield from (base, f"{base}-privileged")
    for entry in entries(ctx):
        try:
            yield _namespace(ctx, load(entry.folder))
        except ScenarioInvalid:
            continue
