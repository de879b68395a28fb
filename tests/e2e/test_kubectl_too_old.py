"""A kubectl that lacks what a run needs is named as the reason, whichever call meets it first."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

SCRIPT = """\
#!/bin/sh
PATH={path}
case " $* " in
  *{word}*) {answer} ;;
esac
exec kubectl "$@"
"""
UNKNOWN = "printf 'Error: unknown flag: %s\\n' {} >&2; exit 1"
VERSION = json.dumps({"clientVersion": {"major": "1", "minor": "23", "gitVersion": "v1.23.17"}})


def aged(folder: Path, path: str, word: str, answer: str) -> dict[str, str | None]:
    """Put a kubectl first on PATH that answers so to every call with this word, as one of old would."""
    script = folder / "old" / "kubectl"
    script.parent.mkdir()
    filled = SCRIPT.format(path=shlex.quote(path), word=word, answer=answer)
    script.write_text(filled, "utf-8")
    script.chmod(0o755)
    return {"PATH": f"{script.parent}:{path}"}


@pytest.mark.parametrize("flag", ["--validate", "--output-watch-events"])
def test_a_flag_that_it_does_not_know_says_that_it_is_too_old(
    replay: Replay, namespace: Namespace, tmp_path: Path, flag: str
) -> None:
    env = aged(tmp_path, replay.environment["PATH"], flag, UNKNOWN.format(flag))
    replayed = replay("shell-spawn", "-o", "json", env=env)
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (20, "kubectl_too_old")
    assert [item["name"] for item in document["phases"] if item["reason"]] == ["preflight"]
    sentence, words, _, advice = replayed.message.splitlines()
    assert sentence == "This kubectl lacks something that kubectl 1.24 and later have."
    assert words == f"  Error: unknown flag: {flag}"
    assert advice == "next: install kubectl 1.24 or later"
    assert document["cleanup"]["status"] == "clean"
    assert namespace.left() == []


def test_doctor_names_a_kubectl_that_is_too_old(replay: Replay, tmp_path: Path) -> None:
    env = aged(tmp_path, replay.environment["PATH"], "version", f"echo {shlex.quote(VERSION)}; exit")
    replayed = replay("doctor", env=env)
    assert replayed.code != 0
    assert "version 1.23, and 1.24 is the oldest that works" in replayed.stdout
    assert "install kubectl 1.24 or later: https://kubernetes.io/docs/tasks/tools/" in replayed.stdout
