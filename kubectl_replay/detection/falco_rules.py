"""What Falco answers when it is asked for its rules (`falco -L`) and for its configuration."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay.detection.falco_text import PRIORITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME_COLUMNS: Final = 50
"""How wide the names are in the table of rules (Falco: format_described_rules_as_text)."""


@dataclass(frozen=True)
class Rule:
    """A rule that Falco has loaded; what its answer does not say is empty or None."""

    name: str
    priority: str = ""
    source: str = ""
    enabled: bool | None = None
    tags: tuple[str, ...] = ()


def parse_rules(answer: str) -> tuple[Rule, ...]:
    """Read the answer of `falco -L`: JSON where Falco prints JSON, else its table of names."""
    found = _read_json(answer)
    if found is not None:
        return tuple(_rule(item) for item in found["rules"] if isinstance(item, dict))
    return tuple(Rule(name) for name in _names(answer))


def _read_json(answer: str) -> Mapping[str, Any] | None:
    for line in answer.splitlines():
        if line.startswith("{"):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict) and isinstance(found.get("rules"), list):
                return found
    return None


def _rule(item: Mapping[str, Any]) -> Rule:
    info = item.get("info")
    info = info if isinstance(info, dict) else item
    enabled, tags = info.get("enabled"), info.get("tags")
    return Rule(
        name=str(info.get("name", "")),
        priority=str(info.get("priority", "")),
        source=str(info.get("source", "")),
        enabled=enabled if isinstance(enabled, bool) else None,
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
    )


def _names(answer: str) -> Iterator[str]:
    """Yield the names of the table: the lines below its head that do not go on with a description."""
    _, _, table = answer.partition("----")
    for line in table.splitlines()[1:]:
        if line[:1].strip() and (name := line[:_NAME_COLUMNS].strip()):
            yield name


@dataclass(frozen=True)
class Configuration:
    """What falco.yaml says of how alerts are printed; None where it says nothing."""

    priority: str = ""
    stdout: bool | None = None
    json: bool | None = None
    matching: str = ""
    plugins: tuple[str, ...] = ()

    def under(self, stronger: Configuration) -> Configuration:
        """Return what both say together; where they differ the stronger one counts."""
        return Configuration(
            priority=stronger.priority or self.priority,
            stdout=self.stdout if stronger.stdout is None else stronger.stdout,
            json=self.json if stronger.json is None else stronger.json,
            matching=stronger.matching or self.matching,
            plugins=stronger.plugins or self.plugins,
        )

    def hides(self, priority: str) -> bool | None:
        """Whether alerts of this priority are below the minimum; None where one of them is not known."""
        order = [name.lower() for name in PRIORITIES]
        least, asked = _known(self.priority, order), _known(priority, order)
        return None if least is None or asked is None else asked > least


def _known(priority: str, order: list[str]) -> int | None:
    """Return the place of a priority, the gravest first; rule files write INFO for Informational."""
    name = "informational" if priority.lower() == "info" else priority.lower()
    return order.index(name) if name in order else None


def parse_configuration(answer: str) -> Configuration | None:
    """Read falco.yaml, or a file that adds to it; None for what is neither empty nor a mapping."""
    import yaml  # noqa: PLC0415 - only --diagnose and doctor need it

    try:
        found = yaml.safe_load(answer)
    except yaml.YAMLError:
        return None
    if found is None:
        return Configuration()
    if not isinstance(found, dict):
        return None
    stdout = found.get("stdout_output")
    return Configuration(
        priority=str(found.get("priority", "")),
        stdout=_truth(stdout.get("enabled")) if isinstance(stdout, dict) else None,
        json=_truth(found.get("json_output")),
        matching=str(found.get("rule_matching", "")),
        plugins=tuple(map(str, found.get("load_plugins") or ())),
    )


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
