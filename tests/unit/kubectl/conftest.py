"""What the calls of kubectl are tested with."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_replay import process


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """The programs that were to be run, with how."""
    asked: list[tuple[list[str], dict[str, Any]]] = []

    def run(argv: list[str], **how: object) -> process.Completed:
        asked.append((list(argv), how))
        return process.Completed(tuple(argv), 0, "", "")

    monkeypatch.setattr(process, "run", run)
    return asked
