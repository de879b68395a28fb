"""Real programs that print line by line: what is read, how it ends, what is left."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.interruption import INTERRUPTION, Interrupted, handled
from kubectl_replay.process import Completed, ProgramMissing, stream
from tests.unit.programs import children, meanwhile, press, runs, shell, until, until_gone

if TYPE_CHECKING:
    from pathlib import Path

    from kubectl_replay.process import Stream

pytestmark = [pytest.mark.real_programs, pytest.mark.usefixtures("nothing_is_left")]

SECONDS = 20.0


def lines(running: Stream) -> list[str]:
    found = []
    while (line := running.line(SECONDS)) is not None:
        found.append(line)
    return found


def test_lines_come_one_by_one_and_then_the_end() -> None:
    with stream(shell("echo a; echo; echo b; printf c")) as running:
        assert lines(running) == ["a\n", "\n", "b\n", "c"]


def test_a_line_is_there_as_soon_as_it_is_printed(tmp_path: Path) -> None:
    mark = tmp_path / "go"
    with stream(shell(f"echo first; while ! test -e {mark}; do sleep 0.01; done; echo second")) as running:
        assert running.line(SECONDS) == "first\n"
        mark.touch()
        assert running.line(SECONDS) == "second\n"


def test_no_line_in_time_is_a_timeout_and_the_next_one_is_not_lost(tmp_path: Path) -> None:
    mark = tmp_path / "go"
    with stream(shell(f"while ! test -e {mark}; do sleep 0.01; done; echo late")) as running:
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            running.line(0.05)
        assert 0.05 <= time.monotonic() - begun < SECONDS
        mark.touch()
        assert running.line(SECONDS) == "late\n"


def test_nothing_is_lost_between_the_slices_of_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_replay.process.streams.SLICE_SECONDS", 0.02)
    with stream(shell("sleep 0.1; echo a; sleep 0.1; echo b; exec sleep 60")) as running:
        assert [running.line(SECONDS), running.line(SECONDS)] == ["a\n", "b\n"]
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            running.line(0.1)
        assert 0.1 <= time.monotonic() - begun < SECONDS


def test_no_time_at_all_still_gives_a_line_that_is_there() -> None:
    with stream(shell("echo here; exec sleep 60")) as running:
        until(lambda: not running._lines.empty())
        assert running.line(0) == "here\n"


def test_waking_ends_no_wait_and_is_no_line() -> None:
    with stream(shell("exec sleep 60")) as running:
        running.wake()
        with pytest.raises(TimeoutError):
            running.line(0.05)


def test_closing_tells_the_code_and_the_words_of_a_program_that_ended() -> None:
    argv = shell("echo why >&2; exit 7")
    with stream(argv) as running:
        assert lines(running) == []
        assert running.close() == Completed(tuple(argv), 7, "", "why\n")


def test_the_block_ends_the_program_with_what_it_started() -> None:
    with stream(shell("sleep 60 & echo $!; echo $$; wait")) as running:
        pids = [int(running.line(SECONDS) or "") for _ in range(2)]
        assert all(runs(pid) for pid in pids)
    for pid in pids:
        until_gone(pid)


def test_an_error_in_the_block_ends_the_program_too() -> None:
    pids: list[int] = []

    def fail() -> None:
        with stream(shell("echo $$; exec sleep 60")) as running:
            pids.append(int(running.line(SECONDS) or ""))
            raise ValueError("ours")

    with pytest.raises(ValueError, match=r"^ours$"):
        fail()
    until_gone(pids[0])


def test_a_program_that_ended_does_not_hold_us_through_its_child() -> None:
    with stream(shell("sleep 5 & echo $!")) as running:
        pid = int(running.line(SECONDS) or "")
        until(lambda: not runs(running._child.pid))
        begun = time.monotonic()
    assert time.monotonic() - begun < 2
    until_gone(pid)


def test_it_reads_nothing_of_our_input() -> None:
    with stream(shell("cat; echo end")) as running:
        assert lines(running) == ["end\n"]


def test_it_runs_in_a_session_of_its_own() -> None:
    with stream(shell("ps -o sid= -p $$; echo $$")) as running:
        session, pid = (line.strip() for line in lines(running))
    assert session == pid


def test_its_environment_is_the_given_one() -> None:
    with stream(["/usr/bin/env"], env={"A": "1"}) as running:
        assert lines(running) == ["A=1\n"]


def test_a_program_that_is_not_on_path_is_missing() -> None:
    with (
        pytest.raises(ProgramMissing, match=r"^kubectl is not on PATH$"),
        stream(["kubectl"], env={"PATH": "/nowhere"}),
    ):
        pass


def test_after_a_signal_no_stream_is_opened() -> None:
    INTERRUPTION.receive(signal.SIGHUP)
    with pytest.raises(Interrupted, match=r"^SIGHUP$"), stream(["/nowhere/kubectl"]):
        pass


def test_a_signal_interrupts_a_wait_for_a_line_and_the_program_lives_on_for_cleanup(tmp_path: Path) -> None:
    mark = tmp_path / "go"
    body = f"echo first; while ! test -e {mark}; do sleep 0.01; done; echo gone"
    with handled(), stream(shell(body)) as running:
        assert running.line(SECONDS) == "first\n"
        begun = time.monotonic()
        with meanwhile(lambda: press(signal.SIGINT)), pytest.raises(Interrupted, match=r"^SIGINT$"):
            running.line(SECONDS * 3)
        assert time.monotonic() - begun < SECONDS
        mark.touch()
        assert running.line(SECONDS, protected=True) == "gone\n"
        assert running.line(SECONDS, protected=True) is None


def test_a_line_that_came_with_the_signal_is_not_lost() -> None:
    with handled(), stream(shell("echo here; exec sleep 60")) as running:
        until(lambda: not running._lines.empty())
        press(signal.SIGTERM)
        with pytest.raises(Interrupted):
            running.line(SECONDS)
        assert running.line(SECONDS, protected=True) == "here\n"


def test_a_second_signal_ends_the_program_and_the_protected_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_replay.interruption.ONE_PRESS_SECONDS", 0.0)

    def press_twice() -> None:
        press(signal.SIGINT)
        until(lambda: INTERRUPTION.signum is not None)
        press(signal.SIGINT)

    with handled(), stream(shell("echo $$; exec sleep 60")) as running:
        pid = int(running.line(SECONDS) or "")
        with meanwhile(press_twice), pytest.raises(Interrupted, match=r"^SIGINT$"):
            running.line(SECONDS * 3, protected=True)
        until_gone(pid)


def test_many_lines_arrive_in_order_and_complete() -> None:
    with stream(shell("i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done")) as running:
        assert lines(running) == [f"{number}\n" for number in range(5000)]


def test_errors_beyond_a_pipe_s_room_do_not_stop_the_lines() -> None:
    with stream(shell("head -c 300000 /dev/zero | tr '\\0' e >&2; echo end")) as running:
        assert lines(running) == ["end\n"]
        assert len(running.close().err) == 300_000


def test_closing_twice_is_closing_once() -> None:
    with stream(shell("echo $$; exec sleep 60")) as running:
        running.line(SECONDS)
        assert running.close().code == -signal.SIGKILL
        assert running.close().code == -signal.SIGKILL
    assert os.getpid() not in children()
