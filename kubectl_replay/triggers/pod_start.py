"""The pod's own start: the command is the target container's, and its log is the output."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kubectl_replay.evidence import Left, Trace, fill_in, judge
from kubectl_replay.scenario.placeholders import fill

if TYPE_CHECKING:
    from kubectl_replay.pods import Pod
    from kubectl_replay.run import Run

CODE_SECONDS = 2.0
"""How long the news of a container's end may take after the end of its log."""


def read_start(run: Run) -> Left:
    """Follow the container's log until what the scenario wants to see is there, it ends, or time is up."""
    sent = tuple(fill(word, run.values) for word in run.scenario.trigger.command)
    deadline = time.monotonic() + run.scenario.timeouts.trigger_seconds
    lines: list[str] = []
    with run.kubectl.follow_log(run.pod, run.scenario.workload.container) as log:
        while not _is_enough(run, sent, "".join(lines)) and (left := deadline - time.monotonic()) > 0:
            try:
                line = log.line(left)
            except TimeoutError:
                break
            if line is None:
                break
            lines.append(line)
    return Left(sent, _exit_code(run), "".join(lines))


def _is_enough(run: Run, sent: tuple[str, ...], output: str) -> bool:
    """Whether everything that the output can prove is proven; an exit code is waited for to the end."""
    wanted = run.scenario.behavior.evidence
    if any(item.kind == "exit_code" for item in wanted):
        return False
    trace = Trace(sent, 0, output, run.identity.proof, run.watch.pods.get(run.pod, {}))
    asked = [fill_in(item, run.values) for item in wanted if item.kind != "pod"]
    return bool(asked) and all(judge(item, trace).held for item in asked)


def _exit_code(run: Run) -> int | None:
    """Return the exit code of the container, None while it runs."""
    if all(item.kind != "exit_code" for item in run.scenario.behavior.evidence):
        return None
    name = run.scenario.workload.container
    return run.watch.wait(lambda watch: ended_with(watch.pods.get(run.pod, {}), name), CODE_SECONDS)


def ended_with(pod: Pod, container: str) -> int | None:
    """Return the exit code that a pod's status gives for a container, None while there is none."""
    for status in pod.get("status", {}).get("containerStatuses", []):
        ended = status.get("state", {}).get("terminated")
        if status["name"] == container and ended:
            return int(ended["exitCode"])
    return None
