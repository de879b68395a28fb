"""The phases of a run, one module and one function each: what the engine goes through, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay.phases.behavior import behavior
from kubectl_replay.phases.deploy import deploy
from kubectl_replay.phases.detection import detection
from kubectl_replay.phases.preflight import preflight
from kubectl_replay.phases.ready import ready
from kubectl_replay.phases.trigger import trigger

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.result import Status
    from kubectl_replay.run import Run

PHASES: tuple[Callable[[Run], Status], ...] = (preflight, deploy, ready, trigger, behavior, detection)
"""Cleanup is not in the list: it runs from wherever the run stopped."""
