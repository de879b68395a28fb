"""Real programs that talk to the user: what they get, where their words go, how a signal ends them."""

from __future__ import annotations

import os
import pty
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.interruption import INTERRUPTION, Interrupted, handled
from kubectl_replay.process import ProgramMissing, foreground
from tests.unit.programs import children, meanwhile, open_files, press, python, runs, shell, until, until_gone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.real_programs, pytest.mark.usefixtures("nothing_stays")]

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
def nothing_stays() -> Iterator[None]:
    """Check that a test leaves no open file, no child, and no thread; sh's last one may take a moment."""
    before, threads = (open_files(), children()), threading.active_count()
    yield
    assert (open_files(), children()) == before
    until(lambda: threading.active_count() == threads)


def test_both_streams_go_to_standard_error_and_none_to_standard_output(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert foreground(shell("echo out; echo err >&2; exit 3"), env=ENVIRONMENT) == 3
    assert tuple(capfd.readouterr()) == ("", "out\nerr\n")


def test_its_words_come_while_it_still_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "go"
    reader, writer = os.pipe()
    with os.fdopen(reader) as said, os.fdopen(writer, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)

        def act() -> None:
            assert said.readline() == "first\n"
            mark.touch()

        body = f"echo first; for _ in $(seq 2000); do test -e {mark} && exit 5; sleep 0.01; done"
        with meanwhile(act):
            assert foreground(shell(body), env=ENVIRONMENT) == 5


def test_much_output_is_whole(capfd: pytest.CaptureFixture[str]) -> None:
    assert foreground(python("import sys; sys.stderr.write('e' * 300_000)"), env=ENVIRONMENT) == 0
    assert len(capfd.readouterr().err) == 300_000


def test_it_reads_the_text_it_is_given_and_then_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    assert foreground(shell("cat; echo end"), env=ENVIRONMENT, stdin="ä\nb") == 0
    assert capfd.readouterr().err == "ä\nbend\n"


def test_without_a_text_its_input_is_empty(capfd: pytest.CaptureFixture[str]) -> None:
    assert foreground(shell("cat; echo end"), env=ENVIRONMENT) == 0
    assert capfd.readouterr().err == "end\n"


def test_its_words_are_passed_as_they_are(capfd: pytest.CaptureFixture[str]) -> None:
    assert foreground(["/usr/bin/printf", "%s|", "a b", "", "*", "--x=y", "-"], env=ENVIRONMENT) == 0
    assert capfd.readouterr().err == "a b||*|--x=y|-|"


def test_its_environment_is_the_given_one_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert foreground(["env"], env=ENVIRONMENT | {"A": "1"}) == 0
    assert sorted(capfd.readouterr().err.splitlines()) == ["A=1", "PATH=/usr/bin:/bin"]


def test_a_terminal_on_standard_error_is_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb"), os.fdopen(follower, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        assert foreground(shell("test -t 1 && test -t 2 && ! test -t 0"), env=ENVIRONMENT) == 0


def test_a_closed_standard_error_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert foreground(shell("echo words; echo more >&2; exit 4"), env=ENVIRONMENT) == 4


def test_a_program_that_is_not_on_the_given_path_is_missing_by_name() -> None:
    with pytest.raises(ProgramMissing, match=r"^sh is not on PATH$"):
        foreground(["sh"], env={"PATH": "/nowhere"})


def test_a_program_that_the_system_refuses_is_told_with_its_words(tmp_path: Path) -> None:
    broken = tmp_path / "kind"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    before = open_files()
    with pytest.raises(ProgramMissing) as raised:
        foreground(["kind"], env={"PATH": str(tmp_path)})
    said = f"OSError: [Errno 8] Exec format error: {str(broken).encode()!r}"
    assert str(raised.value) == f"{broken} cannot be run: {said}"
    for file in open_files() - before:  # sh forgets them, and its child; the command ends then anyway
        os.close(int(file.split()[0]))
    os.waitpid(-1, 0)


def test_a_program_that_a_signal_killed_has_a_negative_code() -> None:
    assert foreground(shell("kill -9 $$"), env=ENVIRONMENT) == -signal.SIGKILL


def test_after_a_signal_it_is_not_started(tmp_path: Path) -> None:
    INTERRUPTION.receive(signal.SIGTERM)
    with pytest.raises(Interrupted, match=r"^SIGTERM$"):
        foreground(["touch", str(tmp_path / "made")], env=ENVIRONMENT)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_asks_it_to_end_and_interrupts(tmp_path: Path, signum: signal.Signals) -> None:
    mark, end = tmp_path / "pid", tmp_path / "asked"

    def act() -> None:
        until(lambda: mark.exists() and mark.read_text().endswith("\n"))
        press(signum)

    body = f"trap 'touch {end}; exit 0' TERM; echo $$ > {mark}; while :; do sleep 0.01; done"
    begun = time.monotonic()
    with handled(), meanwhile(act), pytest.raises(Interrupted) as raised:
        foreground(shell(body), env=ENVIRONMENT)
    assert raised.value.signum == signum
    assert end.exists()
    assert time.monotonic() - begun < 15
    until_gone(int(mark.read_text()))


def test_a_second_signal_kills_one_that_does_not_want_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubectl_replay.interruption.ONE_PRESS_SECONDS", 0.01)
    mark = tmp_path / "pid"

    def act() -> None:
        until(lambda: mark.exists() and mark.read_text().endswith("\n"))
        press(signal.SIGINT)
        time.sleep(0.1)
        assert runs(int(mark.read_text()))
        press(signal.SIGINT)

    body = f"trap '' TERM INT; echo $$ > {mark}; while :; do sleep 0.01; done"
    with handled(), meanwhile(act), pytest.raises(Interrupted, match=r"^SIGINT$"):
        foreground(shell(body), env=ENVIRONMENT)
    until_gone(int(mark.read_text()))
