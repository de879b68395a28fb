"""The log of one container, followed line by line and opened anew when it ends by itself."""

from __future__ import annotations

import math
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Protocol

from kubectl_replay import words
from kubectl_replay.interruption import INTERRUPTION
from kubectl_replay.kubectl import Log
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed, Stream

RESTART_SECONDS: Final = 0.5
"""Between two tries to open a log again."""

MARGIN_SECONDS: Final = 2.0
"""How much further back than needed a log is read: `--since` counts whole seconds."""


class Place(Protocol):
    """A container that has a log."""

    @property
    def namespace(self) -> str:
        """Its pod's namespace."""

    @property
    def pod(self) -> str:
        """Its pod's name."""

    @property
    def container(self) -> str:
        """Its own name."""


class Following:
    """The lines of a container's log since a moment, each at least once.

    `since` is that moment on `time.monotonic`. A log that ends is opened anew from the same moment, with what
    the container before a restart had said first, so that lines may come twice and none is lost.
    """

    def __init__(self, kubectl: Kubectl, place: Place, since: float) -> None:
        self._place = place
        self.broken = False
        """Whether something may have been said between two readings: it ended, or was opened late."""
        self.refused: Completed | None = None
        """What kubectl said where the API server forbids to read it."""
        self.last: Completed | None = None
        """What kubectl said when the log last ended, whether or not there was one before a restart."""
        self._kubectl = kubectl.within(place.namespace)
        self._since = since
        self._stack = ExitStack()
        self._stream: Stream | None = None
        self._previous = False
        self._again = 0.0

    def open(self) -> None:
        """Begin to follow."""
        self._start(Log(self._place.pod, self._place.container, self.seconds, follow=True))

    @property
    def seconds(self) -> int:
        """How far back the moment lies by now, with a margin, in whole seconds."""
        return math.ceil(time.monotonic() - self._since + MARGIN_SECONDS)

    def _start(self, log: Log) -> None:
        self._previous = log.previous
        self._stream = self._stack.enter_context(self._kubectl.read_log(log))

    def line(self, timeout: float) -> str | None:
        """Return the next line, None where none came within `timeout` seconds or the log ended."""
        if self._stream is None and not self._reopen(timeout):
            return None
        try:
            line = self._stream.line(timeout) if self._stream else None
        except TimeoutError:
            return None
        if line is None:
            self._end()
        return line

    def _reopen(self, timeout: float) -> bool:
        """Open the log again, where it may be read and not too soon after the last try."""
        INTERRUPTION.check()
        pause = timeout if self.refused else max(0.0, self._again - time.monotonic())
        time.sleep(min(pause, timeout))
        if self.refused or pause > timeout:
            return False
        self.open()
        return True

    def _end(self) -> None:
        """Take leave of a log that ended; after the container's own end its last words come first."""
        ended = self._stream.close() if self._stream else None
        previous, self._stream = self._previous, None
        self._stack.close()
        self.last = self.last if previous else ended
        if ended and words.read(ended.err) is Reason.RBAC_DENIED:
            self.refused = ended
        elif not previous:
            self.broken = True
            self._start(Log(self._place.pod, self._place.container, self.seconds, previous=True))
        self._again = time.monotonic() + RESTART_SECONDS

    def close(self) -> None:
        """Stop following."""
        self._stack.close()
        self._stream = None
