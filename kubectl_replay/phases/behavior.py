"""Behavior: prove from the trigger's own traces that it happened."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kubectl_replay import evidence
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import REASONS
from kubectl_replay.result import Status
from kubectl_replay.scenario.placeholders import fill

if TYPE_CHECKING:
    from kubectl_replay.run import Run
    from kubectl_replay.scenario.spec import Evidence


def behavior(run: Run) -> Status:
    """Judge every piece of evidence; all of them must hold."""
    if run.trace is None:
        raise LookupError("trigger has left no trace")
    wanted = [_rendered(item, run) for item in run.scenario.behavior.evidence]
    run.proofs = tuple(evidence.judge(item, run.trace) for item in wanted)
    missing = [proof for proof in run.proofs if not proof.held]
    if missing:
        reason = missing[0].reason
        found = f"the command ended with exit code {run.trace.code}"
        told = [f"not held: {proof.wanted}" for proof in missing]
        raise Failure(reason, REASONS[reason].sentence, words="\n".join([*told, found]))
    return Status.PASS


def _rendered(item: Evidence, run: Run) -> Evidence:
    if item.kind == "output_matches":
        literally = {name: re.escape(value) for name, value in run.values.items()}
        return replace(item, value=fill(str(item.value), literally))
    if isinstance(item.value, str):
        return replace(item, value=fill(item.value, run.values))
    if isinstance(item.value, dict):
        filled = {key: fill(value, run.values) for key, value in item.value.items()}
        return replace(item, value=filled)
    return item
