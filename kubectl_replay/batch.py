"""Several runs: one after the other or side by side, and what they come to together."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_replay.interruption import INTERRUPTION
from kubectl_replay.process.door import SLICE_SECONDS
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kubectl_replay.result import Result

    Job = Callable[[], Result]


@dataclass(frozen=True)
class NotRun:
    """A scenario that was left out, and why."""

    id: str
    reason: Reason


@dataclass(frozen=True)
class Batch:
    """What several runs came to: their results in the order they were asked for, and what was left out."""

    results: tuple[Result, ...]
    not_run: tuple[NotRun, ...]
    duration_seconds: float
    code: int


def worst(codes: Sequence[int]) -> int:
    """Return the code that stands for all: interrupted, a bug, the earliest phase, 25, 11, 10, 0."""
    return min(codes, key=_rank, default=0)


def _rank(code: int) -> tuple[int, int]:
    order = (code >= 128, code == 3, 20 <= code <= 25, code == 11, code == 10)  # noqa: PLR2004 - exit codes
    return (order.index(True) if True in order else len(order), code)


def run_all(
    jobs: Sequence[tuple[str, Job]], parallel: int, told: Callable[[Result], None]
) -> tuple[tuple[Result, ...], tuple[NotRun, ...]]:
    """Do the jobs, so many at once; after a signal no new one begins. `told` hears each result as it ends."""
    results: dict[int, Result] = {}
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    telling = threading.Lock()
    for number in range(len(jobs)):
        waiting.put(number)

    def do(number: int) -> None:
        result = jobs[number][1]()
        with telling:
            results[number] = result
            told(result)

    _side_by_side(lambda: _work(waiting, do), min(parallel, len(jobs)))
    left_out = [name for number, (name, _) in enumerate(jobs) if number not in results]
    done = tuple(results[number] for number in sorted(results))
    return done, tuple(NotRun(name, Reason.INTERRUPTED) for name in left_out)


def _work(waiting: queue.SimpleQueue[int], do: Callable[[int], None]) -> None:
    """Do what waits until nothing does, or a signal comes."""
    while INTERRUPTION.signum is None:
        try:
            number = waiting.get_nowait()
        except queue.Empty:
            return
        do(number)


def _side_by_side(work: Callable[[], None], workers: int) -> None:
    """Run the work so many times at once; what one raises is raised here once all have ended."""
    if workers == 1:
        work()
        return
    failures: list[Exception] = []
    threads = [threading.Thread(target=_attempt, args=(work, failures)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(SLICE_SECONDS)
    if failures:
        raise failures[0]


def _attempt(work: Callable[[], None], failures: list[Exception]) -> None:
    """Keep what the work raises for the thread that can report it."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - it is raised in that thread
        failures.append(error)


def stopwatch() -> Callable[[], float]:
    """Start a clock; calling what is returned gives the seconds since."""
    begin = time.monotonic()
    return lambda: time.monotonic() - begin
