"""The user documents: links lead somewhere, commands parse, words and names are those of the code."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess  # noqa: TID251 - `make -n` is asked, and nothing else
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from kubectl_replay import result
from kubectl_replay.cli.commands import COMMANDS as NAMED
from kubectl_replay.cli.main import BUG, PROGRAM, USAGE
from kubectl_replay.cli.root import root
from kubectl_replay.hooks import facts
from kubectl_replay.interruption import SIGNALS
from kubectl_replay.scenario.loader import load
from kubectl_replay.scenario.parts import Trigger
from kubectl_replay.scenario.placeholders import FAMILIES, NAMES
from kubectl_replay.scenario.spec import declared
from tests import generated
from tests.documents import HOME, Command, Document, documents
from tests.e2e.accounts import MINIMAL
from tests.e2e.falco.test_detection_rights import LOGS, PODS
from tests.unit.runs import pinned_run

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = documents()
COMMANDS = [(document, command) for document in DOCUMENTS for command in document.commands]
FORBIDDEN = re.compile(r"\b(attack|exploit|weaponi[sz]e|compromis|malicious|payload|hack)\w*", re.IGNORECASE)
ALLOWED = ("attack.mitre.org", "`attack`", "`attack[", "`attack.")
COMMAND_NAMES = set(NAMED)
BUILT_IN = {folder.name for folder in (HOME / "scenarios").iterdir()}
EXAMPLES = {folder.name for folder in (HOME / "docs" / "examples").iterdir()}


def _name(value: object) -> str:
    if isinstance(value, Document):
        return value.name
    return str(value.line) if isinstance(value, Command) else str(value)


def test_there_are_documents_with_commands_and_files() -> None:
    assert {"README.md", "docs/advanced-usage.md", "scenarios/shell-spawn/README.md"} <= {
        document.name for document in DOCUMENTS
    }
    assert len(COMMANDS) > 60
    assert sum(len(document.files) for document in DOCUMENTS) >= 4


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(document: Document) -> None:
    for link in document.links:
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (document.path.parent / file).resolve() if file else document.path
        assert target.exists(), link
        assert not anchor or anchor in Document(target).anchors, link


def _texts() -> Iterator[tuple[Path, str]]:
    for folder in ("scenarios", "docs/examples"):
        yield from ((path, path.read_text("utf-8")) for path in (HOME / folder).rglob("*") if path.is_file())
    yield from ((document.path, document.text) for document in DOCUMENTS)


def test_no_text_sounds_as_if_a_scenario_did_harm() -> None:
    found = []
    for path, text in _texts():
        for number, line in enumerate(text.splitlines(), 1):
            kept = re.sub(r"^attack:$", "", line)
            for allowed in ALLOWED:
                kept = kept.replace(allowed, "")
            found += [f"{path}:{number}: {word[0]}" for word in FORBIDDEN.finditer(kept)]
    assert found == []


@pytest.mark.parametrize("word", ["Attack", "exploits", "weaponized", "compromised", "hacking", "payload"])
def test_a_forbidden_word_is_found_in_every_form(word: str) -> None:
    assert FORBIDDEN.search(f"so {word} it")
    assert not FORBIDDEN.search("MITRE ATT&CK")


def _replay_words(command: Command) -> Iterator[list[str]]:
    for call in command.calls:
        if call[:2] == ["kubectl", "replay"]:
            yield call[2:]
        elif call[0] == "make":
            yield from _made_words(call[1:])


def _made_words(words: list[str]) -> Iterator[list[str]]:
    """Give what a make target passes on, ARGS included."""
    passed = [part for word in words if word.startswith("ARGS=") for part in shlex.split(word[5:])]
    for word in words:
        target = re.fullmatch(r"(scenario|cleanup)-(.+)", word)
        if target:
            yield ["run" if target[1] == "scenario" else "cleanup", target[2], *passed]


REPLAYS = [(document, command) for document, command in COMMANDS if any(_replay_words(command))]
MAKES = [(document, command) for document, command in COMMANDS if any(c[0] == "make" for c in command.calls)]


@pytest.mark.parametrize(("document", "command"), REPLAYS, ids=_name)
def test_every_command_is_one_that_the_command_line_takes(
    document: Document, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in {file for other in document.commands for file in other.writes}:
        Path(file).touch()
    for words in _replay_words(command):
        parsed = _parse(words)
        ids = {value for key in ("ids", "scenario_id") for value in _listed(parsed.params.get(key))}
        own = {Path(path).parent.name for path in document.files}
        assert ids <= BUILT_IN | EXAMPLES | own, f"{document.name}:{command.line}"


def _parse(words: list[str]) -> click.Context:
    """Parse the words as a call would, down to the command's own options; runs nothing."""
    context = root.make_context(PROGRAM, list(words))
    command: click.Command = root
    while isinstance(command, click.Group) and context._protected_args + context.args:
        name, found, rest = command.resolve_command(context, context._protected_args + context.args)
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)
    return context


