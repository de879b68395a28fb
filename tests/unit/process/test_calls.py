"""Running real programs to their end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.process import Completed, ProgramMissing, begin, run
from tests.unit.programs import python, shell, until, until_gone

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.real_programs, pytest.mark.usefixtures("nothing_is_left")]

SECONDS = 20.0


def test_a_program_is_told_with_its_words_its_code_and_what_it_said() -> None:
    argv = shell("echo out; echo err >&2; exit 3")
    assert run(argv, timeout=SECONDS) == Completed(tuple(argv), 3, "out\n", "err\n", late=False)


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


@pytest.mark.parametrize("tty", [True, False])
def test_standard_input_is_a_terminal_only_when_asked_for(tty: bool) -> None:
    done = run(shell("test -t 0; echo $?; test -t 1; echo $?; test -t 2; echo $?"), timeout=SECONDS, tty=tty)
    assert done.out == ("0\n1\n1\n" if tty else "1\n1\n1\n")


def test_output_beside_a_terminal_keeps_its_newlines() -> None:
    assert run(shell("echo out; echo err >&2"), timeout=SECONDS, tty=True).out == "out\n"


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
