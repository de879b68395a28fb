"""The pod's own start: the command is the target container's, and its log is the output."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kubectl_replay import words
from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Left, Trace, fill_in, judge, looks_at_code
from kubectl_replay.reasons import REASONS, Reason
from kubectl_replay.scenario.placeholders import fill

if TYPE_CHECKING:
    from kubectl_replay.pods import Pod
    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run

AGAIN_SECONDS = 0.3

LAST_SECONDS = 5.0
"""How long the whole log of a container that has ended may take."""

CODE_SECONDS = 2.0
"""How long the news of a container's end may take after the end of its log."""


def read_start(run: Run) -> Left:
    """Follow the container's log until what the scenario wants to see is there, it ends, or time is up.

    The end of the stream alone is no answer: while the container runs, the log is read again.
    """
    sent = tuple(fill(word, run.values) for word in run.scenario.trigger.command)
    deadline = time.monotonic() + run.scenario.timeouts.trigger_seconds
    while True:
        output = _follow(run, sent, deadline)
        if _is_enough(run, sent, output):
            return Left(sent, None, output)
        code = _exit_code(run)
        if code is not None:
            return Left(sent, code, _read_ended(run, sent, output))
        if time.monotonic() >= deadline:
            return Left(sent, None, output)


def _follow(run: Run, sent: tuple[str, ...], deadline: float) -> str:
    """Read the log from its beginning; raise where the API server refuses it."""
    lines: list[str] = []
    with run.kubectl.follow_log(run.pod, run.scenario.workload.container) as log:
        while not _is_enough(run, sent, "".join(lines)):
            try:
                line = log.line(max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                break
            if line is None:
                _raise_if_refused(log.close())
                break
            lines.append(line)
    return "".join(lines)


def _read_ended(run: Run, sent: tuple[str, ...], output: str) -> str:
    """Read the log of a container that has ended once more, if nothing was read before that was known."""
    return output or _follow(run, sent, time.monotonic() + LAST_SECONDS)


def _raise_if_refused(ended: Completed) -> None:
    if words.read(ended.err) is Reason.RBAC_DENIED:
        raise Failure.of(Reason.RBAC_DENIED, ended)


def _is_enough(run: Run, sent: tuple[str, ...], output: str) -> bool:
    """Whether everything that the output can prove is proven; what looks at the exit code waits for it."""
    wanted = run.scenario.behavior.evidence
    if any(looks_at_code(item) for item in wanted):
        return False
    trace = Trace(sent, None, output, run.identity.proof, run.watch.pods.get(run.pod, {}))
    return all(judge(fill_in(item, run.values), trace).held for item in wanted if item.kind != "pod")


def _exit_code(run: Run) -> int | None:
    """Wait a moment for the container's exit code, None while it runs; raise if the pod is gone."""
    name = run.scenario.workload.container
    waits = any(looks_at_code(item) for item in run.scenario.behavior.evidence)
    patience = CODE_SECONDS if waits else AGAIN_SECONDS
    code = run.watch.wait(lambda watch: ended_with(watch.pods.get(run.pod, {}), name), patience)
    if code is None and run.pod in run.watch.gone:
        raise Failure(Reason.POD_DELETED, REASONS[Reason.POD_DELETED].sentence)
    return code


def ended_with(pod: Pod, container: str) -> int | None:
    """Return the exit code that a pod's status gives for a container, None while there is none."""
    for status in pod.get("status", {}).get("containerStatuses", []):
        ended = status.get("state", {}).get("terminated")
        if status["name"] == container and ended:
            return int(ended["exitCode"])
    return None
