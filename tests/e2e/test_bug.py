"""Exit code 3: an exception that nobody expected has one line and a report, and cleanup still runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.replay import Replay

# Python imports a module of this name from PYTHONPATH at its start.
_SHIM = """\
from kubectl_replay import {module}

def broken(*_, **__):
    raise RuntimeError("injected by the test")

{module}.{function} = broken
"""


@pytest.fixture
def break_(tmp_path: Path) -> dict[str, str | None]:
    """The environment in which judging the evidence raises."""
    (tmp_path / "sitecustomize.py").write_text(_SHIM.format(module="evidence", function="judge"))
    return {"PYTHONPATH": str(tmp_path)}


def reported(stderr: str) -> Path:
    (found,) = re.findall(r"\(report it with (\S+)\)$", stderr, re.MULTILINE)
    return Path(found)


def test_a_bug_has_one_line_and_a_report_and_leaves_nothing_behind(
    replay: Replay, break_: dict[str, str | None]
) -> None:
    replayed = replay("shell-spawn", "-o", "json", env=break_)
    document = replayed.document
    assert (replayed.code, document["overall"]) == (3, "internal_error")
    assert document["failure_reason"] == "internal_error"
    assert (document["trigger"], document["behavior_verification"]) == ("pass", "fail")
    assert document["cleanup"]["status"] == "clean"
    report = reported(replayed.stderr)
    told = f"report it with {report}"
    assert replayed.stderr.splitlines()[-1] == (
        f"error: this is a bug in kubectl-replay: RuntimeError: injected by the test ({told})"
    )
    assert "Traceback" not in replayed.stderr
    assert "`kubectl replay shell-spawn -o json`" in report.read_text()
    assert "RuntimeError: injected by the test" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


def test_the_traceback_is_shown_on_request(replay: Replay, break_: dict[str, str | None]) -> None:
    replayed = replay("shell-spawn", "-v", env=break_)
    assert replayed.code == 3
    assert "Traceback (most recent call last)" in replayed.stderr
    assert "║  overall             INTERNAL ERROR  ║" in replayed.stdout
