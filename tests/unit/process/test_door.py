"""How real programs are started, and what is said where that cannot be done."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.process import ProgramMissing, run
from tests.unit.programs import python, shell

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
