"""What the words of `run` ask for: which scenarios, how often, and how each of them is run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kubectl_replay.batch import NotRun
from kubectl_replay.cli.lookup import entries, find
from kubectl_replay.cli.options import connection, switch
from kubectl_replay.cli.printing import note
from kubectl_replay.images import Replacements
from kubectl_replay.reasons import Reason
from kubectl_replay.request import RunRequest
from kubectl_replay.scenario.loader import load
from kubectl_replay.scenario.problem import ScenarioInvalid
from kubectl_replay.scenario.spec import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubectl_replay.catalog import Entry

    Options = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One scenario that was asked for; what its folder holds, or why that cannot be read."""

    entry: Entry
    scenario: Scenario | ScenarioInvalid


def choose(ctx: click.Context, options: Options) -> list[Asked]:
    """Return the scenarios that ids, --all or --tag name; words that name none are a usage error."""
    ids, everything, tags = options["ids"], options["everything"], set(options["tag"])
    if sum(map(bool, (ids, everything, tags))) != 1:
        raise click.UsageError("Name scenarios, or --all, or --tag.")
    if ids:
        return [_read(find(ctx, scenario_id)) for scenario_id in ids]
    found = [_read(entry) for entry in entries(ctx)]
    chosen = found if everything else [asked for asked in found if tags & set(_tags(asked))]
    if not chosen:
        raise click.UsageError(
            f"No scenario has the tag {' or '.join(sorted(tags))}." if tags else "No scenarios."
        )
    return chosen


def _read(entry: Entry) -> Asked:
    try:
        return Asked(entry, load(entry.folder))
    except ScenarioInvalid as invalid:
        return Asked(entry, invalid)


def _tags(asked: Asked) -> Sequence[str]:
    """Return the tags of a scenario; one that cannot be read is told and has none."""
    if isinstance(asked.scenario, Scenario):
        return asked.scenario.tags
    note(f"notice: {asked.entry.folder} cannot be read: it has no tags")
    return ()


def request(ctx: click.Context, options: Options, asked: Sequence[Asked]) -> RunRequest:
    """Return how to run each scenario."""
    fast = options["fast"] or switch("FAST")
    backends = _backends(options)
    return RunRequest(
        connection=connection(ctx),
        environ=os.environ,
        settings=_settings(options["settings"], asked),
        detection=not options["no_detection"] and "none" not in backends,
        backends=backends,
        audit_log=options["audit_log"] or "",
        detect_seconds=options["detect_timeout"],
        diagnose=options["diagnose"],
        canary=options["canary"],
        allow_privileged=options["allow_privileged"] or switch("REPLAY_ALLOW_PRIVILEGED"),
        fast=fast,
        keep=fast or options["keep"] or switch("KEEP"),
        dry_run=options["dry_run"] or switch("DRY_RUN"),
        ready_seconds=options["ready_timeout"],
        node=options["node"] or "",
        pod_patch=_pod_patch(options["pod_patch"] or os.environ.get("REPLAY_POD_PATCH")),
        replacements=replacements(options),
        change_words=_change_words(options),
    )


def _backends(options: Options) -> tuple[str, ...]:
    """Read --backend; a file for the audit log names that detector as well."""
    named = tuple(dict.fromkeys([*options["backend"], *(["audit"] if options["audit_log"] else [])]))
    if "none" in named and len(named) > 1:
        raise click.UsageError("--backend none: no other detector can be named beside it.")
    return named


def _change_words(options: Options) -> tuple[str, ...]:
    """Repeat the flags that change what is created, for commands that a person can paste."""
    patch = options["pod_patch"] or os.environ.get("REPLAY_POD_PATCH")
    single = {"--registry": options["registry"], "--pod-patch": patch, "--node": options["node"]}
    repeated = {"--image": options["image"], "--set": options["settings"]}
    return (
        *(word for flag, value in single.items() if value for word in (flag, value)),
        *(word for flag, values in repeated.items() for value in values for word in (flag, value)),
    )


def part(asked: Sequence[Asked], request: RunRequest, *, named: bool) -> tuple[list[Asked], list[NotRun]]:
    """Leave privileged scenarios out that nobody named and nobody allowed."""

    def is_left_out(item: Asked) -> bool:
        privileged = isinstance(item.scenario, Scenario) and item.scenario.safety == "privileged"
        return privileged and not request.allow_privileged and not named

    refused = [NotRun(item.entry.id, Reason.PRIVILEGED_NOT_ALLOWED) for item in asked if is_left_out(item)]
    return [item for item in asked if not is_left_out(item)], refused


def _settings(pairs: Sequence[str], asked: Sequence[Asked]) -> dict[str, str]:
    """Read --set; every name must be a parameter of a scenario that was asked for."""
    scenarios = [item.scenario for item in asked if isinstance(item.scenario, Scenario)]
    known = {name for scenario in scenarios for name in scenario.parameters}
    settings = dict(_pair(pair, "--set", "NAME=VALUE") for pair in pairs)
    strange = [name for name in settings if name not in known]
    if strange and len(scenarios) == len(asked):
        has = f"they are {', '.join(sorted(known))}" if known else "there are none"
        raise click.UsageError(f"--set {strange[0]}: the scenario has no such parameter; {has}.")
    return settings


def replacements(options: Options) -> Replacements:
    """Read --image and --registry."""
    chosen = tuple(_pair(pair, "--image", "OLD=NEW") for pair in options["image"])
    return Replacements(chosen, options["registry"] or "")


def _pair(text: str, flag: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or (flag == "--image" and not value):
        raise click.UsageError(f"{flag} {text}: wanted {form}.")
    return name, value


def _pod_patch(path: str | None) -> Mapping[str, Any]:
    """Read the file of --pod-patch: a part of a Pod that is merged into every pod."""
    if not path:
        return {}
    from kubectl_replay.pod_patch import PodPatchInvalid, read

    try:
        return read(Path(path))
    except OSError as error:
        raise click.UsageError(f"--pod-patch {path}: {error.strerror}.") from None
    except PodPatchInvalid as invalid:
        problems = "\n".join(f"  {problem}" for problem in invalid.problems)
        raise click.UsageError(f"--pod-patch {path}: this is no part of a Pod.\n{problems}") from None
