"""What a terminal is given, and what a pipe is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.replay import Replay

# `sh` forks beside its own threads.
pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded, use of fork:DeprecationWarning"
)

GREEN, YELLOW, RESET, ESCAPE = "\x1b[32m", "\x1b[33m", "\x1b[0m", "\x1b"
PHASES = ["preflight", "deploy", "ready", "trigger", "behavior", "detection", "cleanup"]
XTERM = {"TERM": "xterm-256color"}


def phases(text: str) -> list[str]:
    return re.findall(r"^(?:\x1b\[\S+?[A-Za-z]|\r)*(\w+) +(?:PASS|SKIP) +\d+\.\d\ds", text, re.MULTILINE)


def test_a_terminal_shows_each_phase_while_it_goes_on_and_colors_the_box(replay: Replay) -> None:
    replayed = replay.on_terminal("shell-spawn", env=XTERM)
    assert replayed.code == 10
    assert "deploy: creating the workload" in replayed.stdout
    assert "ready: waiting for the workload" in replayed.stdout
    assert phases(replayed.stdout) == PHASES
    assert f"{GREEN}SCENARIO PASS{RESET}   ║" in replayed.stdout
    assert f"{YELLOW}NOT INSTALLED{RESET}   ║" in replayed.stdout
    assert replayed.stdout.count("╔") == 1


@pytest.mark.parametrize(("words", "env"), [(["--color", "never"], XTERM), ([], XTERM | {"NO_COLOR": "1"})])
def test_a_terminal_shows_the_phases_without_color_where_none_is_wanted(
    replay: Replay, words: list[str], env: dict[str, str | None]
) -> None:
    replayed = replay.on_terminal("shell-spawn", *words, env=env)
    assert replayed.code == 10
    assert "deploy: creating the workload" in replayed.stdout
    assert not re.findall(r"\x1b\[[\d;]+m", replayed.stdout)
    assert "║  overall             SCENARIO PASS   ║" in replayed.stdout


def test_a_dumb_terminal_is_sent_no_escape_at_all(replay: Replay) -> None:
    replayed = replay.on_terminal("shell-spawn", env={"TERM": "dumb"})
    assert replayed.code == 10
    assert ESCAPE not in replayed.stdout
    assert phases(replayed.stdout) == PHASES


def test_a_pipe_is_sent_no_escape_at_all(replay: Replay) -> None:
    replayed = replay("shell-spawn", env=XTERM)
    assert ESCAPE not in replayed.stdout + replayed.stderr
    assert phases(replayed.stderr) == PHASES


def test_color_can_be_forced_into_a_pipe_but_no_animation(replay: Replay) -> None:
    replayed = replay("shell-spawn", "--color", "always", env=XTERM)
    assert f"{GREEN}SCENARIO PASS{RESET}   ║" in replayed.stdout
    assert "creating the workload" not in replayed.stderr


def test_a_document_is_never_colored(replay: Replay) -> None:
    replayed = replay("shell-spawn", "-o", "json", "--color", "always", env=XTERM)
    assert replayed.document["overall"] == "scenario_passed_detection_skipped"
