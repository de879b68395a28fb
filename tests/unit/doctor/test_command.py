"""The command `doctor`, on a machine that has nothing."""

from __future__ import annotations

import json

import pytest

from kubectl_replay.cli.main import run

pytestmark = pytest.mark.real_programs

CHECKS = [
    "kubectl", "context", "server", "version skew", "permissions", "namespace", "pod security", "terminal",
    "kind", "docker", "helm", "backends",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def test_everything_is_looked_at_in_the_order_in_which_a_run_would_meet_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["doctor"]) == 20
    out, err = capsys.readouterr()
    lines = [line.split(": ")[0] for line in out.splitlines() if "  fix: " not in line]
    assert [line[8:] for line in lines] == CHECKS
    assert lines[0] == "✗ fail  kubectl"
    assert err == ""


@pytest.mark.parametrize(("words", "variable"), [(["-o", "json"], ""), ([], "1"), (["-o", "json"], "0")])
def test_the_document_is_printed_by_flag_and_by_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], variable: str
) -> None:
    monkeypatch.setenv("JSON", variable)
    assert run(["doctor", *words]) == 20
    document = json.loads(capsys.readouterr().out)
    assert [finding["check"] for finding in document["findings"]] == CHECKS
    assert document["ok"] is False


def test_the_flag_wins_over_the_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JSON", "1")
    assert run(["doctor", "-o", "text"]) == 20
    assert capsys.readouterr().out.startswith("✗ fail  kubectl: kubectl is not on PATH\n")
