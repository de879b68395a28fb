"""A program that goes on running, followed line by line."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from typing import TYPE_CHECKING

from kubectl_replay.interruption import INTERRUPTION, kill
from kubectl_replay.process.door import SLICE_SECONDS, start
from kubectl_replay.process.ending import Completed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_replay.process.door import Child


class Stream:
    """A program that goes on running and prints line by line."""

    def __init__(self, argv: tuple[str, ...], child: Child) -> None:
        self.argv = argv
        self._child = child
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._said: list[str] = []
        self._readers = [
            threading.Thread(target=self._read_lines, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_lines(self) -> None:
        for line in self._child.stdout or ():
            self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        self._said.extend(self._child.stderr or ())

    def line(self, timeout: float, *, protected: bool = False) -> str | None:
        """Return the next line, None at the end of the stream.

        Raises `TimeoutError` after `timeout` seconds, and `Interrupted` as `run` does.
        """
        deadline = time.monotonic() + timeout
        while True:
            INTERRUPTION.check(protected=protected)
            left = max(0.0, deadline - time.monotonic())
            try:
                line = self._lines.get(timeout=min(SLICE_SECONDS, left))
            except queue.Empty:
                if left <= SLICE_SECONDS:
                    raise TimeoutError from None
                continue
            if line != _WAKE:
                return line

    def wake(self) -> None:
        """Make a waiting `line` look for signals; safe inside a signal handler."""
        self._lines.put(_WAKE)

    def close(self) -> Completed:
        """End the program if it still runs, and return what it said on standard error; once is enough."""
        kill(self._child)  # its group may outlive it and hold the pipes; one that ended keeps its code
        code = self._child.wait()
        for reader in self._readers:
            reader.join()
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()
        return Completed(self.argv, code, "", "".join(self._said))


_WAKE = ""
"""No line is empty: a line ends with a newline."""


@contextlib.contextmanager
def stream(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, protected: bool = False
) -> Iterator[Stream]:
    """Start a program and read its lines as they come; it is ended with the block.

    Only a second signal ends it earlier, because cleanup still reads from it.
    """
    INTERRUPTION.check(protected=protected)
    child = start(argv, env=env)
    with INTERRUPTION.watching(child, protected=True):
        running = Stream(tuple(argv), child)
        with INTERRUPTION.waking(running.wake):
            try:
                yield running
            finally:
                running.close()
