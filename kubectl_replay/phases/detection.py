"""Detection: ask the detectors whether they alerted on this very run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay.reasons import Reason
from kubectl_replay.result import Detection, Status

if TYPE_CHECKING:
    from kubectl_replay.run import Run


def detection(run: Run) -> Status:
    """Settle the detection. The list of backends is still empty, so nothing is looked up."""
    if not run.request.detection:
        run.detection = Detection("disabled", "skipped", Reason.DISABLED)
    else:
        run.detection = Detection("none", "skipped", Reason.NO_BACKEND)
    return Status.SKIP
