"""Completion: through kubectl's own `__complete`, and by the script for bash."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.cli.commands import COMMANDS
from tests.e2e import programs
from tests.e2e.copies import BUILT_IN

if TYPE_CHECKING:
    from tests.e2e.cluster import Target
    from tests.e2e.drafts import Draft
    from tests.e2e.replay import Replay

SCENARIOS = sorted(folder.name for folder in BUILT_IN.iterdir() if folder.is_dir())
FIRST = [*COMMANDS, *SCENARIOS]
NO_FILES = ":4"
BASH = """\
eval "$(kubectl-replay completion bash)"
COMP_WORDS=(kubectl-replay "$@")
COMP_CWORD=$#
complete -p kubectl-replay >&2
_kubectl_replay_completion kubectl-replay
printf '%s\\n' "${COMPREPLY[@]}"
"""


def complete(replay: Replay, *words: str) -> list[str]:
    """Ask kubectl as a shell does when somebody presses Tab; returns the candidates."""
    asked = replay("__complete", "replay", *words, program=("kubectl",))
    assert asked.code == 0, asked.stderr
    *candidates, directive = asked.stdout.splitlines()
    assert directive == NO_FILES
    return [line.partition("\t")[0] for line in candidates]


@pytest.fixture(autouse=True)
def _kubectl(target: Target) -> None:
    version = json.loads(target.kubectl("version", "--client", "-o", "json").passed())["clientVersion"]
    if int(version["minor"].rstrip("+")) < 26:
        pytest.skip("this kubectl is older than 1.26 and completes no plugin")


def test_the_first_word_may_be_a_command_or_a_scenario(replay: Replay) -> None:
    assert complete(replay, "") == FIRST
    assert complete(replay, "s") == [word for word in FIRST if word.startswith("s")]
    assert complete(replay, "she") == ["shell-spawn"]
    assert complete(replay, "x") == []


def test_commands_are_described(replay: Replay) -> None:
    asked = replay("__complete", "replay", "doc", program=("kubectl",))
    assert asked.stdout == f"doctor\tLook for what stands in the way of a replay.\n{NO_FILES}\n"


@pytest.mark.parametrize("command", ["run", "show", "images", "cleanup"])
def test_the_word_after_a_command_is_a_scenario(replay: Replay, command: str) -> None:
    assert complete(replay, command, "") == SCENARIOS
    assert complete(replay, command, "curl") == ["curl-egress"]


def test_options_and_their_values_are_completed(replay: Replay) -> None:
    assert complete(replay, "run", "shell-spawn", "--re") == [
        "--require", "--registry", "--repeat", "--ready-timeout", "--request-timeout",
    ]  # fmt: skip
    assert complete(replay, "run", "shell-spawn", "--require", "") == ["behavior", "detection"]
    assert complete(replay, "run", "--output", "j") == ["json"]
    assert complete(replay, "--color", "a") == ["auto", "always"]


def test_after_a_scenario_its_options_are_completed_as_those_of_run(replay: Replay) -> None:
    assert complete(replay, "shell-spawn", "--dry") == ["--dry-run"]
    assert complete(replay, "shell-spawn", "--require", "b") == ["behavior"]


def test_a_folder_of_ones_own_counts(replay: Replay, draft: Draft) -> None:
    _, *flags = draft.write()
    assert complete(replay, *flags, "pro") == ["probe"]
    assert complete(replay, "run", *flags, "pro") == ["probe"]


def test_it_asks_no_server(replay: Replay) -> None:
    asked = replay(
        "__complete", "replay", "cleanup", "", program=("kubectl",), env={"KUBECONFIG": "/nonexistent"}
    )
    assert asked.stdout.splitlines() == [*SCENARIOS, NO_FILES]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash on PATH")
@pytest.mark.parametrize(
    ("words", "candidates"),
    [
        (["she"], ["shell-spawn"]),
        (["run", "cu"], ["curl-egress"]),
        (["run", "shell-spawn", "--require", "de"], ["detection"]),
    ],
)
def test_bash_completes_the_program_itself(replay: Replay, words: list[str], candidates: list[str]) -> None:
    ended = programs.run(("bash", "-c", BASH, "bash", *words), replay.surroundings(None))
    assert ended.passed().split() == candidates
    assert ended.err == "complete -o nosort -F _kubectl_replay_completion kubectl-replay\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_script_names_the_program(replay: Replay, shell: str) -> None:
    printed = replay("completion", shell)
    assert (printed.code, printed.stderr) == (0, "")
    assert "_KUBECTL_REPLAY_COMPLETE=" in printed.stdout
    refused = replay("completion", "tcsh")
    assert (refused.code, refused.stdout) == (2, "")
