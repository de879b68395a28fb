"""Waiting for the agents of a release, and what is said when they do not get ready."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_replay import readiness
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason
from kubectl_replay.rollout import KINDS, Rollout, Stuck, read
from tests.unit.fakes import Clock, pinned
from tests.unit.samples import RUNNING, answer, away, container, refused, terminated, waiting
from tests.unit.test_rollout import agent, daemons

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

SELECTOR = "app.kubernetes.io/instance=falco"
PIN = "--namespace falco --context kind-k8s-replay"
DESCRIBE = f"command: kubectl describe pods --selector {SELECTOR} {PIN}"
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
    now.rule(monkeypatch, "readiness", "removal")
    return now


def wait(namespace: Namespace, seconds: float = 60) -> tuple[Rollout, list[str]]:
    told: list[str] = []
    return readiness.wait(cast("Kubectl", namespace), SELECTOR, seconds, told.append), told


def explain(namespace: Namespace, found: Rollout) -> str:
    failure = readiness.explain(cast("Kubectl", namespace), SELECTOR, found, 60)
    assert failure.reason is Reason.FALCO_NOT_READY
    return failure.message


def test_agents_are_waited_for_and_every_change_is_told_once(clock: Clock) -> None:
    states = [daemons(0, 0, 0, observed=1), daemons(2, 2, 0), daemons(2, 2, 0), daemons(2, 2, 1)]
    found, told = wait(Namespace([*map(listed, states), listed(daemons(2, 2, 2))]))
    assert found.complete
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


def test_an_agent_that_gets_ready_at_the_last_moment_has_its_three_seconds_all_the_same(clock: Clock) -> None:
    found, _ = wait(Namespace([*[listed(daemons(1, 1, 0))] * 4, listed(daemons(1, 1, 1))]), seconds=2.5)
    assert found.complete
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


def test_an_agent_that_ends_again_and_again_is_told_with_the_last_line_of_its_log() -> None:
    ended = container(
        waiting("CrashLoopBackOff"), "falco", restartCount=3, lastState=terminated(1), ready=False
    )
    namespace = Namespace(logs={"falco-a": "starting\nError: cannot open the driver\n\n"})
    assert explain(namespace, read([daemons(1, 1, 0), agent("falco-a", ended)])) == (
        "Falco was installed, but only 0 of 1 agents are ready.\n"
        "  falco-a on node-1: container falco ended with exit code 1 and is restarted\n"
        "    the last line of its container falco: Error: cannot open the driver\n"
        f"{DESCRIBE}\n"
        "next: where it is the driver that does not load, try another one: --set driver.kind=auto;"
        " then run this again"
    )
    assert namespace.asked == [("falco-a", "falco", False)]


def test_every_agent_in_the_way_is_told_and_each_advice_once() -> None:
    image = container(waiting("ErrImagePull", "not found"), "falco")
    again = container(RUNNING, "falco", ready=False, restartCount=1, lastState=terminated(1))
    found = read([daemons(3, 3, 0), agent("a", image), agent("b", image), agent("c", again)])
    namespace = Namespace(logs={"c": ""})
    assert explain(namespace, found) == (
        "Falco was installed, but only 0 of 3 agents are ready.\n"
        "  a on node-1: ErrImagePull: not found\n"
        "  b on node-1: ErrImagePull: not found\n"
        "  c on node-1: container falco ended with exit code 1 and is restarted\n"
        f"{DESCRIBE}\n"
        "next: let the nodes reach the images, or name a registry that they reach with --values FILE or"
        " --set image.registry=HOST; where it is the driver that does not load, try another one:"
        " --set driver.kind=auto; then run this again"
    )
    assert namespace.asked == [("c", "falco", True)]


def test_a_log_that_may_not_be_read_is_left_out() -> None:
    stuck = Stuck("a", "n", Reason.READY_TIMEOUT, "", container="falco")
    found = Rollout(("DaemonSet/falco",), seen=True, wanted=1, created=1, stuck=(stuck,))
    assert explain(Namespace(), found) == (
        "Falco was installed, but only 0 of 1 agents are ready after 60 s.\n"
        "  a on n: The pod did not become ready in time.\n"
        f"{DESCRIBE}\n"
        "next: allow more time with --ready-timeout; then run this again"
    )


def test_pods_that_are_refused_are_told_with_the_words_of_who_refuses_them_and_a_way_in() -> None:
    namespace = Namespace(events=[event(), event(), event("quota")])
    assert explain(namespace, read([daemons(1, 0, 0)])) == (
        "Falco was installed, but only 0 of 1 agents are ready after 60 s.\n"
        f"  falco: {REFUSED}\n"
        "  falco: quota\n"
        f"command: kubectl describe daemonsets,deployments --selector {SELECTOR} {PIN}\n"
        "next: mend what refuses the pods; where it is Pod Security, Falco's need: kubectl label namespace"
        " falco pod-security.kubernetes.io/enforce=privileged --overwrite --context kind-k8s-replay;"
        " then run this again"
    )


def test_events_that_may_not_be_read_are_left_out() -> None:
    assert explain(Namespace(forbidden=True), read([daemons(1, 0, 0)])).splitlines()[1:] == [
        f"command: kubectl describe daemonsets,deployments --selector {SELECTOR} {PIN}",
        "next: see what the command says; then run this again",
    ]


@pytest.mark.parametrize(
    ("found", "sentence", "step"),
    [
        (
            Rollout(),
            "Nothing that the chart has installed runs Falco.",
            "name Falco's own chart with --chart; then run this again",
        ),
        (
            read([daemons(0, 0, 0)]),
            "Falco was installed, but no node takes its agents.",
            "look at nodeSelector, affinity and tolerations in the values; then run this again",
        ),
        (
            read([daemons(0, 0, 0, observed=1)]),
            "Falco was installed, but its agents were not created within 60 s.",
            "see what the command says; then run this again",
        ),
    ],
)
def test_what_is_not_there_to_be_waited_for_is_told(found: Rollout, sentence: str, step: str) -> None:
    message = explain(Namespace(), found).splitlines()
    assert (message[0], message[-1]) == (sentence, f"next: {step}")
