"""A clock that only moves when somebody waits, and streams whose lines are written down beforehand."""

from __future__ import annotations

import contextlib
import importlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kubectl_replay.interruption import INTERRUPTION
from kubectl_replay.kubectl import Connection, Kubectl
from tests.unit.samples import answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from kubectl_replay.kubectl import Exec, Log
    from kubectl_replay.process import Completed


class Clock:
    """The time of a module under test; `slept` are the pauses it made.

    `wall` is the wall clock's time at 0 of the other one, in nanoseconds.
    """

    def __init__(self, wall: int = 0) -> None:
        self.now = 1000.0
        self.wall = wall
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def time_ns(self) -> int:
        return self.wall + round(self.now * 1e9)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def rule(self, monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
        """Stand in for the `time` of these modules of ours."""
        for module in modules:
            # By import_module: in the package of the phases a function hides each module.
            monkeypatch.setattr(importlib.import_module(f"kubectl_replay.{module}"), "time", self)


@dataclass(frozen=True)
class Silence:
    """So many seconds in which a stream prints nothing."""

    seconds: float


@dataclass(frozen=True)
class Signal:
    """A signal that comes while a stream is read."""

    signum: int


Line = str | Silence | Signal


class ScriptedStream:
    """A stream that prints what was written down, takes its time, and ends with a last word."""

    def __init__(self, clock: Clock, lines: list[Line], end: Completed | None) -> None:
        self.waits: list[tuple[float, bool]] = []
        self.closed = 0
        self._clock = clock
        self._lines = list(lines)
        self._end = end
        self._silent_until: float | None = None

    def line(self, timeout: float, *, protected: bool = False) -> str | None:
        self.waits.append((timeout, protected))
        deadline = self._clock.now + timeout
        while True:
            INTERRUPTION.check(protected=protected)
            if not self._lines:
                self._stay_open(deadline)
                return None
            if isinstance(self._lines[0], Silence):
                self._silence(self._lines[0].seconds, deadline)
            first = self._lines.pop(0)
            if isinstance(first, Signal):
                INTERRUPTION.receive(first.signum)
            elif isinstance(first, str):
                return first

    def _stay_open(self, deadline: float) -> None:
        """Be silent for ever where no end was written down."""
        if self._end is None:
            self._clock.now = deadline
            raise TimeoutError

    def _silence(self, seconds: float, deadline: float) -> None:
        """Let the time go on; a silence begins when somebody first listens to it."""
        ends = self._clock.now + seconds if self._silent_until is None else self._silent_until
        if ends > deadline:
            self._silent_until, self._clock.now = ends, deadline
            raise TimeoutError
        self._silent_until, self._clock.now = None, max(ends, self._clock.now)

    def close(self) -> Completed:
        self.closed += 1
        return self._end or answer(code=-9)


NO_PREVIOUS = 'Error from server (BadRequest): previous terminated container "falco" in pod "p" not found\n'


@dataclass
class ScriptedKubectl:
    """A kubectl whose watches, lists and logs are written down; each is used once, in order.

    Where no log is written down one that is followed is silent, one of a container before it ended is not
    there, and a whole one is empty.
    """

    clock: Clock = field(default_factory=Clock)
    namespace: str = ""
    listings: list[Completed] = field(default_factory=list)
    singles: list[Completed] = field(default_factory=list)
    boots: list[Completed] = field(default_factory=list)
    execs: list[Completed] = field(default_factory=list)
    logs: dict[tuple[str, str], list[ScriptedStream]] = field(default_factory=dict)
    asked: list[tuple[object, ...]] = field(default_factory=list)
    """What was asked beside watches and lists, each with its namespace."""
    read: list[ScriptedStream] = field(default_factory=list)
    """The logs that were opened."""
    watches: list[ScriptedStream | Exception] = field(default_factory=list)
    lists: list[Completed | Callable[[], Completed]] = field(default_factory=list)
    calls: list[tuple[str, str, bool]] = field(default_factory=list)
    opened: list[ScriptedStream] = field(default_factory=list)

    def will_watch(self, *lines: Line, end: Completed | None = None) -> ScriptedStream:
        """Write the next watch down; without an end it stays open."""
        stream = ScriptedStream(self.clock, list(lines), end)
        self.watches.append(stream)
        return stream

    @contextlib.contextmanager
    def watch_pods(self, selector: str, *, protected: bool = False) -> Iterator[ScriptedStream]:
        INTERRUPTION.check(protected=protected)
        self.calls.append(("watch", selector, protected))
        following = self.watches.pop(0)
        if isinstance(following, Exception):
            raise following
        self.opened.append(following)
        try:
            yield following
        finally:
            following.close()

    def pods(self, selector: str, *, protected: bool = False) -> Completed:
        INTERRUPTION.check(protected=protected)
        self.calls.append(("list", selector, protected))
        next_one = self.lists.pop(0)
        return next_one() if callable(next_one) else next_one

    def within(self, namespace: str) -> ScriptedKubectl:
        return replace(self, namespace=namespace)  # the lists stay the same ones

    def will_log(
        self, pod: str, *lines: Line, how: str = "follow", end: Completed | None = None
    ) -> ScriptedStream:
        """Write the next log of a pod down: `follow`, `previous` or `whole`; only the first stays open."""
        stream = ScriptedStream(self.clock, list(lines), end if how == "follow" else end or answer())
        self.logs.setdefault((pod, how), []).append(stream)
        return stream

    @contextlib.contextmanager
    def read_log(self, log: Log) -> Iterator[ScriptedStream]:
        INTERRUPTION.check()
        how = "follow" if log.follow else "previous" if log.previous else "whole"
        self.asked.append((how, self.namespace, log.pod, log.container, log.since))
        written = self.logs.get((log.pod, how))
        ends = {"follow": None, "previous": answer(err=NO_PREVIOUS, code=1), "whole": answer()}
        stream = written.pop(0) if written else ScriptedStream(self.clock, [], ends[how])
        self.read.append(stream)
        try:
            yield stream
        finally:
            stream.close()

    @contextlib.contextmanager
    def list_pods(self, selector: str = "") -> Iterator[Callable[[], Completed]]:
        self.asked.append(("list", self.namespace, selector))
        yield lambda: self.listings.pop(0)

    def pod(self, name: str) -> Completed:
        self.asked.append(("pod", self.namespace, name))
        return self.singles.pop(0)

    @contextlib.contextmanager
    def boot_ids(self) -> Iterator[Callable[[], Completed]]:
        self.asked.append(("boot ids",))
        yield lambda: self.boots.pop(0)

    def exec(self, call: Exec) -> Completed:
        self.asked.append(("exec", self.namespace, call.pod, call.container, call.words))
        return self.execs.pop(0)


def pinned(namespace: str = "k8s-replay") -> Kubectl:
    """Return the real kubectl, pinned to a context; its programs are the fake ones of pytest-subprocess."""
    return Kubectl(Connection(context="kind-k8s-replay", namespace=namespace))
