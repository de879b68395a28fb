"""Signals: recorded once, told to children and waiters, never raised in a handler."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from kubectl_replay import interruption
from kubectl_replay.interruption import INTERRUPTION, Interrupted, Interruption, handled, kill
from tests.unit.programs import press, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(eq=False)
class FakeChild:
    """A child with a process id that no process has: only the recorded kills see it."""

    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in the one element of the list."""
    now = [100.0]
    monkeypatch.setattr("kubectl_replay.interruption.time.monotonic", lambda: now[0])
    return now


def at(clock: list[float], seconds: float) -> None:
    clock[0] = 100.0 + seconds


def test_nothing_is_interrupted_before_a_signal() -> None:
    fresh = Interruption()
    fresh.check()
    fresh.check(protected=True)
    assert (fresh.signum, fresh.urgent) == (None, False)


def test_the_first_signal_stops_all_but_protected_work() -> None:
    fresh = Interruption()
    fresh.receive(signal.SIGTERM)
    with pytest.raises(Interrupted, match=r"^SIGTERM$") as raised:
        fresh.check()
    assert raised.value.signum == signal.SIGTERM
    fresh.check(protected=True)
    assert not fresh.urgent


def test_the_second_signal_stops_protected_work_and_the_first_one_names_the_end(clock: list[float]) -> None:
    fresh = Interruption()
    fresh.receive(signal.SIGHUP)
    at(clock, 1)
    fresh.receive(signal.SIGINT)
    with pytest.raises(Interrupted, match=r"^SIGHUP$"):
        fresh.check(protected=True)


@pytest.mark.parametrize(
    ("moments", "urgent"),
    [
        ([0.0, 0.0], False),
        ([0.0, 0.19], False),
        ([0.0, 0.2], True),
        ([0.0, 0.1, 0.25], False),
        ([0.0, 0.1, 0.31], True),
        ([0.0, 5.0], True),
    ],
)
def test_signals_that_come_together_are_one_press(
    clock: list[float], moments: list[float], urgent: bool
) -> None:
    fresh = Interruption()
    for moment in moments:
        at(clock, moment)
        fresh.receive(signal.SIGTERM)
    assert fresh.urgent is urgent


def test_the_first_signal_kills_children_that_are_not_protected(
    clock: list[float], signals: list[tuple[int, int]]
) -> None:
    fresh = Interruption()
    with (
        fresh.watching(FakeChild(1001), protected=False),
        fresh.watching(FakeChild(1002), protected=True),
    ):
        fresh.receive(signal.SIGINT)
        assert signals == [(1001, signal.SIGKILL)]
        at(clock, 1)
        fresh.receive(signal.SIGINT)
        assert signals[1:] == [(1001, signal.SIGKILL), (1002, signal.SIGKILL)]


def test_a_child_is_not_signaled_once_its_block_is_over(signals: list[tuple[int, int]]) -> None:
    fresh = Interruption()
    with fresh.watching(FakeChild(1001), protected=False):
        pass
    fresh.receive(signal.SIGINT)
    assert signals == []


@pytest.mark.parametrize(
    ("protected", "urgent", "killed"), [(False, False, True), (True, False, False), (True, True, True)]
)
def test_a_child_that_was_started_just_before_a_signal_is_killed_as_soon_as_it_is_watched(
    signals: list[tuple[int, int]], protected: bool, urgent: bool, killed: bool
) -> None:
    fresh = Interruption()
    fresh.signum, fresh.urgent = signal.SIGINT, urgent
    with fresh.watching(FakeChild(1001), protected=protected):
        assert signals == ([(1001, signal.SIGKILL)] if killed else [])


def test_every_signal_wakes_the_waiters_while_they_wait(clock: list[float]) -> None:
    fresh = Interruption()
    woken: list[str] = []
    with fresh.waking(lambda: woken.append("a")), fresh.waking(lambda: woken.append("b")):
        fresh.receive(signal.SIGINT)
        at(clock, 1)
        fresh.receive(signal.SIGINT)
    at(clock, 2)
    fresh.receive(signal.SIGINT)
    assert woken == ["a", "b", "a", "b"]


def test_a_child_with_a_group_of_its_own_is_killed_with_the_group(signals: list[tuple[int, int]]) -> None:
    kill(FakeChild(1001))
    assert signals == [(1001, signal.SIGKILL)]


def test_a_child_in_our_group_is_asked_alone(
    signals: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpgid", lambda _pid: 7)
    kill(FakeChild(1001))
    assert signals == [(1001, signal.SIGTERM)]


def test_a_child_in_our_group_is_killed_when_it_is_urgent(
    clock: list[float], signals: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpgid", lambda _pid: 7)
    fresh = Interruption()
    with fresh.watching(FakeChild(1001), protected=True):
        fresh.receive(signal.SIGINT)
        at(clock, 1)
        fresh.receive(signal.SIGINT)
    assert signals == [(1001, signal.SIGKILL)]


def test_a_process_id_that_may_be_another_s_by_now_is_left_alone(signals: list[tuple[int, int]]) -> None:
    kill(FakeChild(1001, returncode=0))
    assert signals == []


def test_a_child_that_is_gone_already_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_pid: int) -> int:
        raise ProcessLookupError

    monkeypatch.setattr(os, "getpgid", nobody)
    kill(FakeChild(1001))


@pytest.fixture
def _dispositions() -> Iterator[None]:
    before = {signum: signal.getsignal(signum) for signum in interruption.SIGNALS}
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


@pytest.mark.real_programs
@pytest.mark.parametrize("signum", interruption.SIGNALS)
def test_a_handled_signal_is_recorded_and_raises_nothing(signum: signal.Signals) -> None:
    with handled():
        press(signum)
        until(lambda: INTERRUPTION.signum is not None)
    assert INTERRUPTION.signum == signum
    assert not INTERRUPTION.urgent


@pytest.mark.usefixtures("_dispositions")
def test_afterwards_the_handlers_are_those_of_before() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    before = {signum: signal.getsignal(signum) for signum in interruption.SIGNALS}
    with handled():
        during = {signal.getsignal(signum) for signum in interruption.SIGNALS}
    assert during == {INTERRUPTION.receive}
    assert {signum: signal.getsignal(signum) for signum in interruption.SIGNALS} == before


@pytest.mark.usefixtures("_dispositions")
def test_a_signal_that_the_caller_ignores_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with handled():
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        signal.raise_signal(signal.SIGHUP)
    assert INTERRUPTION.signum is None


@pytest.mark.parametrize("act", [lambda: None, lambda: INTERRUPTION.receive(signal.SIGINT)])
def test_a_wish_to_stop_has_the_signal_s_name(act: Callable[[], None]) -> None:
    act()
    assert str(Interrupted(signal.SIGINT)) == "SIGINT"
