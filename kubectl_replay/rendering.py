"""The folder that kubectl creates a run's objects from: rendered before the cluster is asked anything."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_replay import kustomization, manifests
from kubectl_replay.kustomization import Changes, Mark
from kubectl_replay.scenario.placeholders import fill

if TYPE_CHECKING:
    from kubectl_replay.run import Run

LEEWAY_SECONDS = 120
"""How much longer than its timeouts a run's pods may live, should nobody be left to delete them."""

KEPT_SECONDS = 3600


def render(run: Run) -> tempfile.TemporaryDirectory[str]:
    """Write the run's manifests and kustomization into a folder that goes with the run at the latest."""
    files = manifests.paths(run.scenario, run.settings)
    content = kustomization.build(files, run.objects, mark(run), changes(run))
    folder = tempfile.TemporaryDirectory(prefix="kubectl-replay-")
    run.stack.enter_context(folder)
    manifests.render(run.scenario.folder, content, Path(folder.name))
    return folder


def mark(run: Run) -> Mark:
    """Say what makes the objects of this run its own."""
    timeouts = run.scenario.timeouts
    phases = run.request.ready_timeout(run.scenario) + timeouts.trigger_seconds + timeouts.detect_seconds
    deadline = int(phases) + LEEWAY_SECONDS
    if run.request.keep:
        deadline = max(deadline, KEPT_SECONDS)
    return Mark(run.scenario.id, run.identity.run, run.namespace, deadline, keep=run.request.keep)


def changes(run: Run) -> Changes:
    """Say what else the run changes in the manifests."""
    starts = run.scenario.trigger.kind == "pod-start"
    command = run.scenario.trigger.command if starts else ()
    return Changes(
        target=run.scenario.workload.pod_name,
        container=run.scenario.workload.container,
        command=tuple(fill(word, run.values) for word in command),
        node=run.request.node,
        pod_patch=run.request.pod_patch,
        replacements=run.request.replacements,
    )
