"""Deleting by name, and the proof that it is gone."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.interruption import Interrupted
from kubectl_replay.removal import incomplete, patiently, prove, remove
from kubectl_replay.result import Cleanup
from tests.unit.fakes import Clock
from tests.unit.samples import FORBIDDEN, answer, away, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

NAMES = ("pod/a", "service/b")
COMMAND = "kubectl delete x"
LATE = answer(code=-9, late=True)


class Answers:
    """Answers that are given one after the other, the last one for ever."""

    def __init__(self, *answers: Completed) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self) -> Completed:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    now = Clock()
    now.rule(monkeypatch, "removal")
    return now


@pytest.mark.parametrize("said", [answer("x"), refused(), answer(err="something new", code=1)])
def test_an_answer_is_asked_for_once(clock: Clock, said: Completed) -> None:
    ask = Answers(said)
    assert patiently(ask) is said
    assert (ask.asked, clock.slept) == (1, [])


@pytest.mark.parametrize("lost", [away(), LATE])
def test_an_api_server_that_comes_back_is_waited_for(clock: Clock, lost: Completed) -> None:
    ask = Answers(lost, lost, answer("x"))
    assert patiently(ask).out == "x"
    assert clock.slept == [0.3, 0.3]


def test_an_api_server_that_stays_away_is_waited_for_half_a_minute(clock: Clock) -> None:
    ask = Answers(away())
    assert patiently(ask) == away()
    assert clock.now == pytest.approx(1030, abs=0.3)


def test_where_it_never_answered_it_is_not_waited_for(clock: Clock) -> None:
    ask = Answers(away())
    assert patiently(ask, 0.0) == away()
    assert (ask.asked, clock.slept) == (1, [])


def test_what_is_no_more_is_clean(clock: Clock) -> None:
    assert prove(Answers(answer("")), NAMES, COMMAND) == Cleanup("clean")
    assert clock.slept == []


def test_what_is_still_going_is_asked_for_again(clock: Clock) -> None:
    ask = Answers(answer("pod/a\nservice/b\n"), answer("pod/a\n"), answer("\n"))
    assert prove(ask, NAMES, COMMAND) == Cleanup("clean")
    assert clock.slept == [0.3, 0.3]


def test_what_does_not_go_in_time_is_left_by_name(clock: Clock) -> None:
    ask = Answers(answer("pod/a\n"))
    assert prove(ask, NAMES, COMMAND) == Cleanup(
        "incomplete", ("pod/a",), COMMAND, "They were deleted, but did not go in time."
    )
    assert clock.now == pytest.approx(1040, abs=0.3)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (refused(), f"Whether everything is gone could not be read.\n{FORBIDDEN.strip()}"),
        (
            answer("pod/a\n", FORBIDDEN, 1),
            f"Whether everything is gone could not be read.\n{FORBIDDEN.strip()}",
        ),
    ],
)
@pytest.mark.usefixtures("clock")
def test_where_reading_is_refused_nothing_is_proven(said: Completed, message: str) -> None:
    assert prove(Answers(said), NAMES, COMMAND) == Cleanup("unproven", NAMES, COMMAND, message)


@pytest.mark.parametrize("lost", [away(), LATE])
def test_where_the_api_server_stays_away_nothing_is_proven(clock: Clock, lost: Completed) -> None:
    found = prove(Answers(lost), NAMES, COMMAND)
    assert (found.status, found.left) == ("unproven", NAMES)
    assert found.message.startswith("Whether everything is gone could not be read.")
    assert clock.now == pytest.approx(1030, abs=0.3)


def test_a_refused_delete_is_told_with_its_words() -> None:
    assert incomplete(NAMES, COMMAND, refused()) == Cleanup("incomplete", NAMES, COMMAND, FORBIDDEN.strip())
    assert incomplete([], COMMAND, LATE) == Cleanup("incomplete", (), COMMAND, "kubectl gave no answer")


class Deleting:
    """A kubectl that only deletes and looks."""

    def __init__(self, delete: Completed, *existing: Completed) -> None:
        self.deleted: list[Sequence[str]] = []
        self.looked: list[Sequence[str]] = []
        self._delete = delete
        self._existing = Answers(*existing) if existing else Answers(answer())

    def delete(self, names: Sequence[str]) -> Completed:
        self.deleted.append(names)
        return self._delete

    def existing(self, names: Sequence[str]) -> Completed:
        self.looked.append(names)
        return self._existing()


def test_objects_are_deleted_once_and_seen_gone(clock: Clock) -> None:
    kubectl = Deleting(answer(), answer("pod/a\n"), answer())
    assert remove(cast("Kubectl", kubectl), NAMES, COMMAND) == Cleanup("clean")
    assert (kubectl.deleted, kubectl.looked) == ([NAMES], [NAMES, NAMES])
    assert clock.slept == [0.3]


@pytest.mark.usefixtures("clock")
def test_objects_that_may_not_be_deleted_are_not_looked_for() -> None:
    kubectl = Deleting(refused())
    assert remove(cast("Kubectl", kubectl), NAMES, COMMAND).status == "incomplete"
    assert kubectl.looked == []


@pytest.mark.usefixtures("clock")
def test_a_second_signal_is_no_answer() -> None:
    def stopped() -> Completed:
        raise Interrupted(signal.SIGINT)

    with pytest.raises(Interrupted):
        patiently(stopped)
