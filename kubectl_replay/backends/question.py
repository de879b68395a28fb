"""What a detector is asked of one run, and on which clocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kubectl_replay.detection.timestamp import SECOND, nanoseconds
from kubectl_replay.detection.window import Window

if TYPE_CHECKING:
    from kubectl_replay.clocks import Moment
    from kubectl_replay.detection.identity import Target
    from kubectl_replay.pods import Pod

UNKNOWN_SKEW = 3600 * SECOND
"""How far a clock may be off that nobody could compare: only the run's nonce is then sure."""


@dataclass(frozen=True)
class Timeline:
    """The moments of a run on this machine's clocks.

    `created`: before the create was sent, None where a kept workload is reused. `ready`: when the pod's
    readiness was seen. `triggered`: before the trigger was sent. `local`: whether the cluster's nodes run on
    this machine's kernel and so have its clock.
    """

    created: Moment | None
    ready: Moment
    triggered: Moment
    local: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked: of which container, in which windows, and for how many seconds after `asked`.

    `triggered`: before the trigger was sent, which for a pod's start is the create.
    """

    target: Target
    window: Window
    request_window: Window
    asked: Moment
    triggered: Moment
    seconds: float
    tty: bool = False
    """Whether the trigger gave its command a terminal."""

    def deadline(self, window: Window) -> int | None:
        """Return the last moment that counts, on the window's clock; None if that cannot be told.

        It is never too early: a window's `at` is the trigger's moment or later.
        """
        if abs(window.skew) >= UNKNOWN_SKEW:
            return None
        passed = self.triggered.until(self.asked)
        return window.at + passed + round(self.seconds * SECOND)


def node_window(pod: Pod, container: str, line: Timeline, *, starts: bool) -> Window:
    """Return the window on the node's clock; `starts`: the pod's start is the behavior.

    Where the node's clock is another one it is read from what the kubelet wrote on it: the start of the
    container, or for `starts` the moment it took the pod over. That was before we saw it, so the window opens
    no later than it should, and by no more than a second and the time until we saw it too early.
    """
    if line.local:
        return Window(_local_start(line, starts=starts))
    seen = nanoseconds(str(_status(pod).get("startTime", ""))) if starts else _started(pod, container)
    return _window(seen, line, starts=starts)


def server_window(pod: Pod, line: Timeline, *, starts: bool) -> Window:
    """Return the window on the API server's clock, read from when it says that it created the pod.

    For `starts` the create is the request that is looked for, and it came before what it created: by no more
    than the time from when it was sent until the pod was seen ready.
    """
    if line.local:
        return Window(_local_start(line, starts=starts))
    created = nanoseconds(str(pod.get("metadata", {}).get("creationTimestamp", "")))
    window = _window(created, line, starts=starts)
    if not starts or line.created is None:
        return window
    return replace(window, resolution=window.resolution + line.created.until(line.ready))


def _local_start(line: Timeline, *, starts: bool) -> int:
    return (line.created or line.triggered).wall if starts else line.triggered.wall


def _window(seen: int | None, line: Timeline, *, starts: bool) -> Window:
    """Return the window that opens where what was seen on the other clock says.

    That was seen in whole seconds, and lies between the create and readiness.
    """
    if seen is None or line.created is None:
        return Window(line.triggered.wall, skew=UNKNOWN_SKEW, same_clock=False)
    passed = 0 if starts else line.ready.until(line.triggered)
    doubt = SECOND + line.created.until(line.ready)
    return Window(seen + passed + doubt, resolution=doubt, same_clock=False)


def _status(pod: Pod) -> Pod:
    found: Pod = pod.get("status", {})
    return found


def _started(pod: Pod, container: str) -> int | None:
    """Return when the kubelet says that the container started."""
    for status in _status(pod).get("containerStatuses", ()):
        if status["name"] == container:
            state = status.get("state", {})
            found = state.get("running") or state.get("terminated") or {}
            return nanoseconds(str(found.get("startedAt", "")))
    return None
