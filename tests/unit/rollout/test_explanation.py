"""What is said of agents that did not get ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.reasons import Reason
from kubectl_replay.rollout import explanation
from kubectl_replay.rollout.state import Rollout, read
from kubectl_replay.rollout.stuck import Stuck
from tests.unit.rollout.test_state import agent, daemons
from tests.unit.rollout.test_waiting import REFUSED, SELECTOR, Namespace, event
from tests.unit.samples import RUNNING, condition, container, terminated, waiting

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl

PIN = "--namespace falco --context kind-k8s-replay"
DESCRIBE = f"command: kubectl describe pods --selector {SELECTOR} {PIN}"


def explain(namespace: Namespace, found: Rollout) -> str:
    failure = explanation.explain(cast("Kubectl", namespace), SELECTOR, found, 60)
    assert failure.reason is Reason.FALCO_NOT_READY
    return failure.message


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


def test_an_agent_that_does_not_stay_ready_is_told_with_the_last_line_before_its_restart() -> None:
    again = container(RUNNING, "falco", restartCount=1, lastState=terminated(1))
    ready = agent("falco-a", again, conditions=(condition("Ready", "True"),), phase="Running")
    namespace = Namespace(logs={"falco-a": "Error: cannot open the driver"})
    assert explain(namespace, read([daemons(1, 1, 1), ready])) == (
        "Falco was installed, but its agents do not stay ready (waited 60 s).\n"
        "  falco-a on node-1: container falco ended with exit code 1 and was restarted\n"
        "    the last line of its container falco: Error: cannot open the driver\n"
        f"{DESCRIBE}\n"
        "next: where it is the driver that does not load, try another one: --set driver.kind=auto;"
        " then run this again"
    )
    assert namespace.asked == [("falco-a", "falco", True)]


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
