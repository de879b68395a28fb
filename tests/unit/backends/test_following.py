"""Following a container's log: its end, its return, and what the container before a restart had said."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.backends.following import RESTART_SECONDS, Following
from kubectl_replay.interruption import INTERRUPTION, Interrupted
from tests.unit.fakes import Clock, ScriptedKubectl, Silence
from tests.unit.samples import answer, refused

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed


@dataclass(frozen=True)
class Place:
    namespace: str = "falco"
    pod: str = "p"
    container: str = "falco"


LOST = answer(err="error: unexpected EOF\n", code=1)


@pytest.fixture
def kubectl(monkeypatch: pytest.MonkeyPatch) -> ScriptedKubectl:
    scripted = ScriptedKubectl()
    scripted.clock.rule(monkeypatch, "backends.following")
    return scripted


def opened(kubectl: ScriptedKubectl, since: float = 990.5) -> Following:
    following = Following(cast("Kubectl", kubectl), Place(), since)
    following.open()
    return following


def hear(following: Following, clock: Clock, seconds: float = 10) -> list[str]:
    """Return the lines of the next seconds."""
    lines, deadline = [], clock.now + seconds
    while clock.now < deadline:
        line = following.line(0.5)
        lines += [] if line is None else [line]
    return lines


def kinds(kubectl: ScriptedKubectl) -> list[object]:
    return [call[0] for call in kubectl.asked]


def test_the_log_is_read_from_a_little_before_the_moment(kubectl: ScriptedKubectl) -> None:
    opened(kubectl)
    assert kubectl.asked == [("follow", "falco", "p", "falco", 12)]  # 9.5 s and 2 s more, in whole seconds


def test_lines_come_as_they_are_written(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("p", "one\n", Silence(3), "two\n")
    following = opened(kubectl)
    assert following.line(1) == "one\n"
    assert following.line(1) is None
    assert following.line(2.5) == "two\n"
    assert kubectl.clock.now == 1003
    assert (following.broken, following.refused, following.last) == (False, None, None)
    assert kinds(kubectl) == ["follow"]


def test_with_no_time_only_what_is_there_is_read(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("p", "one\n", Silence(3), "two\n")
    following = opened(kubectl)
    assert [following.line(0), following.line(0), following.line(0)] == ["one\n", None, None]
    assert kubectl.clock.now == 1000


def test_after_a_restart_the_last_words_come_before_the_new_log(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("p", "one\n", end=answer())
    kubectl.will_log("p", "one\n", "last\n", how="previous")
    kubectl.will_log("p", "new\n")
    following = opened(kubectl)
    assert hear(following, kubectl.clock) == ["one\n", "one\n", "last\n", "new\n"]
    assert following.broken
    assert following.last == answer()
    assert kinds(kubectl) == ["follow", "previous", "follow"]
    assert all(stream.closed for stream in kubectl.read[:2])
    assert not kubectl.read[2].closed


def test_a_connection_that_breaks_is_made_again_from_the_same_moment(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("p", "one\n", Silence(60), end=LOST)
    kubectl.will_log("p", "one\n", "two\n")
    following = opened(kubectl)
    assert hear(following, kubectl.clock, 62) == ["one\n", "one\n", "two\n"]
    assert following.broken
    assert following.refused is None
    assert [call[0] for call in kubectl.asked] == ["follow", "previous", "follow"]
    assert kubectl.asked[-1][-1] == 72  # so many seconds later it is so much longer ago


def test_a_log_that_ends_at_once_is_not_opened_more_than_twice_a_second(kubectl: ScriptedKubectl) -> None:
    for _ in range(100):
        kubectl.will_log("p", end=LOST)
    following = opened(kubectl)
    assert hear(following, kubectl.clock) == []
    opens = kinds(kubectl).count("follow")
    assert opens <= 10 / RESTART_SECONDS + 1
    assert opens > 10
    assert kinds(kubectl).count("previous") <= opens
    assert len(kubectl.clock.slept) < 100


def test_with_no_time_a_log_that_ended_is_opened_only_when_it_is_time(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("p", end=LOST)
    kubectl.will_log("p", "two\n")
    following = opened(kubectl)
    assert [following.line(0) for _ in range(5)] == [None] * 5
    assert kinds(kubectl) == ["follow", "previous"]
    kubectl.clock.now += RESTART_SECONDS
    assert following.line(0) == "two\n"


@pytest.mark.parametrize("before", [[], ["one\n"]])
def test_a_log_that_may_not_be_read_is_not_asked_for_again(
    kubectl: ScriptedKubectl, before: list[str]
) -> None:
    denied = refused()
    kubectl.will_log("p", *before, end=denied)
    following = opened(kubectl)
    assert hear(following, kubectl.clock) == before
    assert following.refused is denied
    assert not following.broken
    assert kinds(kubectl) == ["follow"]
    assert kubectl.clock.now == pytest.approx(1010)  # and nobody is in a hurry


def test_a_log_that_is_refused_asks_for_no_time_where_there_is_none(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("p", end=refused())
    following = opened(kubectl)
    assert [following.line(0) for _ in range(3)] == [None] * 3
    assert kubectl.clock.now == 1000


def test_there_need_be_no_container_before(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("p", "one\n", end=answer())
    kubectl.will_log("p", "two\n")
    following = opened(kubectl)
    assert hear(following, kubectl.clock) == ["one\n", "two\n"]
    assert following.last == answer()  # and not that there is none before
    assert following.refused is None


def test_a_signal_ends_the_wait_for_a_log_that_ended(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("p", end=LOST)
    following = opened(kubectl)
    assert [following.line(0), following.line(0)] == [None, None]
    INTERRUPTION.receive(signal.SIGINT)
    with pytest.raises(Interrupted):
        following.line(0.5)


@pytest.mark.parametrize("heard", [0, 1, 2])
def test_closing_leaves_nothing_open(kubectl: ScriptedKubectl, heard: int) -> None:
    kubectl.will_log("p", end=answer())
    following = opened(kubectl)
    for _ in range(heard):
        following.line(0)
    following.close()
    following.close()
    assert all(stream.closed for stream in kubectl.read)


ENDS = st.sampled_from([answer(), LOST])


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), ENDS), max_size=6))
def test_however_often_it_ends_no_line_is_lost(lives: list[tuple[int, bool, Completed]]) -> None:
    """Each life says some lines; those of one that was cut short stand in the log of the one before."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        kubectl = ScriptedKubectl()
        kubectl.clock.rule(monkeypatch, "backends.following")
        said: list[str] = []
        for life, (count, cut_short, end) in enumerate(lives):
            lines = [f"{life}.{number}\n" for number in range(count)]
            said += lines
            kubectl.will_log("p", *(lines[:-1] if cut_short else lines), end=end)
            kubectl.will_log("p", *lines, how="previous")
        kubectl.will_log("p", "end\n")
        following = opened(kubectl)
        heard = hear(following, kubectl.clock, len(lives) + 1)
    assert list(dict.fromkeys(heard)) == [*said, "end\n"]
    assert following.broken is bool(lives)
