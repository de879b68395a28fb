"""The watch over a run's pods: what it learns, how long it waits, how it survives the end of a stream."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.errors import Failure
from kubectl_replay.interruption import INTERRUPTION, Interrupted
from kubectl_replay.reasons import Reason
from kubectl_replay.watch import PodWatch
from tests.unit.fakes import Clock, ScriptedKubectl, Signal, Silence
from tests.unit.samples import FORBIDDEN, UNREACHABLE, answer, away, pod, ready_pod, refused

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.pods import Pod
    from tests.unit.fakes import Line

SELECTOR = "kubectl-replay/run=r1"
ENDED = answer()


@pytest.fixture
def kubectl(monkeypatch: pytest.MonkeyPatch) -> ScriptedKubectl:
    scripted = ScriptedKubectl()
    scripted.clock.rule(monkeypatch, "watch")
    return scripted


def opened(kubectl: ScriptedKubectl) -> PodWatch:
    watch = PodWatch(cast("Kubectl", kubectl), SELECTOR)
    watch.open()
    return watch


def event(kind: str, of: Pod) -> str:
    return json.dumps({"type": kind, "object": of}) + "\n"


def listing(*pods: Pod) -> str:
    return json.dumps({"kind": "List", "items": list(pods)})


def running(watch: PodWatch) -> str | None:
    """Ask for the name of a pod that runs."""
    return next((name for name, of in watch.pods.items() if of["status"]["phase"] == "Running"), None)


def gone(watch: PodWatch) -> bool | None:
    return "a" in watch.gone or None


def test_the_answer_is_given_as_soon_as_an_event_holds_it(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", pod("a")), Silence(3), event("MODIFIED", ready_pod("a")), "never read")
    watch = opened(kubectl)
    assert watch.wait(running, 60) == "a"
    assert kubectl.clock.now == 1003
    assert kubectl.calls == [("watch", SELECTOR, False)]


def test_an_answer_that_is_known_already_reads_nothing(kubectl: ScriptedKubectl) -> None:
    stream = kubectl.will_watch(event("ADDED", ready_pod("a")))
    watch = opened(kubectl)
    assert watch.wait(running, 60) == "a"
    assert watch.wait(running, 60) == "a"
    assert len(stream.waits) == 1


def test_without_an_answer_in_time_there_is_none(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(Silence(4), event("ADDED", pod("a")), Silence(100))
    watch = opened(kubectl)
    assert watch.wait(running, 10) is None
    assert kubectl.clock.now == 1010
    assert set(watch.pods) == {"a"}
    assert not watch.broken


def test_each_line_may_take_only_what_is_left_of_the_time(kubectl: ScriptedKubectl) -> None:
    stream = kubectl.will_watch(Silence(4), event("ADDED", pod("a")), Silence(100))
    opened(kubectl).wait(running, 10)
    assert stream.waits == [(10, False), (6, False)]


def test_a_stream_that_never_pauses_does_not_outlast_the_time(kubectl: ScriptedKubectl) -> None:
    lines: list[Line] = [Silence(1), event("MODIFIED", pod("a"))]
    kubectl.will_watch(*lines * 1000)
    assert opened(kubectl).wait(running, 10) is None
    assert kubectl.clock.now == 1010


def test_a_deleted_pod_is_gone_and_its_last_state_stays(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", pod("a")), event("ADDED", pod("b")), event("DELETED", ready_pod("a")))
    watch = opened(kubectl)
    assert watch.wait(gone, 60) is True
    assert watch.gone == {"a"}
    assert watch.pods == {"a": ready_pod("a"), "b": pod("b")}


def test_a_protected_wait_passes_its_protection_on(kubectl: ScriptedKubectl) -> None:
    stream = kubectl.will_watch(event("ADDED", pod("a")), event("DELETED", pod("a")))
    watch = opened(kubectl)
    assert watch.wait(gone, 60, protected=True)
    assert [protected for _, protected in stream.waits] == [True, True]


def test_a_stream_that_ends_is_opened_again_after_a_look_at_what_happened(kubectl: ScriptedKubectl) -> None:
    first = kubectl.will_watch(event("ADDED", pod("a")), end=ENDED)
    kubectl.lists.append(answer(listing(pod("a"))))
    kubectl.will_watch(event("ADDED", pod("a")), event("MODIFIED", ready_pod("a")))
    watch = opened(kubectl)
    assert watch.wait(running, 60) == "a"
    assert kubectl.calls == [
        ("watch", SELECTOR, False),
        ("list", SELECTOR, False),
        ("watch", SELECTOR, False),
    ]
    assert first.closed
    assert kubectl.clock.slept == [0.5]


def test_a_pod_that_went_while_nobody_watched_is_gone(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", pod("a")), event("ADDED", pod("b")), end=ENDED)
    kubectl.lists.append(answer(listing(pod("b"))))
    kubectl.will_watch()
    watch = opened(kubectl)
    assert watch.wait(gone, 60, protected=True)
    assert watch.gone == {"a"}


def test_a_pod_that_became_ready_while_nobody_watched_is_ready(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", pod("a")), end=ENDED)
    kubectl.lists.append(answer(listing(ready_pod("a"))))
    stream = kubectl.will_watch()
    assert opened(kubectl).wait(running, 60) == "a"
    assert stream.waits == []


def test_half_an_event_at_the_end_is_no_event_and_no_error(kubectl: ScriptedKubectl) -> None:
    whole = event("MODIFIED", ready_pod("a"))
    kubectl.will_watch(event("ADDED", pod("a")), whole[: whole.index("}") + 1], end=ENDED)
    kubectl.lists.append(answer(listing(pod("a"))))
    kubectl.will_watch(whole)
    assert opened(kubectl).wait(running, 60) == "a"


def test_the_beginning_of_an_event_does_not_spoil_the_next_stream(kubectl: ScriptedKubectl) -> None:
    whole = event("ADDED", ready_pod("a"))
    kubectl.will_watch(whole[:20], end=ENDED)
    kubectl.lists.append(answer(listing()))
    kubectl.will_watch(whole)
    assert opened(kubectl).wait(running, 60) == "a"


@pytest.mark.parametrize("lost", [away(), answer(code=-9, late=True), answer(err="who knows", code=1)])
def test_while_the_api_server_is_away_the_watch_is_broken_and_tries_on(
    kubectl: ScriptedKubectl, lost: object
) -> None:
    kubectl.will_watch(event("ADDED", pod("a")), end=answer(err=UNREACHABLE, code=1))
    kubectl.lists += [lost] * 100  # type: ignore[list-item]
    watch = opened(kubectl)
    assert watch.wait(running, 2) is None
    assert watch.broken
    assert kubectl.clock.slept == [0.5] * 4
    assert watch.gone == set()


def test_an_api_server_that_comes_back_is_watched_again(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(end=answer(err=UNREACHABLE, code=1))
    kubectl.lists += [away(), away(), answer(listing(ready_pod("a")))]
    kubectl.will_watch()
    watch = opened(kubectl)
    assert watch.wait(running, 60) == "a"
    assert not watch.broken


UNAUTHORIZED = "error: You must be logged in to the server (Unauthorized)\n"
UNKNOWN_FLAG = "Error: unknown flag: --output-watch-events\n"


@pytest.mark.parametrize(
    ("reason", "err"),
    [
        (Reason.RBAC_DENIED, FORBIDDEN),
        (Reason.CREDENTIALS_REFUSED, UNAUTHORIZED),
        (Reason.KUBECTL_TOO_OLD, UNKNOWN_FLAG),
    ],
)
def test_a_watch_that_would_be_refused_again_is_a_failure(
    kubectl: ScriptedKubectl, reason: Reason, err: str
) -> None:
    kubectl.will_watch(end=refused(err))
    with pytest.raises(Failure) as raised:
        opened(kubectl).wait(running, 60)
    assert (raised.value.reason, raised.value.words) == (reason, err.strip())
    assert kubectl.calls == [("watch", SELECTOR, False)]


def test_a_list_that_would_be_refused_again_is_a_failure(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(end=ENDED)
    kubectl.lists.append(refused(UNAUTHORIZED))
    with pytest.raises(Failure) as raised:
        opened(kubectl).wait(running, 60)
    assert raised.value.reason is Reason.CREDENTIALS_REFUSED


def test_a_signal_interrupts_the_wait(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(Signal(signal.SIGINT), event("ADDED", ready_pod("a")))
    with pytest.raises(Interrupted, match=r"^SIGINT$"):
        opened(kubectl).wait(running, 60)


def test_a_signal_does_not_interrupt_a_protected_wait(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", pod("a")), Signal(signal.SIGINT), event("DELETED", pod("a")))
    assert opened(kubectl).wait(gone, 60, protected=True)


def test_a_signal_interrupts_the_wait_for_an_api_server_that_is_away(kubectl: ScriptedKubectl) -> None:
    def lost() -> object:
        INTERRUPTION.receive(signal.SIGTERM)
        return away()

    kubectl.will_watch(end=ENDED)
    kubectl.lists += [away(), lost, away()]  # type: ignore[list-item]
    with pytest.raises(Interrupted, match=r"^SIGTERM$"):
        opened(kubectl).wait(running, 60)
    assert kubectl.clock.slept == [0.5, 0.5]


def test_after_one_signal_a_protected_wait_still_opens_the_watch_again(kubectl: ScriptedKubectl) -> None:
    kubectl.will_watch(event("ADDED", pod("a")), Signal(signal.SIGINT), end=ENDED)
    kubectl.lists.append(answer(listing(pod("a"))))
    kubectl.will_watch(event("ADDED", pod("a")), event("DELETED", pod("a")))
    assert opened(kubectl).wait(gone, 60, protected=True)
    assert kubectl.calls[1:] == [("list", SELECTOR, True), ("watch", SELECTOR, True)]


def test_closing_ends_the_stream_and_keeps_what_was_learned(kubectl: ScriptedKubectl) -> None:
    stream = kubectl.will_watch(event("ADDED", ready_pod("a")))
    watch = opened(kubectl)
    watch.wait(running, 60)
    watch.close()
    watch.close()
    assert (stream.closed, watch.broken, set(watch.pods)) == (1, True, {"a"})


NAMES = st.sampled_from("abc")
STEPS = st.lists(st.tuples(st.sampled_from(["ADDED", "MODIFIED", "DELETED", "END"]), NAMES), max_size=12)


@given(STEPS)
def test_what_is_gone_was_seen_and_is_never_there_in_a_later_list(steps: list[tuple[str, str]]) -> None:
    """Whatever comes when, the watch says of no living pod that it is gone: names are never used twice."""
    clock = Clock()
    kubectl = ScriptedKubectl(clock)
    alive: set[str] = set()
    dead: set[str] = set()
    lines: list[Line] = []
    for kind, name in steps:
        if kind == "END":
            kubectl.will_watch(*lines, end=ENDED)
            kubectl.lists.append(answer(listing(*map(pod, sorted(alive)))))
            lines = [event("ADDED", pod(of)) for of in sorted(alive)]
        elif kind == "DELETED" and name in alive:
            alive.remove(name)
            dead.add(name)
            lines.append(event("DELETED", pod(name)))
        elif kind != "DELETED" and name not in dead:
            alive.add(name)
            lines.append(event("ADDED", pod(name)))
    kubectl.will_watch(*lines)
    with pytest.MonkeyPatch.context() as patch:
        clock.rule(patch, "watch")
        watch = opened(kubectl)
        watch.wait(lambda _: None, 60)
    assert watch.gone == dead
    assert set(watch.pods) == alive | dead
