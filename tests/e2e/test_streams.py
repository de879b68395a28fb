"""Readers that have gone away stop neither the run nor its cleanup, and change no exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import programs

if TYPE_CHECKING:
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay


@pytest.mark.parametrize("output", ["box", "json"])
def test_nobody_reads_stdout(replay: Replay, namespace: Namespace, output: str) -> None:
    replayed = replay.start("shell-spawn", "-o", output, closed=True).end()
    assert replayed.code == 10
    assert replayed.stderr.splitlines()[-1].startswith("cleanup    PASS")
    assert namespace.left() == []


@pytest.mark.parametrize(
    ("redirection", "shown"),
    [
        (">&-", ""),
        ("2>&-", "║  overall             SCENARIO PASS   ║"),
        ("<&-", "║  overall             SCENARIO PASS   ║"),
    ],
)
def test_a_stream_is_closed(replay: Replay, namespace: Namespace, redirection: str, shown: str) -> None:
    ended = programs.run(("sh", "-c", f"kubectl-replay shell-spawn {redirection}"), replay.surroundings(None))
    assert ended.code == 10
    assert shown in ended.out
    assert namespace.left() == []


def test_a_full_disk_is_an_error_because_nobody_has_the_result(replay: Replay, namespace: Namespace) -> None:
    ended = programs.run(("sh", "-c", "kubectl-replay shell-spawn >/dev/full"), replay.surroundings(None))
    assert ended.code == 20
    assert ended.err.splitlines()[-1] == ("error: the result could not be printed: No space left on device")
    assert namespace.left() == []


@pytest.mark.parametrize("words", [["list"], ["version"], ["--help"]])
def test_nobody_reads_what_other_commands_print(replay: Replay, words: list[str]) -> None:
    replayed = replay.start(*words, closed=True).end()
    assert (replayed.code, replayed.stderr) == (0, "")
