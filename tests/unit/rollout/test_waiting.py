"""Waiting for the agents of a release."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason
from kubectl_replay.rollout import waiting as vigil
from kubectl_replay.rollout.state import KINDS, Rollout
from tests.unit.fakes import Clock, pinned
from tests.unit.rollout.test_state import agent, daemons
from tests.unit.samples import RUNNING, answer, away, condition, container, refused, terminated, waiting

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

SELECTOR = "app.kubernetes.io/instance=falco"
REFUSED = 'Error creating: pods "falco-" is forbidden: violates PodSecurity "baseline:latest"'


@dataclass
class Namespace:
    """A kubectl over a namespace whose answers are written down, the last of each for ever."""

    states: list[Completed] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    logs: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[object, ...]] = field(default_factory=list)
    forbidden: bool = False

    def objects(self, kinds: tuple[str, ...], selector: str) -> Completed:
        assert (kinds, selector) == (KINDS, SELECTOR)
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def warnings(self, reason: str) -> Completed:
        self.asked.append(("warnings", reason))
        return refused() if self.forbidden else answer(json.dumps({"items": self.events}))

    def end_of_log(self, pod: str, container: str, *, previous: bool) -> Completed:
        self.asked.append((pod, container, previous))
        return answer(self.logs[pod]) if pod in self.logs else refused()

    def __getattr__(self, name: str) -> object:
        return getattr(pinned("falco"), name)


def event(message: str = REFUSED) -> dict[str, Any]:
    return {"involvedObject": {"kind": "DaemonSet", "name": "falco"}, "message": message}


def listed(*items: dict[str, Any]) -> Completed:
    return answer(json.dumps({"items": list(items)}))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    now = Clock()
    now.rule(monkeypatch, "rollout.waiting", "removal")
    return now


def wait(namespace: Namespace, seconds: float = 60, *known: str) -> tuple[Rollout, list[str]]:
    told: list[str] = []
    return vigil.wait(cast("Kubectl", namespace), SELECTOR, seconds, told.append, known), told


def test_agents_are_waited_for_and_every_change_is_told_once(clock: Clock) -> None:
    states = [daemons(0, 0, 0, observed=1), daemons(2, 2, 0), daemons(2, 2, 0), daemons(2, 2, 1)]
    found, told = wait(Namespace([*map(listed, states), listed(daemons(2, 2, 2))]))
    assert found.steady
    assert told == [
        "waiting for Falco: the agents are being created (0 s)",
        "waiting for Falco: 0 of 2 agents are ready (0 s)",
        "waiting for Falco: 1 of 2 agents are ready (2 s)",
        "waiting for Falco: 2 of 2 agents are ready (2 s)",
    ]
    assert clock.slept == [0.5] * (3 + 7)  # the last state is looked at for three seconds


@pytest.mark.usefixtures("clock")
def test_an_agent_that_is_ready_for_a_moment_only_is_not_ready() -> None:
    ended = container(
        waiting("CrashLoopBackOff"), "falco", restartCount=3, lastState=terminated(1), ready=False
    )
    moment, over = listed(daemons(1, 1, 1)), listed(daemons(1, 1, 0), agent("falco-a", ended))
    found, told = wait(Namespace([listed(daemons(1, 1, 0)), *[moment] * 6, over]))
    assert (found.complete, found.hopeless) == (False, True)
    assert [line.partition("; ")[0] for line in told] == [
        "waiting for Falco: 0 of 1 agents are ready (0 s)",
        "waiting for Falco: 1 of 1 agents are ready (0 s)",
        "waiting for Falco: 0 of 1 agents are ready",
    ]


def running(restarts: int) -> dict[str, Any]:
    again = container(
        RUNNING, "falco", restartCount=restarts, **({"lastState": terminated(1)} if restarts else {})
    )
    return agent("falco-a", again, conditions=(condition("Ready", "True"),), phase="Running")


def test_an_agent_that_is_restarted_unseen_between_two_looks_is_not_steady(clock: Clock) -> None:
    looks = [listed(daemons(1, 1, 1), running(count)) for count in (0, 0, 1, 1, 1, 1, 1, 1, 1)]
    found, _ = wait(Namespace(looks))
    assert found.steady
    assert sum(clock.slept) == 1 + 3  # three seconds from the first look at its second life


def test_agents_that_never_stay_ready_are_not_waited_for_for_ever(clock: Clock) -> None:
    found, told = wait(Namespace([listed(daemons(1, 1, 1), running(count)) for count in range(90)]), 12)
    assert (found.complete, found.steady) == (True, False)
    assert sum(clock.slept) == 12 + 3
    assert told[0] == "waiting for Falco: 1 of 1 agents are ready (0 s)"


def test_an_agent_that_gets_ready_at_the_last_moment_has_its_three_seconds_all_the_same(clock: Clock) -> None:
    found, _ = wait(Namespace([*[listed(daemons(1, 1, 0))] * 4, listed(daemons(1, 1, 1))]), seconds=2.5)
    assert found.steady
    assert sum(clock.slept) == 2 + 3


@pytest.mark.usefixtures("clock")
def test_a_long_wait_is_told_every_ten_seconds_until_its_end() -> None:
    namespace = Namespace([listed(daemons(1, 1, 0), agent("falco-a"))])
    found, told = wait(namespace, 25)
    assert not found.complete
    assert told == [f"waiting for Falco: 0 of 1 agents are ready ({seconds} s)" for seconds in (0, 10, 20)]
    assert namespace.asked == []


@pytest.mark.usefixtures("clock")
def test_pods_that_are_refused_are_told_while_they_are_waited_for() -> None:
    namespace = Namespace([listed(daemons(1, 0, 0))], events=[event()])
    _, told = wait(namespace, 12)
    assert told == [
        "waiting for Falco: 0 of 1 agents are ready (0 s)",
        f"waiting for Falco: 0 of 1 agents are ready; falco: {REFUSED} (10 s)",
    ]
    assert namespace.asked == [("warnings", "FailedCreate")]


def test_what_is_hopeless_is_not_waited_for(clock: Clock) -> None:
    pod = agent("falco-a", container(waiting("ErrImagePull", "not found"), "falco"))
    found, told = wait(Namespace([listed(daemons(1, 1, 0), pod)]))
    assert (found.hopeless, clock.slept) == (True, [])
    assert told == [
        "waiting for Falco: 0 of 1 agents are ready; falco-a on node-1: ErrImagePull: not found (0 s)"
    ]


@pytest.mark.usefixtures("clock")
def test_a_pod_that_was_stuck_before_has_all_the_time() -> None:
    pod = agent("falco-a", container(waiting("ErrImagePull", "not found"), "falco"))
    stuck, ready = listed(daemons(1, 1, 0), pod), listed(daemons(1, 1, 1))
    found, _ = wait(Namespace([*[stuck] * 50, ready]), 60, "falco-a")
    assert found.complete


def test_an_api_server_that_is_away_for_a_moment_is_waited_for(clock: Clock) -> None:
    found, _ = wait(Namespace([away(), listed(daemons(1, 1, 1))]))
    assert found.complete
    assert clock.slept == [0.3, *[0.5] * 6]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("said", [refused(), away(), answer(code=-9, late=True)])
def test_what_cannot_be_read_is_not_ready(said: Completed) -> None:
    with pytest.raises(Failure) as failed:
        wait(Namespace([said]))
    assert failed.value.reason is Reason.FALCO_NOT_READY
    sentence, *words, command, step = failed.value.message.splitlines()
    assert sentence == "Falco was installed, but whether it is ready could not be read."
    assert words == [f"  {line}" for line in said.err.splitlines()]
    assert command == "command: kubectl x"
    assert step == "next: ask for a Role there: pods, daemonsets, deployments list; then run this again"


@pytest.mark.usefixtures("clock")
def test_a_release_without_any_object_runs_no_falco() -> None:
    found, _ = wait(Namespace([answer("")]))
    assert found == Rollout()
