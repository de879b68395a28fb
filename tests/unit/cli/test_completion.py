"""Completion: for kubectl, and scripts for shells."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from kubectl_replay import catalog
from kubectl_replay.cli.commands import COMMANDS
from kubectl_replay.cli.completion import candidates, main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Cli


@pytest.fixture(autouse=True)
def _no_built_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(catalog, "_built_in", lambda: tmp_path / "nowhere")


IDS = ["broken", "demo", "tagged"]


@pytest.mark.usefixtures("cli")
@pytest.mark.parametrize("words", [[], [""]])
def test_the_first_word_is_a_command_or_an_id(words: list[str]) -> None:
    assert candidates(words) == [*(f"{name}\t{line}" for name, (_, line) in COMMANDS.items()), *IDS]


@pytest.mark.usefixtures("cli")
@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["d"], ["doctor", "demo"]),
        (["run", ""], IDS),
        (["run", "de"], ["demo"]),
        (["run", "demo", "ta"], ["tagged"]),
        (["show", "t"], ["tagged"]),
        (["cleanup", ""], IDS),
        (["run", "--req"], ["--require", "--request-timeout"]),
        (["run", "--require", ""], ["behavior", "detection"]),
        (["--con"], ["--context"]),
        (["list", "-o", "w"], ["wide"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["xyz"], []),
    ],
)
def test_the_last_word_is_completed(words: list[str], values: list[str]) -> None:
    assert [line.partition("\t")[0] for line in candidates(words)] == values


@pytest.mark.usefixtures("cli")
def test_no_folder_is_read_for_a_completion(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: object) -> None:
        raise AssertionError("a folder was read")

    monkeypatch.setattr("kubectl_replay.scenario.loader.load", refuse)
    assert candidates(["run", "de"]) == ["demo"]


@pytest.mark.usefixtures("cli")
def test_a_broken_source_completes_nothing_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLAY_SCENARIOS_PATH", "/nowhere")
    assert candidates(["run", ""]) == []


@pytest.mark.usefixtures("cli")
def test_kubectl_reads_lines_and_a_directive(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["kubectl_complete-replay", "show", ""])
    with pytest.raises(SystemExit) as raised:
        main()
    assert raised.value.code == 0
    assert capsys.readouterr() == ("broken\ndemo\ntagged\n:4\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_s_script_completes_our_own_program(
    cli: Cli, shell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks_bash = "click.shell_completion.BashComplete._check_version"
    monkeypatch.setattr(asks_bash, staticmethod(lambda: None))
    code, out, err = cli("completion", shell)
    assert (code, err) == (0, "")
    assert f"_KUBECTL_REPLAY_COMPLETE={shell}_complete" in out
    assert "kubectl-replay" in out


def test_another_shell_is_wrong_usage(cli: Cli) -> None:
    code, out, _ = cli("completion", "powershell")
    assert (code, out) == (2, "")
