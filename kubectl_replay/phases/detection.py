"""Detection: ask the detectors whether they alerted on this very run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import clocks
from kubectl_replay.backends.question import Question, Timeline, node_window, server_window
from kubectl_replay.detection.identity import Target
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import skipped
from kubectl_replay.result import Detection, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.backends.detectors import Detectors
    from kubectl_replay.evidence import Trace
    from kubectl_replay.pods import Pod
    from kubectl_replay.run import Run

_STATUS = {"detected": Status.PASS, "skipped": Status.SKIP}


def detection(run: Run) -> Status:
    """Ask the detectors, and wait until they have answered or the time is up."""
    if run.detectors is None:
        run.detection = Detection(skipped("disabled", Missed.DISABLED))
        return Status.SKIP
    try:
        together, each = run.detectors.ask(_question(run, run.detectors))
    finally:
        run.detectors.close()
    run.detection = Detection(together, each)
    return _STATUS.get(together.verdict, Status.NOT_VERIFIED)


def _question(run: Run, detectors: Detectors) -> Question:
    if run.trace is None or run.triggered_at is None:
        raise LookupError("trigger has left no trace")
    trigger, container = run.scenario.trigger, run.scenario.workload.container
    starts = trigger.kind == "pod-start"
    line = Timeline(
        run.created_at, run.ready_at or run.triggered_at, run.triggered_at, local=detectors.share_our_clock()
    )
    seen = run.ready_pod  # as it was: a restart since would tell a later start
    return Question(
        target=_target(run, run.trace, run.watch.pods.get(run.pod, seen)),
        window=node_window(seen, container, line, starts=starts),
        request_window=server_window(seen, line, starts=starts),
        asked=clocks.now(),
        triggered=(starts and run.created_at) or run.triggered_at,
        seconds=run.request.detect_timeout(run.scenario),
        tty=trigger.tty,
    )


def _target(run: Run, trace: Trace, pod: Pod) -> Target:
    container = run.scenario.workload.container
    ids = [found for seen in (run.ready_pod, pod) for found in _ids(seen, container)]
    return Target(
        namespace=run.namespace,
        pod=run.pod,
        container=container,
        container_ids=tuple(dict.fromkeys(ids)),
        nonce=run.identity.nonce,
        run=run.identity.run,
        nonce_sent=any(run.identity.nonce in word for word in trace.sent),
        reused=run.reused,
    )


def _ids(pod: Pod, container: str) -> Iterator[str]:
    """Yield the ids of a container, and of the one that ran before a restart."""
    for status in pod.get("status", {}).get("containerStatuses", ()):
        if status["name"] == container:
            before = status.get("lastState", {}).get("terminated", {})
            yield from filter(None, (status.get("containerID"), before.get("containerID")))
