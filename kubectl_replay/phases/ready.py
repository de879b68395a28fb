"""Ready: wait on the watch until every pod of the run is ready, or one never will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import clocks, pods
from kubectl_replay.errors import Failure
from kubectl_replay.pods import Failed, Pending, Ready
from kubectl_replay.reasons import REASONS, Reason
from kubectl_replay.result import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_replay.run import Run
    from kubectl_replay.watch import PodWatch


def ready(run: Run) -> Status:
    """Wait until the pods are ready; end as soon as it is sure that they will not be."""
    timeout = run.request.ready_timeout(run.scenario)
    started = run.pod if run.scenario.trigger.kind == "pod-start" else ""
    state = run.watch.wait(lambda watch: _settled(watch, run.pods, started), timeout)
    if isinstance(state, Ready):
        run.ready_at = clocks.now()
        run.ready_pod = run.watch.pods[run.pod]
        run.node = str(run.watch.pods[run.pod]["spec"].get("nodeName", ""))
        return Status.PASS
    command = run.kubectl.describe(run.pod)
    if isinstance(state, Failed):
        raise Failure(state.reason, REASONS[state.reason].sentence, command=command, words=state.words)
    if run.watch.broken:
        raise Failure(Reason.CONNECTION_LOST, REASONS[Reason.CONNECTION_LOST].sentence, command=command)
    raise _late(run.watch, run.pods, timeout, command)


def _settled(watch: PodWatch, names: Sequence[str], started: str) -> Ready | Failed | None:
    """Give the first failure, or readiness once all pods have it; for one pod to have started is enough."""
    states = [_started(watch, name) if name == started else _state(watch, name) for name in names]
    failed = [state for state in states if isinstance(state, Failed)]
    if failed:
        return failed[0]
    done = [state for state in states if isinstance(state, Ready)]
    return done[0] if done and len(done) == len(states) else None


def _state(watch: PodWatch, name: str) -> pods.State:
    if name in watch.gone:
        return Failed(Reason.POD_DELETED, f'pod "{name}" is gone')
    return pods.judge(watch.pods[name]) if name in watch.pods else Pending()


def _started(watch: PodWatch, name: str) -> pods.State:
    """Count a pod that runs or has ended as ready: its start is the behavior."""
    pod = watch.pods.get(name, {})
    ran = pod.get("status", {}).get("phase") in {"Running", "Succeeded", "Failed"}
    started = ran and name not in watch.gone and pods.has_started(pod)
    return Ready(str(pod["spec"].get("nodeName", ""))) if started else _state(watch, name)


def _late(watch: PodWatch, names: Sequence[str], timeout: float, command: str) -> Failure:
    """Say what was in the way when the time was up."""
    states = [_state(watch, name) for name in names]
    waiting = [state for state in states if isinstance(state, Pending)]
    named = [state for state in waiting if state.reason is not Reason.READY_TIMEOUT] or waiting
    return Failure(
        named[0].reason,
        f"{REASONS[named[0].reason].sentence.rstrip('.')} (waited {timeout:g} s).",
        command=command,
        words=named[0].words,
    )
