"""What a detector is asked: windows on clocks that are off by any amount never miss what the trigger did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.backends.question import UNKNOWN_SKEW, Question, Timeline, node_window, server_window
from kubectl_replay.clocks import Moment
from kubectl_replay.detection.timestamp import SECOND
from kubectl_replay.detection.window import Window
from tests.unit.detection.samples import TARGET
from tests.unit.samples import container, pod

if TYPE_CHECKING:
    from kubectl_replay.pods import Pod

TICK = 1_953_125
"""1/512 of a second in nanoseconds: whole, and exact as a float of seconds."""
NOON = 1_795_502_551 * SECOND


def whole(time: int) -> str:
    """Write a time as the API server does, in whole seconds."""
    return f"{datetime.fromtimestamp(time // SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class World:
    """A run as it really was: true times in nanoseconds, and what the clocks of others were ahead by."""

    created: int
    stored: int
    """When the API server had made the pod."""
    taken: int
    """When the kubelet took it over."""
    started: int
    ready: int
    triggered: int
    asked: int
    node: int
    server: int
    wall: int
    """How far this machine's clock is ahead of the truth."""

    @property
    def pod(self) -> Pod:
        state = {"running": {"startedAt": whole(self.started + self.node)}}
        found = pod(
            containers=(container(terminated_first(), "other"), container(state)),
            startTime=whole(self.taken + self.node),
        )
        found["metadata"]["creationTimestamp"] = whole(self.stored + self.server)
        return found

    def moment(self, time: int) -> Moment:
        return Moment(time + self.wall, (time - NOON) / SECOND)

    @property
    def line(self) -> Timeline:
        return Timeline(self.moment(self.created), self.moment(self.ready), self.moment(self.triggered))

    def question(self, window: Window, *, starts: bool, seconds: float = 20.0) -> Question:
        return Question(
            TARGET,
            window,
            window,
            self.moment(self.asked),
            self.moment(self.created if starts else self.triggered),
            seconds,
        )


def terminated_first() -> dict[str, Any]:
    """Return the state of another container, whose start nobody asked for."""
    return {"terminated": {"exitCode": 0, "startedAt": "2020-01-01T00:00:00Z"}}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    gaps = draw(st.lists(st.integers(0, 60 * 512), min_size=7, max_size=7))
    times = [NOON + TICK * sum(gaps[: count + 1]) for count in range(7)]
    ahead = st.integers(-(10**17), 10**17)
    return World(*[*times, draw(ahead), draw(ahead), draw(ahead)])


@given(worlds())
def test_the_window_of_a_command_is_open_when_the_trigger_is_sent(world: World) -> None:
    window = node_window(world.pod, "target", world.line, starts=False)
    assert window.contains(world.triggered + world.node)
    assert window.opens >= world.started + world.node - SECOND
    assert not window.same_clock


@given(worlds())
def test_the_window_of_requests_is_open_when_the_trigger_is_sent(world: World) -> None:
    window = server_window(world.pod, world.line, starts=False)
    assert window.contains(world.triggered + world.server)
    assert window.opens >= world.stored + world.server - SECOND
    assert not window.same_clock


@given(worlds())
def test_the_window_of_a_start_is_open_before_the_kubelet_has_the_pod(world: World) -> None:
    window = node_window(world.pod, "target", world.line, starts=True)
    assert window.contains(world.taken + world.node)
    assert window.opens >= world.taken + world.node - SECOND


@given(worlds())
def test_the_window_of_a_create_is_open_when_it_is_sent(world: World) -> None:
    window = server_window(world.pod, world.line, starts=True)
    assert window.contains(world.created + world.server)
    assert window.opens >= world.created + world.server - SECOND - (world.ready - world.created)


@given(worlds(), st.booleans())
def test_what_is_strictly_after_is_after_the_trigger(world: World, starts: bool) -> None:
    trigger = world.created if starts else world.triggered
    for window, ahead in (
        (node_window(world.pod, "target", world.line, starts=starts), world.node),
        (server_window(world.pod, world.line, starts=starts), world.server),
    ):
        assert not window.is_after(trigger + ahead)
        assert window.is_after(world.asked + ahead + 3600 * SECOND)


@given(worlds(), st.booleans(), st.integers(1, 600))
def test_the_deadline_is_never_too_early(world: World, starts: bool, seconds: int) -> None:
    for window, ahead in (
        (node_window(world.pod, "target", world.line, starts=starts), world.node),
        (server_window(world.pod, world.line, starts=starts), world.server),
    ):
        deadline = world.question(window, starts=starts, seconds=seconds).deadline(window)
        assert deadline is not None
        truly = world.asked + ahead + seconds * SECOND
        slack = SECOND + 2 * (world.ready - world.created)
        assert truly <= deadline <= truly + slack


@given(worlds(), st.booleans())
def test_on_our_own_clock_a_window_opens_when_the_trigger_is_sent_and_ends_in_time(
    world: World, starts: bool
) -> None:
    line = replace(world.line, local=True)
    trigger = world.created if starts else world.triggered
    for window in (
        node_window(world.pod, "target", line, starts=starts),
        server_window(world.pod, line, starts=starts),
    ):
        assert window == Window(trigger + world.wall)
        ends = world.asked + world.wall + 20 * SECOND
        assert world.question(window, starts=starts).deadline(window) == ends


WORLD = World(*[NOON + second * SECOND for second in (0, 1, 2, 3, 5, 8, 13)] + [0, 0, 0])
UNKNOWN = Window(WORLD.triggered, skew=UNKNOWN_SKEW, same_clock=False)


@pytest.mark.parametrize("starts", [False, True])
def test_in_a_kept_pod_nothing_tells_what_the_other_clocks_show(starts: bool) -> None:
    line = replace(WORLD.line, created=None)
    for window in (
        node_window(WORLD.pod, "target", line, starts=starts),
        server_window(WORLD.pod, line, starts=starts),
    ):
        assert window == UNKNOWN
        assert WORLD.question(window, starts=starts).deadline(window) is None


def test_in_a_kept_pod_our_own_clock_will_do() -> None:
    line = replace(WORLD.line, created=None, local=True)
    assert node_window(WORLD.pod, "target", line, starts=False) == Window(WORLD.triggered)
    assert server_window(WORLD.pod, line, starts=False) == Window(WORLD.triggered)
    assert node_window(WORLD.pod, "target", line, starts=True) == Window(WORLD.triggered)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        pod(),
        pod(containers=(container({"waiting": {}}),)),
        pod(containers=(container({"running": {}}),)),
        pod(containers=(container({"running": {"startedAt": "soon"}}),), startTime="soon"),
        pod(containers=(container({"running": {"startedAt": whole(NOON)}}, "other"),)),
    ],
)
def test_a_pod_that_does_not_tell_when_it_started_leaves_the_clock_unknown(broken: Pod) -> None:
    assert node_window(broken, "target", WORLD.line, starts=False) == UNKNOWN
    assert node_window(broken, "target", WORLD.line, starts=True) == UNKNOWN
    assert server_window(broken, WORLD.line, starts=False) == UNKNOWN
    assert server_window(broken, WORLD.line, starts=True).skew == UNKNOWN_SKEW


def test_a_container_that_has_ended_tells_when_it_started() -> None:
    ended = {"terminated": {"exitCode": 0, "startedAt": whole(WORLD.started)}}
    running = node_window(WORLD.pod, "target", WORLD.line, starts=False)
    assert node_window(pod(containers=(container(ended),)), "target", WORLD.line, starts=False) == running
