"""One agent that is listened to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.backends.followed import Followed
from kubectl_replay.detection.agents import find
from tests.unit.backends.samples import agent_pod
from tests.unit.fakes import ScriptedKubectl, Silence
from tests.unit.samples import answer

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl

(AGENT,) = find([agent_pod()])
GONE = 'Error from server (NotFound): pods "falco-a" not found\n'


@pytest.fixture
def kubectl(monkeypatch: pytest.MonkeyPatch) -> ScriptedKubectl:
    scripted = ScriptedKubectl()
    scripted.clock.rule(monkeypatch, "backends.following")
    return scripted


def follow(kubectl: ScriptedKubectl) -> Followed:
    return Followed(cast("Kubectl", kubectl), AGENT, 990.0)


def test_it_listens_from_the_moment_on(kubectl: ScriptedKubectl) -> None:
    followed = follow(kubectl)
    assert kubectl.asked == [("follow", "falco", "falco-a", "falco", 12)]
    assert (followed.key, followed.name) == (("falco", "falco-a"), "falco/falco-a on node-a")


def test_an_agent_on_no_node_is_named_all_the_same(kubectl: ScriptedKubectl) -> None:
    assert (
        Followed(cast("Kubectl", kubectl), replace(AGENT, node=""), 0.0).name
        == "falco/falco-a on no node yet"
    )


def test_trouble_is_news_once_and_over_when_a_line_comes(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", end=answer())
    kubectl.will_log("falco-a", end=answer(err=GONE, code=1))
    kubectl.will_log("falco-a", Silence(2), "back\n")
    followed = follow(kubectl)
    assert (followed.trouble, followed.news) == ("", "")
    for _ in range(2):
        assert followed.lines.line(0.1) is None
        assert followed.trouble == ""  # it ended well, and there is none before it
    assert followed.lines.line(1) is None
    assert (followed.trouble, followed.news, followed.news) == (GONE.strip(), GONE.strip(), "")
    while (line := followed.lines.line(5)) is None:
        continue
    assert line == "back\n"
    assert followed.is_new("back\n")
    assert (followed.trouble, followed.news) == ("", "")


def test_a_log_that_ended_well_is_no_trouble(kubectl: ScriptedKubectl) -> None:
    kubectl.will_log("falco-a", end=answer())
    followed = follow(kubectl)
    assert followed.lines.line(0.1) is None
    assert followed.lines.last == answer()
    assert followed.trouble == ""
