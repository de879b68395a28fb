"""Signals: what was asked of this process to stop, and the children and waiters that must hear of it.

Handlers never raise. The first signal ends the children that may be ended and wakes every waiter; a second
one ends all of them. The doors of `process` then raise `Interrupted` where it is safe to do so.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

ONE_PRESS_SECONDS = 0.2
"""timeout(1) signals its child and then the child's whole group: that is one wish, not two."""


class Interrupted(Exception):
    """A signal asked this process to stop."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.signum = signum


class Child(Protocol):
    """What must be known of a running program to end it with all that it started."""

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its group if it has a session of its own."""

    @property
    def returncode(self) -> int | None:
        """Its exit code once somebody has waited for it: from then on the pid may be another's."""


class Interruption:
    """The signals received so far, and who must hear of the next one."""

    def __init__(self) -> None:
        self.signum: int | None = None
        self.urgent = False
        self._last = 0.0
        self._children: dict[Child, bool] = {}
        self._wakers: dict[int, Callable[[], None]] = {}

    def receive(self, signum: int, _frame: FrameType | None = None) -> None:
        """Record a signal, end the children it concerns and wake the waiters."""
        now = time.monotonic()
        if self.signum is None:
            self.signum = signum
        elif now - self._last >= ONE_PRESS_SECONDS:
            self.urgent = True
        self._last = now
        for child in list(self._children):
            self.end_if_due(child)
        for wake in list(self._wakers.values()):
            wake()

    def end_if_due(self, child: Child) -> None:
        """End a child that a signal already received concerns."""
        if self.urgent or (self.signum is not None and not self._children.get(child, False)):
            kill(child, urgent=self.urgent)

    def check(self, *, protected: bool = False) -> None:
        """Raise `Interrupted` if a signal came; protected work is only stopped by a second one."""
        if self.signum is not None and (self.urgent or not protected):
            raise Interrupted(self.signum)

    @contextlib.contextmanager
    def watching(self, child: Child, *, protected: bool) -> Iterator[None]:
        """Let signals reach this child while the block runs; a protected one only hears the second."""
        self._children[child] = protected
        self.end_if_due(child)
        try:
            yield
        finally:
            del self._children[child]

    @contextlib.contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call `wake` (which must be safe inside a signal handler) at every signal during the block."""
        self._wakers[id(wake)] = wake
        try:
            yield
        finally:
            del self._wakers[id(wake)]


INTERRUPTION = Interruption()
"""Signals belong to the process, so there is one of it."""


def kill(child: Child, *, urgent: bool = False) -> None:
    """End a child with all that it started; one that somebody has waited for already is left alone.

    A child that shares our group (it talks to the user's terminal) is asked alone, and politely unless it
    is urgent, so that it can give the terminal back as it found it.
    """
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(child.pid) == child.pid:
            os.killpg(child.pid, signal.SIGKILL)
        else:
            os.kill(child.pid, signal.SIGKILL if urgent else signal.SIGTERM)


@contextlib.contextmanager
def handled() -> Iterator[None]:
    """Receive the signals during the block; what the caller chose to ignore (nohup) stays ignored."""
    wanted = [signum for signum in SIGNALS if signal.getsignal(signum) is not signal.SIG_IGN]
    before = {signum: signal.signal(signum, INTERRUPTION.receive) for signum in wanted}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
