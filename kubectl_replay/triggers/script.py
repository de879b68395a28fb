"""A script of the scenario's folder, run on this side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import hooks
from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Left
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from kubectl_replay.run import Run


def run_script(run: Run) -> Left:
    """Run the trigger hook; it must end 0, and what it prints is the output."""
    answer = hooks.run_hook(run, run.scenario.hooks.trigger or "trigger.sh")
    if answer.late:
        raise Failure.of(Reason.TRIGGER_TIMEOUT, answer)
    if answer.code:
        raise Failure.of(Reason.HOOK_FAILED, answer)
    return Left((), 0, answer.out)
