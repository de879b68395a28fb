"""Running real programs to their end."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.process import Completed, ProgramMissing, begin, run
from tests.unit.programs import python, runs, shell, until, until_gone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.real_programs, pytest.mark.usefixtures("nothing_is_left")]

SECONDS = 20.0


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put a shell script of this name and body first on PATH."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def make(name: str, body: str) -> None:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)

    return make


def test_a_program_is_told_with_its_words_its_code_and_what_it_said() -> None:
    argv = shell("echo out; echo err >&2; exit 3")
    assert run(argv, timeout=SECONDS) == Completed(tuple(argv), 3, "out\n", "err\n", late=False)


def test_the_command_can_be_pasted_into_a_shell() -> None:
    assert Completed(("a b", "it's", "$x"), 0, "", "").command == "'a b' 'it'\"'\"'s' '$x'"


def test_a_program_is_found_on_path(stub: Callable[[str, str], None]) -> None:
    stub("kubectl", 'printf "%s|" "$@"')
    assert run(["kubectl", "a b", "", "*"], timeout=SECONDS).out == "a b||*|"


def test_a_program_that_is_not_on_path_is_missing_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ProgramMissing) as raised:
        run(["kubectl", "version"], timeout=SECONDS)
    assert str(raised.value) == "kubectl is not on PATH"
    assert raised.value.name == "kubectl"


def test_a_program_that_may_not_be_run_is_told_with_the_system_s_words(
    stub: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub("kubectl", "")
    (tmp_path / "kubectl").chmod(0o644)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing) as raised:
        run(["kubectl"], timeout=SECONDS)
    assert str(raised.value) == "kubectl cannot be run: [Errno 13] Permission denied: 'kubectl'"


def test_words_that_no_program_can_take_are_told_too() -> None:
    with pytest.raises(ProgramMissing) as raised:
        run(["/bin/echo", "a\0b"], timeout=SECONDS)
    assert str(raised.value) == "/bin/echo cannot be run: embedded null byte"


def test_standard_input_is_empty_unless_text_is_given() -> None:
    assert run(shell("cat; echo end"), timeout=SECONDS).out == "end\n"


def test_text_goes_to_standard_input() -> None:
    assert run(shell("cat"), timeout=SECONDS, stdin="ä\n\x00b").out == "ä\n\x00b"


def test_a_program_that_does_not_read_its_input_is_no_error() -> None:
    assert run(shell("exec <&-; echo done"), timeout=SECONDS, stdin="x" * 1_000_000).out == "done\n"


def test_much_output_on_both_streams_is_kept_whole() -> None:
    code = "import sys; sys.stdout.write('o' * 300_000); sys.stderr.write('e' * 300_000)"
    done = run(python(code), timeout=SECONDS)
    assert (len(done.out), len(done.err)) == (300_000, 300_000)


def test_a_terminal_s_line_ends_are_plain_newlines() -> None:
    assert run(shell(r"printf 'a\r\nb\r\n'"), timeout=SECONDS).out == "a\nb\n"


def test_output_that_is_no_text_is_kept_with_replacements() -> None:
    assert run(shell(r"printf 'a\377b'"), timeout=SECONDS).out == "a\N{REPLACEMENT CHARACTER}b"


def test_the_environment_is_the_given_one_alone() -> None:
    assert run(["/usr/bin/env"], timeout=SECONDS, env={"A": "1"}).out == "A=1\n"


def test_without_a_given_environment_it_is_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "1")
    assert "OURS=1\n" in run(["/usr/bin/env"], timeout=SECONDS).out


def test_a_program_runs_in_a_session_of_its_own() -> None:
    out = run(python("import os; print(os.getsid(0) == os.getpid())"), timeout=SECONDS).out
    assert out == "True\n"


@pytest.mark.parametrize("tty", [True, False])
def test_standard_input_is_a_terminal_only_when_asked_for(tty: bool) -> None:
    done = run(shell("test -t 0; echo $?; test -t 1; echo $?; test -t 2; echo $?"), timeout=SECONDS, tty=tty)
    assert done.out == ("0\n1\n1\n" if tty else "1\n1\n1\n")


def test_output_beside_a_terminal_keeps_its_newlines() -> None:
    assert run(shell("echo out; echo err >&2"), timeout=SECONDS, tty=True).out == "out\n"


def test_in_the_foreground_a_program_keeps_our_session_input_and_errors(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "input").write_text("typed\n")
    with (tmp_path / "input").open() as file:
        saved = os.dup(0)
        try:
            os.dup2(file.fileno(), 0)
            done = run(shell("cat; ps -o sid= -p $$; echo question >&2"), timeout=SECONDS, foreground=True)
        finally:
            os.dup2(saved, 0)
            os.close(saved)
    assert done.out.split() == ["typed", str(os.getsid(0))]
    assert done.err == ""
    assert capfd.readouterr().err == "question\n"


def test_nothing_is_lost_between_the_slices_of_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubectl_replay.process.SLICE_SECONDS", 0.02)
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
    monkeypatch.setattr("kubectl_replay.process.DYING_SECONDS", 0.2)
    mark = tmp_path / "pid"
    done = run(shell(f"setsid sh -c 'echo $$ > {mark}; exec sleep 60' & wait"), timeout=0.3)
    assert (done.late, done.code) == (True, -signal.SIGKILL)
    holder = int(mark.read_text())
    assert runs(holder)
    os.kill(holder, signal.SIGKILL)


def test_a_foreground_program_that_does_not_want_to_end_is_killed_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kubectl_replay.process.DYING_SECONDS", 0.2)
    argv = shell("trap '' TERM; while :; do sleep 0.01; done")
    done = run(argv, timeout=0.2, foreground=True)
    assert (done.late, done.code) == (True, -signal.SIGKILL)


def test_a_program_begun_goes_on_while_we_do_something_else(tmp_path: Path) -> None:
    argv = shell(f"touch {tmp_path}/done; echo out")
    with begin(argv, timeout=SECONDS, env=os.environ) as wait:
        until((tmp_path / "done").exists)
        assert wait() == Completed(tuple(argv), 0, "out\n", "")


def test_a_program_begun_that_is_missing_is_told_to_whoever_waits() -> None:
    with (
        begin(["kubectl"], timeout=SECONDS, env={"PATH": "/nowhere"}) as wait,
        pytest.raises(ProgramMissing, match=r"^kubectl is not on PATH$"),
    ):
        wait()


def test_a_program_begun_ends_with_the_block_if_nobody_waits_for_it(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    with begin(shell(f"echo $$ > {mark}; exec sleep 60"), timeout=SECONDS, env=os.environ):
        until(lambda: mark.exists() and mark.read_text().endswith("\n"))
    until_gone(int(mark.read_text()))