def _listed(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),) if value else ()


@pytest.mark.parametrize(
    "words", [["run", "--nonsense"], ["shell-spawn", "--parallel", "0"], ["version", "x"]]
)
def test_what_the_command_line_does_not_take_is_noticed(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        _parse(words)


@pytest.mark.real_programs
@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make on PATH")
@pytest.mark.parametrize(("document", "command"), MAKES, ids=_name)
def test_every_make_target_exists(document: Document, command: Command) -> None:
    for call in command.calls:
        assert call[0] == "make"
        assert _make(call[1:]) == 0, f"{document.name}:{command.line}"
        variables = {word.partition("=")[0] for word in call[1:] if "=" in word}
        assert variables <= {"ARGS", "STRICT"} | _listed_variables()


@pytest.mark.real_programs
@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make on PATH")
def test_a_make_target_that_does_not_exist_is_noticed() -> None:
    assert _make(["nonsense"]) == 2


def _make(words: list[str]) -> int:
    make = shutil.which("make") or "make"
    return subprocess.run(
        [make, "-n", "-o", ".venv", "-C", str(HOME), *words], capture_output=True, check=False
    ).returncode


def test_every_reason_not_to_run_a_block_stands_before_commands() -> None:
    for document in DOCUMENTS:
        noted = [block for block in document.blocks if block.not_run]
        assert len(noted) == len(re.findall("^<!-- not run: ", document.text, re.MULTILINE))
        assert all(block.kind == "commands" for block in noted), document.name
        assert len(document.files) == len(re.findall("^<!-- file: ", document.text, re.MULTILINE))


def test_every_stated_exit_code_is_one_that_a_command_can_end_with() -> None:
    stated = {command.ends for _, command in COMMANDS if command.ends is not None}
    assert stated <= {*result.CODES.values(), USAGE}
    assert {0, 2, 10, 20, 21, 24} <= stated


def test_the_table_of_exit_codes_has_every_code_and_no_other() -> None:
    listed = {int(code) for codes, _ in generated.CODES for code in codes.split(", ")}
    assert listed == {*result.CODES.values(), USAGE, BUG, *(128 + signum for signum in SIGNALS)}


def test_the_box_of_the_readme_is_the_one_that_the_demo_is_compared_with() -> None:
    golden = (HOME / "tests/e2e/golden/demo.txt").read_text("utf-8")
    assert f"```\n{golden.rstrip()}\n```" in (HOME / "README.md").read_text("utf-8")


def test_the_readme_names_every_command_in_its_table() -> None:
    page = (
        (HOME / "README.md").read_text("utf-8").partition("All commands:\n")[2].partition("\n\nThe same")[0]
    )
    named = {words.split()[0] for words in re.findall(r"`([a-z]+(?: [^`]*)?)`", page)}
    assert sorted(COMMAND_NAMES - named) == []


def _read_variables() -> set[str]:
    """Find each environment variable that the code looks at: by switch(), .get() or [] of an environment."""
    found = set()
    for path in (HOME / "kubectl_replay").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        constants = dict(_constants(tree))
        for node in ast.walk(tree):
            for name in _looked_up(node):
                value = (
                    name.value if isinstance(name, ast.Constant) else constants.get(getattr(name, "id", ""))
                )
                found |= {value} if isinstance(value, str) and value else set()
    return found


def _constants(tree: ast.Module) -> Iterator[tuple[str, object]]:
    for node in tree.body:
        targets = (
            [node.target]
            if isinstance(node, ast.AnnAssign)
            else node.targets
            if isinstance(node, ast.Assign)
            else []
        )
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                yield target.id, value.value


def _looked_up(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call) and node.args:
        name = ast.unparse(node.func)
        if name in {"switch", "read_switch"} or name.endswith("environ.get"):
            yield node.args[0]
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
        yield node.slice
    if isinstance(node, ast.keyword) and node.arg == "envvar":
        yield node.value
    if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]).endswith("environ"):
        yield node.left


