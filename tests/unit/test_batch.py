"""Several runs: their order, their number at once, the code that stands for all."""

from __future__ import annotations

import itertools
import signal
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.batch import NotRun, run_all, stopwatch, worst
from kubectl_replay.interruption import INTERRUPTION
from kubectl_replay.reasons import Reason
from tests.unit.fakes import Clock
from tests.unit.samples import result

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.result import Result

    Job = tuple[str, Callable[[], Result]]

WORST_FIRST = [129, 130, 143, 3, 20, 21, 22, 23, 24, 25, 11, 10, 0]


@given(st.lists(st.sampled_from(WORST_FIRST), min_size=1))
def test_the_worst_code_stands_for_all(codes: list[int]) -> None:
    assert worst(codes) == min(codes, key=WORST_FIRST.index)


@pytest.mark.parametrize(("worse", "better"), list(itertools.pairwise(WORST_FIRST)))
def test_of_two_codes_the_worse_stands_for_both(worse: int, better: int) -> None:
    assert worst([worse, better]) == worst([better, worse]) == worse


def test_no_run_at_all_ends_well() -> None:
    assert worst([]) == 0


def job(name: str, act: Callable[[], object] = lambda: None) -> Job:
    def run() -> Result:
        act()
        return result(scenario=name)

    return name, run


@pytest.mark.parametrize("parallel", [1, 2, 5, 50])
def test_results_come_in_the_order_that_was_asked_for(parallel: int) -> None:
    told: list[str] = []
    jobs = [job(f"s{number}") for number in range(10)]
    results, left_out = run_all(jobs, parallel, lambda ended: told.append(ended.scenario))
    assert [ended.scenario for ended in results] == [f"s{number}" for number in range(10)]
    assert sorted(told) == sorted(f"s{number}" for number in range(10))
    assert left_out == ()


def test_one_after_the_other_each_is_told_before_the_next_begins() -> None:
    events: list[str] = []
    jobs = [job("a", lambda: events.append("run a")), job("b", lambda: events.append("run b"))]
    run_all(jobs, 1, lambda ended: events.append(f"told {ended.scenario}"))
    assert events == ["run a", "told a", "run b", "told b"]


def test_so_many_run_at_once_and_no_more() -> None:
    together = threading.Barrier(3, timeout=20)
    running: list[int] = []
    most: list[int] = []

    def act() -> None:
        running.append(1)
        most.append(len(running))
        together.wait()
        running.pop()

    run_all([job("x", act) for _ in range(6)], 3, lambda _: None)
    assert max(most) == 3


@pytest.mark.parametrize("parallel", [1, 2])
def test_after_a_signal_no_new_run_begins(parallel: int) -> None:
    def act() -> None:
        INTERRUPTION.receive(signal.SIGINT)

    results, left_out = run_all([job(f"s{number}", act) for number in range(5)], parallel, lambda _: None)
    assert 1 <= len(results) <= parallel
    assert left_out == tuple(NotRun(f"s{number}", Reason.INTERRUPTED) for number in range(len(results), 5))


def test_a_signal_before_the_first_run_leaves_all_out() -> None:
    INTERRUPTION.receive(signal.SIGTERM)
    assert run_all([job("a")], 1, lambda _: None) == ((), (NotRun("a", Reason.INTERRUPTED),))


@pytest.mark.parametrize("parallel", [1, 3])
def test_what_a_run_raises_is_raised_once_all_have_ended(parallel: int) -> None:
    def fail() -> None:
        raise ValueError("oops")

    before = threading.active_count()
    with pytest.raises(ValueError, match=r"^oops$"):
        run_all([job("a", fail), job("b", fail)], parallel, lambda _: None)
    assert threading.active_count() == before


def test_no_jobs_are_no_results() -> None:
    assert run_all([], 4, lambda _: None) == ((), ())


def test_a_stopwatch_gives_the_seconds_since(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    clock.rule(monkeypatch, "batch")
    seconds = stopwatch()
    clock.sleep(2.5)
    assert seconds() == 2.5
