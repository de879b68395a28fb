"""Samples of what kubectl answers and the API server prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import skipped
from kubectl_replay.process import Completed
from kubectl_replay.reasons import Phase, Reason
from kubectl_replay.result import Detection as Detected
from kubectl_replay.result import PhaseResult, Proof, Result, Status
from kubectl_replay.scenario.spec import (
    Behavior,
    Deploy,
    Detection,
    Evidence,
    Manifest,
    Scenario,
    Technique,
    Trigger,
    Workload,
)

if TYPE_CHECKING:
    from kubectl_replay.pods import Pod


def answer(
    out: str = "",
    err: str = "",
    code: int = 0,
    *,
    late: bool = False,
    argv: tuple[str, ...] = ("kubectl", "x"),
) -> Completed:
    """Return what a program that ended said."""
    return Completed(argv, code, out, err, late)


UNREACHABLE = (
    "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n"
)
FORBIDDEN = (
    'Error from server (Forbidden): pods is forbidden: User "nobody" cannot list resource "pods" in API group'
    ' "" in the namespace "k8s-replay"\n'
)


def refused(err: str = FORBIDDEN) -> Completed:
    """Return the answer of a call that the API server refused."""
    return answer(err=err, code=1)


def away() -> Completed:
    """Return the answer of a call that reached no API server."""
    return answer(err=UNREACHABLE, code=1)


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    """Return the state of a container that waits."""
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


def terminated(code: int, reason: str = "Error") -> dict[str, Any]:
    """Return the state of a container that ended."""
    return {"terminated": {"exitCode": code, "reason": reason}}


RUNNING: dict[str, Any] = {"running": {"startedAt": "2026-11-24T08:00:00Z"}}


def container(state: dict[str, Any], name: str = "target", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the status of one container."""
    return {"name": name, "ready": "running" in state, "restartCount": 0, "state": state, **more}


def condition(kind: str, status: str, **more: str) -> dict[str, str]:
    """Return one condition of a pod."""
    return {"type": kind, "status": status, **more}


def pod(
    name: str = "demo-target-r1",
    *,
    phase: str = "Pending",
    conditions: tuple[dict[str, str], ...] = (),
    containers: tuple[dict[str, Any], ...] = (),
    init: tuple[dict[str, Any], ...] = (),
    **more: Any,  # noqa: ANN401 - JSON
) -> Pod:
    """Return a pod as the API server prints it; `more` goes into its status."""
    status: dict[str, Any] = {"phase": phase, **more}
    lists = {"conditions": conditions, "containerStatuses": containers, "initContainerStatuses": init}
    status |= {key: list(found) for key, found in lists.items() if found}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "k8s-replay"},
        "spec": {"nodeName": "node-1"},
        "status": status,
    }


def ready_pod(name: str = "demo-target-r1") -> Pod:
    """Return a pod that runs and is ready."""
    return pod(
        name,
        phase="Running",
        conditions=(condition("PodScheduled", "True"), condition("Ready", "True")),
        containers=(container(RUNNING),),
    )


def deleted(of: Pod) -> Pod:
    """Return the pod with a deletion begun."""
    return {**of, "metadata": {**of["metadata"], "deletionTimestamp": "2026-11-24T08:00:00Z"}}


def scenario(**changes: Any) -> Scenario:  # noqa: ANN401 - the fields of a scenario
    """Return a scenario that runs `id` in a pod and wants its proof."""
    fields: dict[str, Any] = {
        "id": "demo",
        "version": "1.0",
        "title": "A demo",
        "goal": "See that it runs.",
        "safety": "safe",
        "deploy": Deploy((Manifest("pod.yaml"),)),
        "workload": Workload(selector="scenario=demo", pod_name="demo-target"),
        "trigger": Trigger(
            kind="kubectl-exec",
            command=("sh", "-c", ": {{replay.nonce}}; printf %s%s {{replay.proof_a}} {{replay.proof_b}}"),
        ),
        "behavior": Behavior(
            "a program runs in a container", (Evidence("exit_code", 0), Evidence("proof", True))
        ),
        "detection": Detection(semantics=("program execution in container",)),
    }
    return Scenario(**(fields | changes))


STARTED = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)


def phases(
    stopped: Phase | None = None, reason: Reason | None = None, message: str = "", **statuses: Status
) -> tuple[PhaseResult, ...]:
    """Return how the phases ended: all passed up to the one that failed; `statuses` say otherwise.

    Detection is skipped unless a status says otherwise, and cleanup runs from wherever the run stopped.
    """
    found = {Phase.DETECTION: PhaseResult(Phase.DETECTION, Status.SKIP)}
    for phase in Phase:
        after = stopped is not None and list(Phase).index(phase) > list(Phase).index(stopped)
        pending = after and phase is not Phase.CLEANUP
        found[phase] = (
            PhaseResult(phase, Status.PENDING)
            if pending
            else found.get(phase, PhaseResult(phase, Status.PASS, 0.25))
        )
    if stopped is not None:
        found[stopped] = PhaseResult(stopped, Status.FAIL, 1.5, reason, message)
    for name, status in statuses.items():
        found[Phase(name)] = replace(found[Phase(name)], status=status)
    return tuple(found[phase] for phase in Phase)


def result(**changes: Any) -> Result:  # noqa: ANN401 - the fields of a result
    """Return what a run ended as that passed, with no detector to ask."""
    fields: dict[str, Any] = {
        "scenario": "shell-spawn",
        "context": "kind-k8s-replay",
        "namespace": "k8s-replay",
        "phases": phases(),
        "run_id": "r1",
        "pod": "shell-spawn-target-r1",
        "node": "node-1",
        "started_at": STARTED,
        "duration_seconds": 2.34567,
        "proofs": (Proof("proof", "proof", held=True, weak=False, reason=Reason.EXEC_NOT_CONFIRMED),),
        "detection": Detected(skipped("none", Missed.NO_BACKEND)),
        "behavior": "shell execution in container",
        "expectations": ("shell execution in container",),
        "attack": (Technique(id="T1059.004", name="Unix Shell", tactics=("Execution",), version="18"),),
    }
    return Result(**(fields | changes))
