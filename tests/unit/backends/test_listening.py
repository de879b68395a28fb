"""Several logs read at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.backends.listening import DRAIN_SECONDS, MOST_LINES, SLICE_SECONDS, listen
from tests.unit.fakes import Clock
from tests.unit.samples import refused

if TYPE_CHECKING:
    from kubectl_replay.process import Completed


@dataclass
class Written:
    """A log whose lines come at written-down moments."""

    clock: Clock
    lines: list[tuple[float, str]] = field(default_factory=list)
    broken: bool = False
    refused: Completed | None = None
    endless: bool = False
    waits: list[float] = field(default_factory=list)

    def line(self, timeout: float) -> str | None:
        self.waits.append(timeout)
        if self.endless:
            return "more\n"
        if self.lines and self.lines[0][0] <= self.clock.now + timeout:
            moment, text = self.lines.pop(0)
            self.clock.now = max(moment, self.clock.now)
            return text
        self.clock.now += timeout
        return None

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    now = Clock()
    now.rule(monkeypatch, "backends.listening")
    return now


def test_each_line_comes_with_the_place_of_its_log(clock: Clock) -> None:
    first = Written(clock, [(1000, "a"), (1000, "b"), (1003, "e")])
    second = Written(clock, [(1000, "c"), (1001, "d")])
    assert list(listen([first, second], 1010)) == [(0, "a"), (0, "b"), (1, "c"), (1, "d"), (0, "e")]
    assert clock.now == pytest.approx(1010)


def test_a_line_is_given_as_soon_as_it_comes(clock: Clock) -> None:
    log = Written(clock, [(1002.5, "late")])
    assert next(listen([log], 1010)) == (0, "late")
    assert clock.now == pytest.approx(1002.5)


def test_a_line_of_another_log_is_given_within_a_slice(clock: Clock) -> None:
    logs = [Written(clock), Written(clock, [(1002.5, "late")])]
    assert next(listen(logs, 1010)) == (1, "late")
    assert clock.now <= 1002.5 + SLICE_SECONDS


def test_nobody_listens_beyond_the_deadline(clock: Clock) -> None:
    log = Written(clock, [(1001.02, "late")])
    assert list(listen([log], 1001.01)) == []
    assert clock.now == pytest.approx(1001.01)
    assert max(log.waits) <= SLICE_SECONDS


def test_after_the_deadline_only_what_is_there_is_read(clock: Clock) -> None:
    logs = [Written(clock, [(0, "a"), (0, "b")]), Written(clock, [(0, "c"), (1000.1, "late")])]
    assert list(listen(logs, 900)) == [(0, "a"), (0, "b"), (1, "c")]
    assert {wait for log in logs for wait in log.waits} == {0}
    assert clock.now == 1000


def test_a_log_that_never_stops_is_left_in_the_end(clock: Clock) -> None:
    busy = Written(clock, endless=True)
    lines = listen([busy], 900)
    assert next(lines) == (0, "more\n")
    clock.now += DRAIN_SECONDS
    assert list(lines) == []


def test_a_busy_log_does_not_keep_the_others_from_being_heard(clock: Clock) -> None:
    busy, calm = Written(clock, endless=True), Written(clock, [(1000, "mine")])
    heard = list(islice(listen([busy, calm], 1010), MOST_LINES + 1))
    assert heard == [(0, "more\n")] * MOST_LINES + [(1, "mine")]


def test_nobody_waits_for_logs_that_may_not_be_read(clock: Clock) -> None:
    logs = [Written(clock, refused=refused()), Written(clock, refused=refused())]
    assert list(listen(logs, 1010)) == []
    assert clock.now == 1000


def test_a_log_that_may_be_read_is_read_beside_one_that_may_not(clock: Clock) -> None:
    logs = [Written(clock, refused=refused()), Written(clock, [(1001, "mine")])]
    assert next(listen(logs, 1010)) == (1, "mine")


def test_without_any_log_nobody_waits(clock: Clock) -> None:
    assert list(listen([], 1010)) == []
    assert clock.now == 1000
