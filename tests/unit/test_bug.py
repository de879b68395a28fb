"""The report of a bug."""

from __future__ import annotations

import os
import platform
import stat
import tempfile
from typing import TYPE_CHECKING

import pytest

from kubectl_replay import __version__
from kubectl_replay.bug import describe, write_report

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bug() -> Exception:
    with pytest.raises(KeyError) as raised:
        {"a": 1}["x"]
    return raised.value


def test_a_report_has_the_versions_the_command_and_the_traceback(bug: Exception) -> None:
    lines = describe(bug, ["run", "a b"]).splitlines()
    uname = os.uname()
    system = f"{uname.sysname} {uname.release} {uname.machine}"
    assert lines[:6] == [
        "# A bug in kubectl-replay",
        "",
        f"- kubectl-replay {__version__}",
        f"- Python {platform.python_version()}, {system}",
        "- `kubectl replay run 'a b'`",
        "",
    ]
    assert lines[6:8] == ["```", "Traceback (most recent call last):"]
    assert lines[-2:] == ["KeyError: 'x'", "```"]


def test_a_report_is_a_file_for_its_owner_alone(
    bug: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = write_report(bug, ["run"])
    assert path.read_text("utf-8") == describe(bug, ["run"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name.startswith("kubectl-replay-bug-")
    assert path.suffix == ".md"
