"""A command of kubectl itself, in the run's namespace and on its pinned cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import process, words
from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Left
from kubectl_replay.reasons import Reason
from kubectl_replay.scenario.placeholders import fill

if TYPE_CHECKING:
    from kubectl_replay.run import Run


def run_kubectl(run: Run) -> Left:
    """Run `kubectl` with the scenario's words: what it answers is the behavior, no answer is none."""
    trigger = run.scenario.trigger
    argv = run.kubectl.argv(*(fill(word, run.values) for word in trigger.command))
    stdin = None if trigger.stdin is None else fill(trigger.stdin, run.values)
    seconds = run.scenario.timeouts.trigger_seconds
    answer = process.run(argv, timeout=seconds, stdin=stdin, env=run.kubectl.environment)
    if answer.late:
        raise Failure.of(Reason.TRIGGER_TIMEOUT, answer)
    if answer.code and words.read(answer.err) is Reason.CLUSTER_UNREACHABLE:
        raise Failure.of(Reason.CONNECTION_LOST, answer)
    return Left((*argv, stdin or ""), answer.code, answer.out)
