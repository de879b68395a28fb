"""The documents that the code writes: `python -m tests.generated`; `--check` only names stale ones."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kubectl_replay import catalog
from kubectl_replay.cli.main import PROGRAM
from kubectl_replay.cli.root import root
from kubectl_replay.detection.check import AUDIT_CAUSES, FALCO_CAUSES
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.output import schema
from kubectl_replay.reasons import FAILURE_CODES, REASONS, Phase
from kubectl_replay.scenario.declaration import declared
from kubectl_replay.scenario.evidence import EvidenceKinds
from kubectl_replay.scenario.loader import load
from tests import fields, rule_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kubectl_replay.detection.verdict import Word
    from kubectl_replay.scenario.spec import Scenario

HOME = Path(__file__).parent.parent

CODES = (
    ("0", "scenario passed, detection verified"),
    ("10", "passed, detection skipped: no backend, switched off, or nothing expected"),
    ("11", "passed, detection not verified"),
    ("20", "preflight failed"),
    ("21", "deploy failed"),
    ("22", "the workload did not become ready"),
    ("23", "trigger failed"),
    ("24", "behavior not observed"),
    ("25", "passed, but something of ours could not be removed"),
    ("2", "usage error; stdout is empty"),
    ("3", "a bug: one line and a report file"),
    ("130, 143, 129", "interrupted by SIGINT, SIGTERM, SIGHUP"),
)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def exit_codes() -> str:
    """Return the table of exit codes of a run."""
    return _table(("code", "meaning"), CODES)


def reasons() -> str:
    """Return the closed table of reasons."""
    return _table(("reason", "phase", "code", "what it says", "what to do"), _reasons())


def _reasons() -> Iterator[tuple[str, ...]]:
    for reason, meaning in REASONS.items():
        anywhere = set(meaning.phases) == set(Phase)
        phases = "any" if anywhere else ", ".join(meaning.phases)
        codes = ", ".join(str(FAILURE_CODES[phase]) for phase in meaning.phases if phase in FAILURE_CODES)
        special = {"interrupted": "130, 143, 129", "internal_error": "3"}
        yield f"`{reason}`", phases, special.get(reason, codes), meaning.sentence, meaning.advice


def missed() -> str:
    """Return the closed table of why a detection is missing."""
    rows = (
        (f"`{reason}`", f"`{_verdict(reason)}`", meaning.sentence, meaning.advice)
        for reason, meaning in MEANINGS.items()
    )
    return _table(("reason", "verdict", "what it says", "what to do"), rows)


def _verdict(reason: Missed) -> Word:
    """Return the verdict that has this reason."""
    if reason in {Missed.NO_BACKEND, Missed.DISABLED, Missed.NO_EXPECTATION}:
        return "skipped"
    if reason is Missed.OTHER_RULE:
        return "detected_by_other_rule"
    is_cause = reason in {*FALCO_CAUSES, *AUDIT_CAUSES, Missed.NO_ALERT}
    return "not_detected" if is_cause else "inconclusive"


def scenarios() -> str:
    """Return the catalogue of built-in scenarios."""
    rows = [
        (
            f"[`{item.id}`](scenarios/{item.id}/README.md)",
            item.behavior.description,
            ", ".join(f"{technique.id} {technique.name}" for technique in item.attack),
        )
        for item in _built_in()
    ]
    return _table(("id", "behavior", "MITRE ATT&CK"), rows)


def _built_in() -> list[Scenario]:
    entries = catalog.entries(catalog.sources([], {}, HOME / "nowhere"))
    return [load(entry.folder) for entry in entries]


def rules() -> str:
    """Return which rules and requests are expected to show each built-in scenario."""
    head = ("scenario", "Falco's rule", "its file is", "a stock Falco", "in the audit log", "ATT&CK")
    return _table(head, rule_mapping.mapping(_built_in()))


def rules_files() -> str:
    """Return where rules come from."""
    return _table(("file", "maturity", "looked at", "who has it"), rule_mapping.files())


def permissions() -> str:
    """Return the rights that each built-in scenario needs in its namespace."""
    rows = ((f"`{item.id}`", "<br>".join(item.requires.permissions)) for item in _built_in())
    return _table(("id", "rights in the namespace"), rows)


def field_table() -> str:
    """Return the keys of scenario.yaml: type, default, meaning and example of each."""
    return _table(("key", "type", "default", "meaning", "example"), fields.rows())


def evidence() -> str:
    """Return the kinds of evidence."""
    rows = (
        (
            f"`{key.name}`",
            key.declaration.meaning,
            "weak" if key.declaration.weak else "",
            f"`{fields.as_yaml({key.name: key.declaration.example})}`",
        )
        for key in declared(EvidenceKinds)
    )
    return _table(("kind", "holds when", "", "example"), rows)


def modules() -> str:
    """Return what each module and each package of ours is for, by its own first line."""
    home = HOME / "kubectl_replay"
    packages = {f"{path.parent.name}/": path for path in home.glob("*/__init__.py")}
    parts = {path.name: path for path in home.glob("[a-z]*.py")} | packages
    rows = ((f"`{name}`", _first_line(path)) for name, path in sorted(parts.items()))
    return _table(("module", "what it is for"), rows)


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def command_line() -> str:
    """Return the help of every command."""
    return "\n\n".join(f"```\n{text}\n```" for text in _help(root, PROGRAM, None))


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True, terminal_width=100)
    yield command.get_help(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from _help(found, inner, context)


def box() -> str:
    """Return the box of the demo on the local cluster, with which an end-to-end test compares it."""
    golden = (HOME / "tests/e2e/golden/demo.txt").read_text("utf-8")
    return f"```\n{golden.rstrip()}\n```"


def detected() -> str:
    """Return the block of the document, as an end-to-end test finds it where a Falco alerts."""
    return f"```json\n{_golden_document()}\n```"


def _golden_document() -> str:
    return (HOME / "tests/e2e/golden/detected.json").read_text("utf-8").rstrip()


def detected_line() -> str:
    """Return what the README's jq takes from that block."""
    block = json.loads(_golden_document())
    shown = {key: block[key] for key in ("verdict", "rule", "latency_seconds")}
    return f"```json\n{json.dumps(shown, separators=(',', ':'))}\n```"


