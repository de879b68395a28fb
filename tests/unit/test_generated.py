"""What the documents take from the code."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kubectl_replay.cli.commands import COMMANDS
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.rules_file import how_to_have
from kubectl_replay.reasons import REASONS
from kubectl_replay.scenario.evidence import EvidenceKinds
from kubectl_replay.scenario.loader import load
from kubectl_replay.scenario.spec import declared
from tests import fields, generated, rule_mapping
from tests.documents import HOME
from tests.unit.scenario.built_in import BUILT_IN


def test_no_document_is_stale() -> None:
    assert [str(path.relative_to(HOME)) for path in generated.stale()] == []


def test_a_block_is_filled_and_what_is_around_it_stays() -> None:
    text = "a\n<!-- begin exit-codes -->\nold\n<!-- end exit-codes -->\nb\n"
    assert generated.filled(text) == (
        f"a\n<!-- begin exit-codes -->\n{generated.exit_codes()}\n<!-- end exit-codes -->\nb\n"
    )


def test_a_block_that_nothing_writes_is_an_error() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        generated.filled("<!-- begin nonsense -->\n<!-- end nonsense -->")


def test_every_block_stands_in_a_document() -> None:
    text = "".join(path.read_text("utf-8") for path, _ in generated.documents())
    assert [name for name in generated.BLOCKS if f"<!-- begin {name} -->" not in text] == []


def test_a_table_keeps_the_bars_of_its_cells() -> None:
    assert generated._table(["a"], [["b|c"]]) == "| a |\n| --- |\n| b\\|c |"


def test_every_reason_has_a_row() -> None:
    rows = generated.reasons().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [str(reason) for reason in REASONS]


def test_every_reason_for_a_missing_detection_has_a_row() -> None:
    rows = generated.missed().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [str(reason) for reason in Missed]


def test_every_built_in_scenario_has_a_row_with_its_rule_and_the_file_that_has_it() -> None:
    rows = [row.split(" | ") for row in generated.rules().splitlines()[2:]]
    assert [row[0].split("`")[1] for row in rows] == sorted(BUILT_IN)
    assert {row[2] for row in rows} == {"stable", "incubating", "plugin k8saudit", "none of Falco's"}
    assert rows[-1] == [
        "| [`shell-spawn`](../scenarios/shell-spawn/README.md)",
        "Terminal shell in container",
        "stable",
        "alerts",
        "`create pods/exec`<br>`get pods/exec`",
        "T1609, T1059.004 |",
    ]


def test_a_file_of_rules_that_nobody_looked_up_is_an_error() -> None:
    scenario = load(BUILT_IN["shell-spawn"])
    falco = replace(scenario.detection.falco, rules_file="ours.yaml")
    changed = replace(scenario, detection=replace(scenario.detection, falco=falco))
    with pytest.raises(KeyError, match=re.escape("ours.yaml")):
        list(rule_mapping.mapping([changed]))


def test_where_rules_come_from_is_told_for_every_file_that_the_code_knows() -> None:
    assert [file for file in rule_mapping.FILES if how_to_have(file).startswith("this rule is in ")] == []
    names = [row.split("`")[1] for row in generated.rules_files().splitlines()[2:]]
    assert names == list(rule_mapping.FILES)


def test_every_command_has_its_help() -> None:
    help_texts = generated.command_line()
    assert [name for name in COMMANDS if f"Usage: kubectl replay {name} " not in help_texts] == []


def test_every_kind_of_evidence_has_a_row() -> None:
    rows = generated.evidence().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [key.name for key in declared(EvidenceKinds)]


def test_the_table_of_fields_goes_into_every_mapping() -> None:
    names = [row[0] for row in fields.rows()]
    assert len(names) == len(set(names))
    for name in ("id", "parameters.NAME.env", "deploy.manifests[].when", "detection.audit.events[].verb"):
        assert f"`{name}`" in names


@pytest.mark.parametrize(
    "row",
    [
        ("`trigger.tty`", "true or false", "`false`", "Whether the command gets a terminal", "`true`"),
        ("`timeouts.ready_seconds`", "whole number, 1 to 3600", "`60`", "Until the pod is ready", "`60`"),
        ("`hooks.verify`", "text", "", "Judges the behavior, after the evidence", "`verify.sh`"),
        ("`attack[].version`", "text", "required"),
        ("`deploy.manifests`", "list of texts or mappings", "required"),
        ("`trigger.command`", "list of texts; placeholders", ""),
        ("`control`", "mapping", "", "The benign twin", "`{command: [id]}`"),
    ],
    ids=lambda row: row[0],
)
def test_a_field_is_told_as_it_is_declared(row: tuple[str, ...]) -> None:
    assert [found[: len(row)] for found in fields.rows() if found[0] == row[0]] == [row]


def test_no_cell_of_the_fields_breaks_its_row() -> None:
    assert [row for row in fields.rows() if "\n" in "".join(row)] == []
