"""The only exit-code map: every way in which a command can end."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import click
import pytest

from kubectl_replay.cli import main
from kubectl_replay.cli.root import root
from kubectl_replay.errors import Failure
from kubectl_replay.interruption import INTERRUPTION, SIGNALS, Interrupted
from kubectl_replay.process import ProgramMissing
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Cli, Refusing


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Make every command end with this value or error."""

    def make(end: object) -> None:
        def invoke(*_: object, **__: object) -> object:
            if isinstance(end, BaseException):
                raise end
            return end

        monkeypatch.setattr(root, "main", invoke)

    return make


@pytest.mark.parametrize("code", [0, 10, 11, 20, 21, 22, 23, 24, 25, 3, 130])
def test_a_command_s_code_is_the_program_s(cli: Cli, ends: Callable[[object], None], code: int) -> None:
    ends(code)
    assert cli("x") == (code, "", "")


def test_a_command_without_a_code_is_done(cli: Cli, ends: Callable[[object], None]) -> None:
    ends(None)
    assert cli("x") == (0, "", "")


def test_wrong_usage_ends_2_and_prints_no_result(cli: Cli, ends: Callable[[object], None]) -> None:
    ends(click.UsageError("no such thing"))
    assert cli("x") == (2, "", "Error: no such thing\n")


@pytest.mark.parametrize(
    ("error", "err"),
    [
        (
            Failure(Reason.NO_CONTEXT, "No context.", words="why"),
            "error: No context.\n  why\nnext: name one with --context\n",
        ),
        (ProgramMissing("kubectl"), "error: kubectl is not on PATH\n"),
    ],
)
def test_an_expected_failure_ends_20_with_what_to_do(
    cli: Cli, ends: Callable[[object], None], error: Exception, err: str
) -> None:
    ends(error)
    assert cli("x") == (20, "", err)


@pytest.mark.parametrize("signum", SIGNALS)
def test_a_signal_ends_128_and_its_number(
    cli: Cli, ends: Callable[[object], None], signum: signal.Signals
) -> None:
    ends(Interrupted(signum))
    assert cli("x") == (128 + signum, "", "")


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the report of a bug is written to."""
    path = tmp_path / "report.md"

    def write(bug: Exception, words: list[str]) -> Path:
        path.write_text(f"{bug!r} {words}")
        return path

    monkeypatch.setattr("kubectl_replay.bug.write_report", write)
    return path


def test_a_bug_ends_3_with_one_line_and_a_report(
    cli: Cli, ends: Callable[[object], None], report: Path
) -> None:
    ends(KeyError("x"))
    code, out, err = cli("run", "demo")
    assert (code, out) == (3, "")
    assert err == f"error: this is a bug in kubectl-replay: KeyError: 'x' (report it with {report})\n"
    assert report.read_text() == "KeyError('x') ['run', 'demo']"


@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_a_bug_s_traceback_is_shown_when_asked_for(
    cli: Cli, ends: Callable[[object], None], report: Path, flag: str
) -> None:
    ends(KeyError("x"))
    code, out, err = cli("run", flag)
    assert (code, out) == (3, "")
    assert err.startswith("# A bug in kubectl-replay\n")
    assert "Traceback (most recent call last):" in err
    assert err.endswith(f"(report it with {report})\n")


def test_a_report_that_cannot_be_written_is_told_too(
    cli: Cli, ends: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("kubectl_replay.bug.write_report", refuse)
    ends(KeyError("x"))
    code, _, err = cli("x")
    assert code == 3
    assert err.endswith("KeyError: 'x' (no report could be written: the disk is full)\n")


def test_help_whose_reader_is_gone_is_no_error(cli: Cli, ends: Callable[[object], None]) -> None:
    ends(SystemExit(1))
    assert cli("--help") == (0, "", "")


def test_a_pipe_that_a_command_did_not_expect_to_break_is_a_bug(
    cli: Cli, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise BrokenPipeError

    monkeypatch.setattr("platform.python_version", broken)
    code, out, err = cli("version")
    assert (code, out) == (3, "")
    assert "RuntimeError: a pipe broke" in err
    assert report.exists()


def test_wrong_usage_ends_2_even_if_nobody_reads_why(
    refusing: Callable[[str, Exception], Refusing], ends: Callable[[object], None]
) -> None:
    refusing("stderr", BrokenPipeError())
    ends(click.UsageError("no such thing"))
    assert main.run(["x"]) == 2


def test_wrong_usage_prints_no_result_when_standard_error_is_closed(
    cli: Cli, ends: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    ends(click.UsageError("no such thing"))
    code, out, _ = cli("x")
    assert (code, out) == (2, "")


def test_main_handles_signals_while_it_runs_and_exits_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(words: list[str]) -> int:
        asked.append(words)
        assert signal.getsignal(signal.SIGINT) == INTERRUPTION.receive
        return 24

    monkeypatch.setattr(main, "run", run)
    monkeypatch.setattr(sys, "argv", ["kubectl-replay", "a", "b"])
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SystemExit) as raised:
        main.main()
    assert raised.value.code == 24
    assert asked == [["a", "b"]]
    assert signal.getsignal(signal.SIGINT) is before
