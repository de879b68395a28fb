"""Waiting for real programs, and ending those that take too long."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.process import Completed, run
from tests.unit.programs import runs, shell, until_gone

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.real_programs, pytest.mark.usefixtures("nothing_is_left")]

SECONDS = 20.0


def test_nothing_is_lost_between_the_slices_of_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_replay.process.waiting.SLICE_SECONDS", 0.02)
    argv = shell("echo begun; sleep 0.1; wc -c; sleep 0.1; echo words >&2; sleep 0.1; echo done")
    done = run(argv, timeout=3, stdin="x" * 300_000)
    assert done == Completed(tuple(argv), 0, "begun\n300000\ndone\n", "words\n")


def test_a_program_that_takes_too_long_is_killed_and_called_late() -> None:
    begun = time.monotonic()
    done = run(shell("echo begun; echo words >&2; exec sleep 60"), timeout=0.3)
    assert done == Completed(done.argv, -signal.SIGKILL, "begun\n", "words\n", late=True)
    assert time.monotonic() - begun < SECONDS


def test_what_a_late_program_started_is_killed_with_it() -> None:
    done = run(shell("sleep 60 & echo $!; wait"), timeout=0.3)
    assert done.late
    until_gone(int(done.out))


def test_a_program_whose_child_keeps_the_pipe_open_ends_in_time_too() -> None:
    done = run(shell("sleep 60 & echo $!"), timeout=0.3)
    until_gone(int(done.out))


def test_a_pipe_that_is_held_beyond_our_reach_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kubectl_replay.process.waiting.DYING_SECONDS", 0.2)
    mark = tmp_path / "pid"
    done = run(shell(f"setsid sh -c 'echo $$ > {mark}; exec sleep 60' & wait"), timeout=0.3)
    assert (done.late, done.code) == (True, -signal.SIGKILL)
    holder = int(mark.read_text())
    assert runs(holder)
    os.kill(holder, signal.SIGKILL)


def test_a_foreground_program_that_does_not_want_to_end_is_killed_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kubectl_replay.process.waiting.DYING_SECONDS", 0.2)
    argv = shell("trap '' TERM; while :; do sleep 0.01; done")
    done = run(argv, timeout=0.2, foreground=True)
    assert (done.late, done.code) == (True, -signal.SIGKILL)
