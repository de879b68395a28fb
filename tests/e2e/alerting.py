"""A stand-in for Falco that alerts by itself, as the real one does, on what runs in a namespace's pods.

    with alerting(stand_in, namespace.name) as watcher:         # in tests/e2e/falco: with alerts() as watcher
        replayed = replay("shell-spawn", "-o", "json")
    assert [seen.pod for seen in watcher.seen] == [replayed.document["pod"]]

The API server's audit log tells when a command begins, where and in which words; the API tells the id of the
container. What is printed is the answer's affair (tests/e2e/falco_rules.py has more of them):

    alerting(..., silence)                               Falco sees nothing
    alerting(..., lambda seen: [text_alert(seen)])       text output
    alerting(..., lambda seen: [json_alert(replace(seen, rule="Another"))])
    alerting(..., delay=3)                               the line comes 3 s after the event
    alerting(..., answer, starts=True)                   the answer gets the starts of containers as well
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.e2e.falco_lines import TERMINAL, Sighting, json_alert, see
from tests.e2e.growing import Growing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.e2e.audit import Event
    from tests.e2e.stand_in import StandIn

    Answer = Callable[[Sighting], Iterable[str]]
    """Gives the lines that Falco prints of what it saw."""

SHELLS = ("sh", "ash", "bash", "dash")
PAUSE_SECONDS = 0.01


def shell_alert(seen: Sighting) -> Iterable[str]:
    """Alert as Falco's rule "Terminal shell in container" does: on a shell that has a terminal, in JSON."""
    is_shell = seen.terminal and seen.process in SHELLS and not seen.started
    return [json_alert(seen)] if is_shell else []


def silence(_: Sighting) -> Iterable[str]:
    """Print nothing, as a Falco whose rule is not loaded."""
    return ()


@dataclass
class Watcher:
    """Watches the pods of a namespace in a thread of its own."""

    stand_in: StandIn
    namespace: str
    answer: Answer
    delay: float = 0.0
    """Seconds from the event, whose time the alert bears, to its line in the log."""
    starts: bool = False
    seen: list[Sighting] = field(default_factory=list)
    """What ran."""
    missed: list[str] = field(default_factory=list)
    """Pods that were gone before they could be looked at."""
    trouble: BaseException | None = None
    over: threading.Event = field(default_factory=threading.Event)
    _known: set[str] = field(default_factory=set)

    def watch(self, audit_log: Growing) -> None:
        """Answer until the end."""
        try:
            while not self.over.is_set():
                for sighting in (*self._commands(audit_log), *self._starts()):
                    self._meet(sighting)
                self.over.wait(PAUSE_SECONDS)
        except BaseException as error:  # noqa: BLE001 - raised again by the test's own thread
            self.trouble = error

    def _meet(self, seen: Sighting) -> None:
        self.seen.append(seen)
        lines = tuple(self.answer(seen))
        if lines and not self.over.wait(self.delay):
            self.stand_in.on(seen.node).feed(*lines)

    def _commands(self, audit_log: Growing) -> Iterator[Sighting]:
        for event in audit_log.events():
            about = event.get("objectRef") or {}
            if (about.get("subresource"), about.get("namespace")) == ("exec", self.namespace):
                yield from self._command(event)

    def _command(self, event: Event) -> Iterator[Sighting]:
        """Give the command of an exec that has just begun: the answer to it is 101."""
        if event["stage"] != "ResponseStarted" or event["responseStatus"]["code"] != 101:
            return
        now, name = time.time_ns(), event["objectRef"]["name"]
        pod = self.stand_in.api.read(f"/api/v1/namespaces/{self.namespace}/pods/{name}")
        if pod is None:
            self.missed.append(name)
            return
        asked = parse_qs(urlsplit(event["requestURI"]).query)
        (container,) = asked.get("container") or [pod["spec"]["containers"][0]["name"]]
        terminal = TERMINAL if asked.get("tty") == ["true"] else 0
        yield see(pod, container, " ".join(asked["command"]), time=now, terminal=terminal)

    def _starts(self) -> Iterator[Sighting]:
        """Give the containers that have just started, where anybody wants to know."""
        path = f"/api/v1/namespaces/{self.namespace}/pods"
        pods = (self.stand_in.api.read(path) or {}).get("items", []) if self.starts else []
        now = time.time_ns()
        for pod in pods:
            statuses = {status["name"]: status for status in pod["status"].get("containerStatuses", ())}
            for container in pod["spec"]["containers"]:
                status = statuses.get(container["name"], {})
                identity = status.get("containerID")
                if identity and "waiting" not in status["state"] and identity not in self._known:
                    self._known.add(identity)
                    cmdline = " ".join([*container.get("command", ()), *container.get("args", ())])
                    yield replace(see(pod, container["name"], cmdline, time=now, terminal=0), started=True)


@contextmanager
def alerting(
    stand_in: StandIn,
    namespace: str,
    answer: Answer = shell_alert,
    *,
    delay: float = 0.0,
    starts: bool = False,
) -> Iterator[Watcher]:
    """Have the agent on the pod's node print the answer to what runs in the namespace, during the block."""
    cluster = stand_in.target.local
    assert cluster
    watcher = Watcher(stand_in, namespace, answer, delay, starts)
    thread = threading.Thread(target=watcher.watch, args=(Growing(cluster.audit_log),), daemon=True)
    thread.start()
    try:
        yield watcher
    finally:
        watcher.over.set()
        thread.join()
    if watcher.trouble:
        raise watcher.trouble
