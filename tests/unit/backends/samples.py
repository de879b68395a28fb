"""A cluster with agents of Falco, written down, and the question that a run asks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from kubectl_replay.backends.falco import Falco, Options
from kubectl_replay.backends.question import Question
from kubectl_replay.clocks import Moment
from kubectl_replay.detection.timestamp import SECOND
from tests.unit.detection.samples import (
    EXPECTATION,
    OTHER_ID,
    OTHER_RULE,
    TARGET,
    TRIGGER,
    WINDOW,
    falco_json,
)
from tests.unit.fakes import Clock, ScriptedKubectl
from tests.unit.samples import answer

if TYPE_CHECKING:
    import pytest

    from kubectl_replay.detection.verdict import Verdict
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed
    from kubectl_replay.scenario.detection import FalcoExpectation

NODE = "node-a"

QUESTION = Question(
    target=TARGET,
    window=WINDOW,
    request_window=WINDOW,
    asked=Moment(TRIGGER + 2 * SECOND, 1002.0),
    triggered=Moment(TRIGGER, 1000.0),
    seconds=20.0,
    tty=True,
)
"""Asked two seconds after the trigger; the answer is wanted at 1022 on the clock of a `ScriptedKubectl`."""

NO_OPTIONS = Options()

LONG_AGO = "2026-11-24T05:00:00.000000000Z"
_OWN = f"{LONG_AGO} Tue Nov 24 05:00:00 2026: "
STARTED = (f"{_OWN}Falco version: 0.44.1 (x86_64)\n", f"{_OWN}Enabled event sources: syscall\n")
NOISE = falco_json(OTHER_RULE, container_id=OTHER_ID, command="id", time=LONG_AGO, stamp=LONG_AGO) + "\n"
HEALTHY = (*STARTED, NOISE)
"""The whole log of a Falco that can be heard: it started long ago and has alerted on something since."""


def agent_pod(
    name: str = "falco-a",
    node: str = NODE,
    *,
    ready: bool = True,
    restarts: int = 0,
    owner: str = "DaemonSet",
    **container: Any,  # noqa: ANN401 - the fields of a container
) -> dict[str, Any]:
    """Return a pod that runs Falco, as the API server prints it."""
    return {
        "metadata": {
            "name": name,
            "namespace": "falco",
            "labels": {"app.kubernetes.io/name": "falco"},
            "ownerReferences": [{"kind": owner, "name": "falco"}],
        },
        "spec": {
            "nodeName": node,
            "containers": [{"name": "falco", "image": "falcosecurity/falco:0.44.1", **container}],
        },
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": "falco", "ready": ready, "restartCount": restarts}],
        },
    }


def listing(*pods: dict[str, Any]) -> Completed:
    """Return the answer of a list."""
    return answer(json.dumps({"items": list(pods)}))


def single(pod: dict[str, Any]) -> Completed:
    """Return the answer of a get."""
    return answer(json.dumps(pod))


def cluster(monkeypatch: pytest.MonkeyPatch, *pods: dict[str, Any]) -> ScriptedKubectl:
    """Return a kubectl of a cluster with these agents, at the moment at which it is asked."""
    clock = Clock(wall=TRIGGER - 1000 * SECOND)
    modules = ("audit", "falco", "agent_log", "following", "growing_file", "listening")
    clock.rule(monkeypatch, "clocks", *(f"backends.{name}" for name in modules))
    clock.now = 1002.0
    return ScriptedKubectl(clock, listings=[listing(*pods)], singles=[single(pod) for pod in pods[:1]])


def ask(
    kubectl: ScriptedKubectl,
    expectation: FalcoExpectation = EXPECTATION,
    options: Options = NO_OPTIONS,
    *,
    namespace: str = "",
    **changes: Any,  # noqa: ANN401 - the fields of a question
) -> Verdict:
    """Look for Falco, follow it from before the trigger, and ask it."""
    falco = Falco(cast("Kubectl", kubectl), expectation, namespace, options)
    falco.follow(NODE, 995.0)
    try:
        return falco.ask(replace(QUESTION, **changes))
    finally:
        falco.close()
        assert all(stream.closed for stream in kubectl.read)
