"""The alerts of certain runs, picked with what the API server knows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.backends.choice import LOOK_SECONDS, Choice
from kubectl_replay.detection.selection import Selection
from tests.unit.detection.samples import ALERT, ID, OTHER_ID
from tests.unit.fakes import Clock
from tests.unit.samples import FORBIDDEN, answer, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

NAMELESS = replace(ALERT, namespace=None, pod=None)
FOREIGN = replace(NAMELESS, container_id=OTHER_ID)
NAMESPACES = frozenset({"k8s-replay", "k8s-replay-privileged"})


def pods(*ids: str) -> Completed:
    """Return the answer of a list of pods with these containers."""
    statuses = [{"containerID": f"containerd://{each}"} for each in ids]
    return answer(json.dumps({"items": [{"status": {"containerStatuses": statuses}}]}))


@dataclass
class Pods:
    """A kubectl that lists pods as it was told, and the last time for ever."""

    answers: list[Completed]
    asked: list[tuple[str, Sequence[str], str]] = field(default_factory=list)
    namespace: str = ""

    def within(self, namespace: str) -> Pods:
        return replace(self, namespace=namespace)

    def objects(self, kinds: Sequence[str], selector: str) -> Completed:
        self.asked.append((self.namespace, kinds, selector))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass
class Chosen:
    """A choice, and what it did."""

    clock: Clock
    told: list[str] = field(default_factory=list)

    def of(self, *answers: Completed) -> tuple[Choice, Pods]:
        kubectl = Pods(list(answers))
        selection = Selection(NAMESPACES, run="bcdfghjk")
        tell = lambda failed: self.told.append(failed.err)  # noqa: E731 - shorter than a function
        return Choice(cast("Kubectl", kubectl), selection, "a=b", tell), kubectl


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Chosen:
    clock = Clock()
    clock.rule(monkeypatch, "backends.choice")
    return Chosen(clock)


def test_an_alert_that_names_its_pod_needs_no_look_at_the_cluster(chosen: Chosen) -> None:
    choice, kubectl = chosen.of(pods(ID))
    assert choice.has(ALERT)
    assert not choice.has(replace(ALERT, pod="other"))
    assert (kubectl.asked, choice.unknown) == ([], 0)


def test_one_that_names_none_is_known_by_a_container_that_exists(chosen: Chosen) -> None:
    choice, kubectl = chosen.of(pods(ID))
    assert choice.has(NAMELESS)
    assert kubectl.asked == [
        ("k8s-replay", ["pods"], "a=b"),
        ("k8s-replay-privileged", ["pods"], "a=b"),
    ]
    assert choice.unknown == 0


def test_one_of_an_unknown_container_is_counted(chosen: Chosen) -> None:
    choice, kubectl = chosen.of(pods(ID))
    assert [choice.has(FOREIGN), choice.has(FOREIGN)] == [False, False]
    assert choice.unknown == 2
    assert len(kubectl.asked) == 2  # once in each namespace: they were only just listed


def test_the_pods_are_looked_at_again_after_a_while(chosen: Chosen) -> None:
    choice, _ = chosen.of(pods(), pods(), pods(ID))
    assert not choice.has(NAMELESS)
    chosen.clock.now += LOOK_SECONDS
    assert choice.has(NAMELESS)


def test_a_container_that_was_known_stays_known_when_its_pod_is_gone(chosen: Chosen) -> None:
    choice, _ = chosen.of(pods(ID), pods())
    assert choice.has(NAMELESS)
    chosen.clock.now += LOOK_SECONDS
    assert not choice.has(FOREIGN)
    assert choice.has(NAMELESS)


def test_who_may_not_list_pods_is_told_once(chosen: Chosen) -> None:
    choice, _ = chosen.of(refused())
    assert not choice.has(NAMELESS)
    chosen.clock.now += LOOK_SECONDS
    assert not choice.has(NAMELESS)
    assert chosen.told == [FORBIDDEN]
    assert choice.unknown == 2
