"""The ways to set a behavior off, one module each, and the table that a scenario's trigger.kind looks up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay.triggers.exec import run_exec
from kubectl_replay.triggers.kubectl import run_kubectl
from kubectl_replay.triggers.pod_start import read_start
from kubectl_replay.triggers.script import run_script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kubectl_replay.evidence import Left
    from kubectl_replay.run import Run

KINDS: Mapping[str, Callable[[Run], Left]] = {
    "kubectl-exec": run_exec,
    "curl": run_exec,
    "api-call": run_exec,
    "file-read": run_exec,
    "pod-start": read_start,
    "kubectl": run_kubectl,
    "script": run_script,
}
