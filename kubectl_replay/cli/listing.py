"""`list`: the scenarios there are, and where they come from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kubectl_replay.cli.lookup import entries
from kubectl_replay.cli.options import Command
from kubectl_replay.cli.printing import emit, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_replay.catalog import Entry

    Row = dict[str, object]


@click.command("list", cls=Command)
@click.option(
    "-o", "--output", type=click.Choice(["wide", "json", "yaml", "name"]), help="How to print them."
)
@click.pass_context
def command(ctx: click.Context, output: str | None) -> int:
    """List the scenarios. Asks no cluster."""
    found = entries(ctx)
    if output == "name":
        lines = [entry.id for entry in found]
    elif output in {"json", "yaml"}:
        lines = [_as_data([_row(entry) for entry in found], output)]
    else:
        lines = _table([_row(entry) for entry in found], wide=output == "wide")
    return emit("".join(f"{line}\n" for line in lines), 0)


def _row(entry: Entry) -> Row:
    """Say what is known of a scenario; a broken folder is listed with what is wrong."""
    from kubectl_replay.scenario.loader import load
    from kubectl_replay.scenario.problem import ScenarioInvalid

    row: Row = {"id": entry.id, "source": entry.source.label, "folder": str(entry.folder)}
    try:
        scenario = load(entry.folder)
    except ScenarioInvalid as invalid:
        return row | {"problems": [str(problem) for problem in invalid.problems]}
    return row | {
        "title": scenario.title,
        "safety": scenario.safety,
        "tags": list(scenario.tags),
        "attack": [technique.id for technique in scenario.attack],
    }


def _as_data(rows: Sequence[Row], output: str) -> str:
    if output == "json":
        return json.dumps(rows, indent=2, ensure_ascii=False)
    import yaml

    return str(yaml.safe_dump(list(rows), sort_keys=False, allow_unicode=True)).rstrip()


def _table(rows: Sequence[Row], *, wide: bool) -> list[str]:
    """Align the columns; the source is what tells two folders of the same id apart."""
    head = ("ID", "TITLE", "SAFETY", "ATT&CK", "SOURCE") if wide else ("ID", "TITLE")
    cells = [head, *(_cells(row)[: len(head)] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _cells(row: Row) -> tuple[str, ...]:
    problems = row.get("problems")
    if isinstance(problems, list):
        note("\n".join(problems))
        return str(row["id"]), f"broken: {len(problems)} problems", "-", "-", str(row["folder"])
    attack = row["attack"]
    techniques = ",".join(attack) if isinstance(attack, list) else ""
    where = f"{row['source']} {row['folder']}"
    return str(row["id"]), str(row["title"]), str(row["safety"]), techniques or "-", where
