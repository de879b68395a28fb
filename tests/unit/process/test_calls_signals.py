"""Running real programs while signals come."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.interruption import INTERRUPTION, Interrupted, handled
from kubectl_replay.process import begin, run
from tests.unit.programs import meanwhile, press, runs, shell, until, until_gone

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.real_programs, pytest.mark.usefixtures("nothing_is_left")]

SECONDS = 20.0


def test_after_a_signal_nothing_is_started(tmp_path: Path) -> None:
    INTERRUPTION.receive(signal.SIGTERM)
    argv = ["/usr/bin/touch", str(tmp_path / "made")]
    with pytest.raises(Interrupted, match=r"^SIGTERM$"):
        run(argv, timeout=SECONDS)
    with pytest.raises(Interrupted, match=r"^SIGTERM$"), begin(argv, timeout=SECONDS, env={}):
        pass
    assert not (tmp_path / "made").exists()


def test_after_a_signal_protected_work_is_still_done() -> None:
    INTERRUPTION.receive(signal.SIGTERM)
    assert run(shell("echo done"), timeout=SECONDS, protected=True).out == "done\n"


def test_after_a_second_signal_not_even_protected_work_is_started(tmp_path: Path) -> None:
    INTERRUPTION.signum, INTERRUPTION.urgent = signal.SIGINT, True
    with pytest.raises(Interrupted, match=r"^SIGINT$"):
        run(["/usr/bin/touch", str(tmp_path / "made")], timeout=SECONDS, protected=True)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_kills_a_program_with_its_children_and_interrupts(
    tmp_path: Path, signum: signal.Signals
) -> None:
    mark = tmp_path / "pid"

    def act() -> None:
        until(lambda: mark.exists() and mark.read_text().endswith("\n"))
        press(signum)

    with handled(), meanwhile(act), pytest.raises(Interrupted) as raised:
        run(shell(f"trap '' INT TERM HUP; sleep 60 & echo $! > {mark}; wait"), timeout=SECONDS * 3)
    assert raised.value.signum == signum
    until_gone(int(mark.read_text()))


def test_a_signal_waits_for_a_protected_program_and_its_answer(tmp_path: Path) -> None:
    mark = tmp_path / "begun"

    def act() -> None:
        until(mark.exists)
        press(signal.SIGINT)
        mark.unlink()

    with handled(), meanwhile(act):
        done = run(
            shell(f"touch {mark}; while test -e {mark}; do sleep 0.01; done; echo answer"),
            timeout=SECONDS,
            protected=True,
        )
    assert (done.code, done.out) == (0, "answer\n")
    assert INTERRUPTION.signum == signal.SIGINT


def test_a_second_signal_kills_a_protected_program_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubectl_replay.interruption.ONE_PRESS_SECONDS", 0.01)
    mark = tmp_path / "pid"

    def act() -> None:
        until(lambda: mark.exists() and mark.read_text().endswith("\n"))
        press(signal.SIGINT)
        time.sleep(0.05)
        assert runs(int(mark.read_text()))
        press(signal.SIGTERM)

    with handled(), meanwhile(act), pytest.raises(Interrupted, match=r"^SIGINT$"):
        run(shell(f"echo $$ > {mark}; exec sleep 60"), timeout=SECONDS * 3, protected=True)
    until_gone(int(mark.read_text()))


def test_a_signal_asks_a_program_in_the_foreground_politely(tmp_path: Path) -> None:
    mark = tmp_path / "begun"

    def act() -> None:
        until(mark.exists)
        press(signal.SIGTERM)

    body = f"trap 'touch {tmp_path}/restored; exit 1' TERM; touch {mark}; while :; do sleep 0.01; done"
    with handled(), meanwhile(act), pytest.raises(Interrupted, match=r"^SIGTERM$"):
        run(shell(body), timeout=SECONDS, foreground=True)
    assert (tmp_path / "restored").exists()


def test_a_signal_kills_a_program_begun_before_anybody_waits_for_it(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    with handled(), begin(shell(f"echo $$ > {mark}; exec sleep 60"), timeout=SECONDS, env={}) as wait:
        until(lambda: mark.exists() and mark.read_text().endswith("\n"))
        press(signal.SIGINT)
        until_gone(int(mark.read_text()))
        with pytest.raises(Interrupted, match=r"^SIGINT$"):
            wait()
