"""The folder that kubectl creates a run's objects from: rendered before the cluster is asked anything."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_replay import images, kustomization, manifests
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
    run.digest = digest(run)
    run.notices += [f"--image {old}=… replaces nothing here" for old in _idle(run)]
    content = kustomization.build(files, run.objects, mark(run), changes(run))
    folder = tempfile.TemporaryDirectory(prefix="kubectl-replay-")
    run.stack.enter_context(folder)
    manifests.render(run.scenario.folder, content, Path(folder.name))
    return folder


def _idle(run: Run) -> list[str]:
    """Name the images that were to be replaced and that the scenario does not use."""
    used = images.named(item.body for item in run.objects)
    known = {*used, *(images.parse(image).name for image in used)}
    return [old for old, _ in run.request.replacements.chosen if old not in known]


def digest(run: Run) -> str:
    """Return what two runs have in common that would create the same workload."""
    files = manifests.paths(run.scenario, run.settings)
    content = kustomization.build(files, run.objects, Mark("", "", run.namespace, 0), changes(run))
    read = hashlib.sha256(json.dumps(content, default=str).encode())
    for file in files:
        read.update((run.scenario.folder / file).read_bytes())
    return read.hexdigest()[:16]


def mark(run: Run) -> Mark:
    """Say what makes the objects of this run its own."""
    timeouts = run.scenario.timeouts
    phases = (
        run.request.ready_timeout(run.scenario)
        + timeouts.trigger_seconds
        + run.request.detect_timeout(run.scenario)
    )
    deadline = int(phases) + LEEWAY_SECONDS
    if run.request.keep:
        deadline = max(deadline, KEPT_SECONDS)
    keep = run.request.keep
    return Mark(run.scenario.id, run.identity.run, run.namespace, deadline, keep=keep, digest=run.digest)


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
