"""Exit code 2: words that mean nothing; stdout stays empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.replay import Replay


NONE = 'There is no command and no scenario "{}".{} `kubectl replay list` shows them all.'
NO_TIME = "Invalid value for '--request-timeout': '{}' is no duration such as 10s, 2m or 30 (more than zero)."


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["shell-spwan"], NONE.format("shell-spwan", " Did you mean shell-spawn?")),
        (["clean-up"], NONE.format("clean-up", " Did you mean cleanup?")),
        (["run", "xyzzy"], NONE.format("xyzzy", "")),
        (["shell-spawn", "--kepe"], "No such option '--kepe'."),
        (["shell-spawn", "-o", "yaml"], "Invalid value for '-o' / '--output': 'yaml' is not one of"),
        (["shell-spawn", "--request-timeout", "soon"], NO_TIME.format("soon")),
        (["--request-timeout", "0s", "shell-spawn"], NO_TIME.format("0s")),
        (["shell-spawn", "--ready-timeout", "0"], "Invalid value for '--ready-timeout'"),
        (["shell-spawn", "--scenarios", "/nonexistent"], "--scenarios /nonexistent is not a folder"),
    ],
)
def test_what_means_nothing_is_said_on_stderr_alone(
    replay: Replay, gate: Gate, words: list[str], error: str
) -> None:
    replayed = replay(*words, env=gate.build())
    assert (replayed.code, replayed.stdout) == (2, "")
    assert f"Error: {error}" in replayed.stderr
    assert set(gate.calls) <= {"config view -o json"}  # which asks no server


def test_a_scenario_of_ones_own_is_suggested_too(replay: Replay, draft: Draft) -> None:
    _, *flags = draft.write()
    replayed = replay("porbe", *flags)
    assert (replayed.code, replayed.stdout) == (2, "")
    assert "Did you mean probe?" in replayed.stderr


def test_a_folder_of_scenarios_named_by_a_variable_must_exist(replay: Replay, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    replayed = replay("shell-spawn", env={"REPLAY_SCENARIOS_PATH": str(missing)})
    assert (replayed.code, replayed.stdout) == (2, "")
    assert f"REPLAY_SCENARIOS_PATH has {missing}, which is not a folder" in replayed.stderr


def test_without_words_it_helps(replay: Replay) -> None:
    replayed = replay()
    assert replayed.code == 0
    assert replayed.stdout.startswith("Usage: kubectl replay ")
    assert replayed.stderr == ""