BLOCKS: dict[str, Callable[[], str]] = {
    "box": box,
    "detected": detected,
    "detected-line": detected_line,
    "exit-codes": exit_codes,
    "reasons": reasons,
    "missed": missed,
    "scenarios": scenarios,
    "rules": rules,
    "rules-files": rules_files,
    "permissions": permissions,
    "fields": field_table,
    "modules": modules,
    "evidence": evidence,
    "command-line": command_line,
}


def filled(text: str) -> str:
    """Fill every `<!-- begin NAME -->` … `<!-- end NAME -->` of a document."""
    pattern = re.compile(r"(<!-- begin ([a-z-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{BLOCKS[found[2]]()}\n{found[3]}", text)


def documents() -> Iterator[tuple[Path, str]]:
    """Return every generated document with its content as it should be."""
    yield HOME / "docs/result.schema.json", json.dumps(schema.build(), indent=2) + "\n"
    for path in [HOME / "README.md", *sorted((HOME / "docs").glob("*.md"))]:
        yield path, filled(path.read_text("utf-8"))


def stale() -> list[Path]:
    """Return the documents whose content is not what the code says."""
    return [path for path, text in documents() if not path.exists() or path.read_text("utf-8") != text]


def main(words: list[str]) -> int:
    """Write the stale documents, or with --check only name them."""
    found = {path: text for path, text in documents() if path in stale()}
    for path, text in found.items():
        sys.stderr.write(f"{path.relative_to(HOME)} {'is stale: run `make docs`' if words else 'written'}\n")
        if not words:
            path.write_text(text, "utf-8")
    return 1 if words and found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
