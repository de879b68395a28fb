"""Discovery: what is asked of the API server to find Falco, and what its answers mean."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_replay.detection.discovery import Discovery, discover
from tests.unit.detection.test_agents import falco_pod
from tests.unit.samples import FORBIDDEN, UNREACHABLE, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed


class Pods:
    """A kubectl that gives its answers in order and remembers what it was asked."""

    def __init__(self, *answers: Completed) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []
        self._namespace = ""

    def within(self, namespace: str) -> Kubectl:
        self._namespace = namespace
        return cast("Kubectl", self)

    @contextmanager
    def list_pods(self, selector: str = "") -> Iterator[Callable[[], Completed]]:
        self.asked.append((self._namespace, selector))
        yield lambda: self.answers.pop(0)


def listing(*pods: dict[str, Any]) -> Completed:
    return answer(json.dumps({"items": list(pods)}))


def look(namespace: str, *answers: Completed) -> tuple[Discovery, list[tuple[str, str]]]:
    pods = Pods(*answers)
    return discover(cast("Kubectl", pods), namespace), pods.asked


BY_LABEL = ("", "app.kubernetes.io/name=falco")


def test_pods_with_the_chart_s_label_are_looked_for_first_and_found_ones_are_enough() -> None:
    found, asked = look("", listing(falco_pod()))
    assert [agent.pod for agent in found.agents] == ["falco-x7x2k"]
    assert asked == [BY_LABEL]


def test_without_the_label_all_pods_are_looked_through() -> None:
    found, asked = look("", listing(), listing({**falco_pod(), "spec": {"containers": []}}, falco_pod()))
    assert [agent.pod for agent in found.agents] == ["falco-x7x2k"]
    assert asked == [BY_LABEL, ("", "")]


def test_nothing_found_is_an_answer() -> None:
    assert look("", listing(), listing()) == (Discovery(), [BY_LABEL, ("", "")])


def test_a_named_namespace_is_looked_through_alone() -> None:
    found, asked = look("security", listing(falco_pod()))
    assert [agent.pod for agent in found.agents] == ["falco-x7x2k"]
    assert asked == [("security", "")]


@pytest.mark.parametrize(("err", "forbidden"), [(FORBIDDEN, True), (UNREACHABLE, False)])
@pytest.mark.parametrize("before", [0, 1])
def test_an_answer_that_fails_is_kept_and_is_never_nothing(err: str, forbidden: bool, before: int) -> None:
    failed = answer("", err, 1)
    found, _ = look("", *[listing()] * before, failed)
    assert found == Discovery(failed=failed)
    assert found.forbidden is forbidden
