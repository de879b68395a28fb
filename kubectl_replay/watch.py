"""The pods of a scenario, followed live: one `kubectl get --watch`, opened anew when it ends by itself."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, TypeVar

from kubectl_replay import words
from kubectl_replay.errors import Failure
from kubectl_replay.events import Assembler, Event
from kubectl_replay.interruption import INTERRUPTION
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.pods import Pod
    from kubectl_replay.process import Completed, Stream

Answer = TypeVar("Answer")

RESTART_SECONDS = 0.5
"""Between two tries to open the watch again."""

_FINAL = {Reason.RBAC_DENIED, Reason.CREDENTIALS_REFUSED, Reason.KUBECTL_TOO_OLD}


class PodWatch:
    """The last known state of each pod of a selector; `gone` are those that were seen to be deleted."""

    def __init__(self, kubectl: Kubectl, selector: str) -> None:
        self.pods: dict[str, Pod] = {}
        self.gone: set[str] = set()
        self._kubectl = kubectl
        self._selector = selector
        self._stack = contextlib.ExitStack()
        self._stream: Stream | None = None
        self._assembler = Assembler()

    def open(self, *, protected: bool = False) -> None:
        """Start following; the present pods come as the first events."""
        self._assembler = Assembler()
        following = self._kubectl.watch_pods(self._selector, protected=protected)
        self._stream = self._stack.enter_context(following)

    def close(self) -> None:
        """End the watch; what it learned stays."""
        self._stack.close()
        self._stream = None

    @property
    def broken(self) -> bool:
        """Whether the watch ended and could not be opened again so far."""
        return self._stream is None

    def wait(
        self, ask: Callable[[PodWatch], Answer | None], timeout: float, *, protected: bool = False
    ) -> Answer | None:
        """Read events until `ask` has an answer, `timeout` seconds at most (then None).

        The end of a watch is no answer: it is opened again. Raises `Failure` when the API server refuses it.
        """
        deadline = time.monotonic() + timeout
        while (answer := ask(self)) is None:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not self._read(remaining, protected=protected):
                return ask(self)
        return answer

    def _read(self, timeout: float, *, protected: bool) -> bool:
        """Read one line and whatever it completes; False when no line came in time."""
        if self._stream is None:
            self._reopen(timeout, protected=protected)
            return True
        try:
            line = self._stream.line(timeout, protected=protected)
        except TimeoutError:
            return False
        if line is None:
            self._end()
        else:
            self._take(line)
        return True

    def _take(self, line: str) -> None:
        try:
            for event in self._assembler.feed(line):
                self._apply(event)
        except ValueError:  # half an event: the last words of a kubectl that was killed
            self._end()

    def _apply(self, event: Event) -> None:
        self.pods[event.name] = event.pod
        if event.kind == "DELETED":
            self.gone.add(event.name)

    def _end(self) -> None:
        """Take leave of a watch that ended; raise if a new one would be refused as well."""
        ended = self._stream.close() if self._stream else None
        self.close()
        if ended:
            _raise_if_final(ended)

    def _reopen(self, timeout: float, *, protected: bool) -> None:
        """Learn what happened meanwhile, then follow again: a new watch does not tell what is gone."""
        INTERRUPTION.check(protected=protected)
        time.sleep(min(RESTART_SECONDS, timeout))
        answer = self._kubectl.pods(self._selector, protected=protected)
        if answer.code == 0 and not answer.late:
            self.replace(answer.out)
            self.open(protected=protected)
        else:
            _raise_if_final(answer)

    def replace(self, listing: str) -> None:
        """Take a complete list of the pods, as JSON, for the present state."""
        present = {item["metadata"]["name"]: item for item in json.loads(listing)["items"]}
        self.gone |= self.pods.keys() - present.keys()
        self.pods |= present


def _raise_if_final(answer: Completed) -> None:
    """Raise if asking again would get the same answer."""
    meaning = words.read(answer.err)
    if isinstance(meaning, Reason) and meaning in _FINAL:
        raise Failure.of(meaning, answer)
