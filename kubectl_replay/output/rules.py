"""The rules of each Falco as text and as a JSON document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kubectl_replay.output.box import columns, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_replay.detection.falco_rules import Rule
    from kubectl_replay.detection.fleet import Fleet

SCHEMA_VERSION: Final = "1"
HEAD: Final = ("RULE", "PRIORITY", "SOURCE", "ENABLED", "EXPECTED BY")
NOTHING: Final = "-"

Expected = dict[str, list[str]]
"""The names of rules, each with the scenarios that expect it."""


@dataclass(frozen=True)
class Loaded:
    """What was learned of one Falco: its rules, else the files that its start named, else nothing."""

    fleet: Fleet
    rules: tuple[Rule, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything was learned."""
        return bool(self.rules or self.files)


def as_text(found: Sequence[Loaded], expected: Expected) -> str:
    """Return a table for each Falco; where only files are known, a line for each of these."""
    lines = (*_lines([item for item in found if item.known], expected), *_missing(found, expected))
    return "".join(f"{printable(line)}\n" for line in lines)


def not_loaded(found: Sequence[Loaded], expected: Expected) -> Expected | None:
    """Return the expected rules that no Falco has enabled; None where the rules of one are not known."""
    if not all(item.rules for item in found):
        return None
    loaded = {rule.name for item in found for rule in item.rules if rule.enabled is not False}
    return {rule: scenarios for rule, scenarios in expected.items() if rule not in loaded}


def _missing(found: Sequence[Loaded], expected: Expected) -> Iterator[str]:
    missing = not_loaded(found, expected)
    if missing:
        yield from ("", "Expected, and not loaded or not enabled:")
        yield from (f"{rule} ({', '.join(scenarios)})" for rule, scenarios in missing.items())


def _lines(found: Sequence[Loaded], expected: Expected) -> Iterator[str]:
    for place, item in enumerate(found):
        if place:
            yield ""
        agent = item.fleet.spokesman.pod
        if item.rules:
            count = "1 rule" if len(item.rules) == 1 else f"{len(item.rules)} rules"
            yield f"{item.fleet.name}: {count}, as {agent} says"
            yield from _table([HEAD, *(_cells(rule, expected) for rule in item.rules)])
        else:
            yield f"{item.fleet.name}: rules not known; files that {agent} loaded at its start:"
            yield from item.files


def _cells(rule: Rule, expected: Expected) -> tuple[str, ...]:
    enabled = {True: "yes", False: "no", None: NOTHING}[rule.enabled]
    scenarios = ", ".join(expected.get(rule.name, ()))
    return rule.name, rule.priority or NOTHING, rule.source or NOTHING, enabled, scenarios or NOTHING


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell}{' ' * (width - columns(cell))}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def as_json(found: Sequence[Loaded], expected: Expected) -> str:
    """Return one JSON document; `rules` is null where they are not known, and so is `not_loaded` then."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "falco": [_entry(item, expected) for item in found],
        "not_loaded": not_loaded(found, expected),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _entry(item: Loaded, expected: Expected) -> Mapping[str, object]:
    agent = item.fleet.spokesman
    rules = [
        {
            "name": rule.name,
            "priority": rule.priority,
            "source": rule.source,
            "enabled": rule.enabled,
            "tags": list(rule.tags),
            "expected_by": expected.get(rule.name, []),
        }
        for rule in item.rules
    ]
    names = {"namespace": agent.namespace, "owner": agent.owner, "pod": agent.pod, "node": agent.node}
    return {**names, "rules": rules or None, "rules_files": list(item.files)}
