"""Trigger: set the behavior off, once, and keep what it left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import clocks
from kubectl_replay.evidence import Trace
from kubectl_replay.result import Status
from kubectl_replay.triggers import KINDS

if TYPE_CHECKING:
    from kubectl_replay.run import Run


def trigger(run: Run) -> Status:
    """Set the behavior off in the way that the scenario names."""
    if run.detectors:
        run.detectors.follow(run.node, run.started)
    run.triggered_at = clocks.now()
    left = KINDS[run.scenario.trigger.kind](run)
    pod = run.watch.pods.get(run.pod, {})
    run.trace = Trace(left.sent, left.code, left.output, run.identity.proof, pod)
    return Status.PASS
