"""The only door to other programs: run one to its end, follow one that streams, let one talk to the user."""

from __future__ import annotations

from kubectl_replay.process.calls import begin, run
from kubectl_replay.process.dialog import foreground
from kubectl_replay.process.ending import Completed, ProgramMissing
from kubectl_replay.process.inputs import terminal
from kubectl_replay.process.streams import Stream, stream

__all__ = ["Completed", "ProgramMissing", "Stream", "begin", "foreground", "run", "stream", "terminal"]
