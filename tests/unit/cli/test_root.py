"""The root: commands by name, everything else an id, and a start that imports next to nothing."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import click
import pytest

from kubectl_replay.cli import root as module
from kubectl_replay.cli.commands import COMMANDS
from kubectl_replay.cli.options import Command
from kubectl_replay.cli.root import root
from kubectl_replay.process import run
from kubectl_replay.scenario.spec import RESERVED_IDS

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Cli

CONTEXT = click.Context(root)


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("-v",)])
def test_help_names_every_command_with_its_line(cli: Cli, words: tuple[str, ...]) -> None:
    code, out, err = cli(*words)
    assert (code, err) == (0, "")
    assert out.startswith("Usage: kubectl replay [OPTIONS] [COMMAND] [ARGS]...\n")
    for name, (_, line) in COMMANDS.items():
        assert f"  {name}" in out
        assert line in " ".join(out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_line_is_the_beginning_of_what_its_own_help_says(cli: Cli, name: str) -> None:
    code, out, err = cli(name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: kubectl replay {name} ")
    assert "--context NAME" in out


@pytest.mark.parametrize("name", COMMANDS)
def test_no_scenario_can_have_a_command_s_name(name: str) -> None:
    assert name in RESERVED_IDS


def test_a_word_that_is_no_command_is_an_id_of_run() -> None:
    assert root.resolve_command(CONTEXT, ["list", "-o", "name"])[0] == "list"
    name, command, words = root.resolve_command(CONTEXT, ["shell-spawn", "-o", "json"])
    assert (name, words) == ("run", ["shell-spawn", "-o", "json"])
    assert command is root.get_command(CONTEXT, "run")


def test_there_is_no_other_command() -> None:
    assert root.get_command(CONTEXT, "nosuch") is None
    assert root.list_commands(CONTEXT) == list(COMMANDS)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "setup"])
def test_every_command_takes_the_options_of_every_command(name: str) -> None:
    assert isinstance(root.get_command(CONTEXT, name), Command)


@pytest.mark.parametrize(
    ("columns", "width"), [("60", 60), ("500", 100), ("1", 50), ("many", 80), ("", 80), (None, 80)]
)
def test_help_is_as_wide_as_the_terminal_within_reason(
    monkeypatch: pytest.MonkeyPatch, columns: str | None, width: int
) -> None:
    def nowhere() -> None:
        raise OSError

    monkeypatch.setattr("kubectl_replay.cli.root.os.get_terminal_size", nowhere)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert module._width() == width


HEAVY = {
    "asyncio", "concurrent.futures", "decimal", "hashlib", "importlib.metadata", "json", "pathlib", "rich",
    "sh", "shutil", "socket", "subprocess", "tempfile", "yaml", "kubectl_replay.engine",
    "kubectl_replay.process", "kubectl_replay.run", "kubectl_replay.scenario.loader",
}  # fmt: skip

TOLD = "import sys; sys.stderr.write(' '.join(sys.modules))"


def imported(*words: str) -> set[str]:
    """Run a command line in a fresh interpreter and return the modules that it imported."""
    return imported_by(f"from kubectl_replay.cli.main import run; run({list(words)!r})")


def imported_by(code: str) -> set[str]:
    """Run code in a fresh interpreter and return the modules that it imported."""
    code = f"import sys; {code}; {TOLD}"
    done = run([sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"], timeout=60)
    assert done.code == 0
    return set(done.err.split())


@pytest.mark.real_programs
@pytest.mark.parametrize("words", [("--help",), ()])
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    assert sorted(imported(*words) & HEAVY) == []


@pytest.mark.real_programs
@pytest.mark.parametrize("words", [("run", "--help"), ("version",), ("list", "-o", "name")])
def test_a_light_command_imports_neither_rich_nor_yaml_nor_sh(words: tuple[str, ...]) -> None:
    assert sorted(imported(*words) & {"rich", "yaml", "sh", "asyncio", "importlib.metadata"}) == []


@pytest.mark.real_programs
def test_a_run_that_asks_no_detector_imports_none() -> None:
    """They would cost such a run a twentieth of its time."""
    found = {
        name for name in imported_by("import kubectl_replay.engine") if "kubectl_replay.backends" in name
    }
    assert found <= {"kubectl_replay.backends", "kubectl_replay.backends.question"}


def test_every_command_s_module_has_it() -> None:
    for name, (path, _) in COMMANDS.items():
        assert importlib.import_module(path).command.name == name
