"""A scenario's folder to a Scenario, or to everything that is wrong with it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from kubectl_replay.scenario import FILE_NAME, rules
from kubectl_replay.scenario.nodes import Unreadable, compose, read
from kubectl_replay.scenario.notes import Notes
from kubectl_replay.scenario.problem import Problem, ScenarioInvalid
from kubectl_replay.scenario.reader import Reader
from kubectl_replay.scenario.spec import Scenario

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Problem", "ScenarioInvalid", "load"]


def load(folder: Path) -> Scenario:
    """Give the scenario of a folder, or raise ScenarioInvalid with all its problems."""
    path = folder / FILE_NAME
    try:
        node = compose(read(path))
    except Unreadable as error:
        raise ScenarioInvalid([Problem(path, error.line, error.column, str(error))]) from None
    notes = Notes(path)
    scenario = _completed(Reader(Scenario, notes).record(Scenario, node, ()), folder, notes)
    rules.check(scenario, notes)
    if notes.problems:
        raise ScenarioInvalid(notes.problems)
    return dataclasses.replace(scenario, notices=rules.unused_scripts(scenario))


def _completed(scenario: Scenario, folder: Path, notes: Notes) -> Scenario:
    hooks = scenario.hooks
    if scenario.trigger.kind == "script" and hooks.trigger is None:
        hooks = dataclasses.replace(hooks, trigger="trigger.sh")
        notes.stands(("hooks", "trigger"), notes.place(("trigger", "kind")))
    return dataclasses.replace(scenario, folder=folder, hooks=hooks)
