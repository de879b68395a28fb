"""What is left for the people who mend us when something happens that no code expected."""

from __future__ import annotations

import os
import platform
import shlex
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_replay import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence


def describe(bug: BaseException, words: Sequence[str]) -> str:
    """Return the report of a bug as Markdown: versions, the words of the command line, the traceback."""
    told = "".join(traceback.format_exception(bug))
    system = os.uname()
    facts = [
        f"- kubectl-replay {__version__}",
        f"- Python {platform.python_version()}, {system.sysname} {system.release} {system.machine}",
        f"- `kubectl replay {shlex.join(words)}`",
    ]
    return "\n".join(["# A bug in kubectl-replay", "", *facts, "", "```", told.rstrip(), "```", ""])


def write_report(bug: BaseException, words: Sequence[str]) -> Path:
    """Write the report into a new file that only its owner can read, and return its path."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="kubectl-replay-bug-", suffix=".md", delete=False, encoding="utf-8"
    ) as file:
        file.write(describe(bug, words))
    return Path(file.name)
