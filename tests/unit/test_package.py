"""The package itself: one version, and `python -m`."""

from __future__ import annotations

import re
import runpy
import sys

import pytest

from kubectl_replay import __version__


def test_the_version_is_a_semantic_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_python_m_is_the_program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["kubectl_replay", "version"])
    with pytest.raises(SystemExit) as raised:
        runpy.run_module("kubectl_replay", run_name="__main__")
    assert raised.value.code == 0
    assert capsys.readouterr().out.startswith(f"kubectl-replay {__version__} ")