def _scenario_variables() -> set[str]:
    loaded = [load(HOME / "scenarios" / name) for name in BUILT_IN]
    return {item.env for scenario in loaded for item in scenario.parameters.values() if item.env}


def _listed_variables() -> set[str]:
    reference = Document(HOME / "docs/reference.md").text.partition("## Environment\n")[2]
    cells = re.findall(r"^\| (`[^|]*`) \|", reference, re.MULTILINE)
    listed = [name for cell in cells for name in re.findall(r"`([A-Z_]+)(?:=\w+)?`", cell)]
    assert len(listed) == len(set(listed))
    return set(listed)


def test_the_table_of_variables_names_all_that_the_code_reads_and_no_other() -> None:
    assert _listed_variables() == (_read_variables() | _scenario_variables()) - {"PATH"}


def test_every_variable_of_ours_that_a_document_names_exists() -> None:
    reference = set(re.findall(r"REPLAY_[A-Z_]+[A-Z]", Document(HOME / "docs/reference.md").text))
    told = {*facts(pinned_run()), "REPLAY_SET_NAME", "REPLAY_SET_GREETING"}
    tests = {"REPLAY_E2E_CONTEXT", "REPLAY_E2E_KUBECTL"}
    for document in DOCUMENTS:
        named = set(re.findall(r"(?<![A-Z_])REPLAY_[A-Z_0-9]*[A-Z0-9]", document.text))
        assert named <= reference | told | tests, document.name


def test_the_authoring_page_tells_what_a_hook_is_told() -> None:
    page = (HOME / "docs/scenario-authoring.md").read_text("utf-8")
    assert [name for name in facts(pinned_run()) if f"`{name}`" not in page and "_SET_" not in name] == []


def _first_column(title: str) -> list[str]:
    page = (HOME / "docs/scenario-authoring.md").read_text("utf-8")
    section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_the_authoring_page_has_every_placeholder() -> None:
    known = [*NAMES, *(f"{family}.NAME" for family in FAMILIES)]
    assert sorted(_first_column("Placeholders")) == sorted(f"{{{{replay.{name}}}}}" for name in known)


def test_the_authoring_page_has_every_trigger_kind() -> None:
    kinds = next(key.choices for key in declared(Trigger) if key.name == "kind")
    assert sorted(_first_column("Trigger kinds")) == sorted(kinds)


def test_the_scenarios_that_documents_give_load(tmp_path: Path) -> None:
    loaded = 0
    for document in DOCUMENTS:
        for path, text in document.files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, "utf-8")
            list(yaml.safe_load_all(text))
        for path in document.files:
            if Path(path).name == "scenario.yaml":
                load((tmp_path / path).parent)
                loaded += 1
    assert loaded


@pytest.mark.parametrize(
    ("page", "file", "rules"),
    [
        ("docs/advanced-usage.md", "role.yaml", MINIMAL),
        ("docs/detection.md", "falco-reader.yaml", (PODS, LOGS)),
    ],
)
def test_the_roles_that_are_published_are_those_that_are_tested(
    page: str, file: str, rules: tuple[dict[str, list[str]], ...]
) -> None:
    bodies = yaml.safe_load_all(Document(HOME / page).files[file])
    assert [body["rules"] for body in bodies if body["kind"] == "Role"] == [list(rules)]
