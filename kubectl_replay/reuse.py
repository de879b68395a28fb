"""A workload that an earlier run kept: found again for a fast run."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kubectl_replay import ownership, words
from kubectl_replay.errors import Failure
from kubectl_replay.ownership import KEEP_LABEL, RUN_LABEL, WORKLOAD_ANNOTATION
from kubectl_replay.pods import Pod, Ready, judge
from kubectl_replay.reasons import Reason
from kubectl_replay.watch import PodWatch

if TYPE_CHECKING:
    from kubectl_replay.run import Run

SPARE = timedelta(seconds=180)
"""How long a kept pod must still be allowed to live."""


def reuse(run: Run) -> bool:
    """Take over the newest ready pod that was kept for this scenario; False where there is none.

    The run then bears the id that the pod's name and labels have.
    """
    answer = run.kubectl.pods(f"{ownership.selector(scenario=run.scenario.id)},{KEEP_LABEL}")
    if answer.code or answer.late:
        meaning = words.read(answer.err)
        raise Failure.of(meaning if isinstance(meaning, Reason) else Reason.CREATE_FAILED, answer)
    run.server_answered = True
    name = run.scenario.workload.pod_name
    kept = [pod for pod in json.loads(answer.out)["items"] if is_usable(pod, name, run.digest)]
    if not kept:
        return False
    newest = max(kept, key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
    run.identity = replace(run.identity, run=newest["metadata"]["labels"][RUN_LABEL])
    run.watch = PodWatch(run.kubectl, ownership.selector(scenario=run.scenario.id))
    run.watch.open()
    run.reused = True
    return True


def is_usable(pod: Pod, name: str, digest: str) -> bool:
    """Whether a pod is what this run would create, ready, and not about to end by its deadline."""
    metadata = pod["metadata"]
    is_target = metadata["name"] == f"{name}-{metadata['labels'][RUN_LABEL]}"
    life = timedelta(seconds=pod["spec"].get("activeDeadlineSeconds", 0))
    ends = datetime.fromisoformat(metadata["creationTimestamp"]) + life
    is_same = metadata.get("annotations", {}).get(WORKLOAD_ANNOTATION) == digest
    return is_target and is_same and isinstance(judge(pod), Ready) and ends - datetime.now(UTC) > SPARE
