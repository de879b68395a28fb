"""The scenarios that a command line can mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import catalog

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.unit.cli.conftest import Cli, Cluster


def test_a_broken_source_of_scenarios_is_wrong_usage(
    cli: Cli, cluster: Cluster, scenarios: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.view()
    cluster.view()
    monkeypatch.setenv("REPLAY_SCENARIOS_PATH", f"{scenarios}:/nowhere")
    for words in (["demo"], ["list"], ["show", "demo"], ["nosuch"]):
        code, out, err = cli(*words)
        assert (code, out) == (2, "")
        assert err.endswith("Error: REPLAY_SCENARIOS_PATH has /nowhere, which is not a folder\n")


def test_a_source_that_cannot_be_read_is_wrong_usage(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_sources: object) -> None:
        raise catalog.SourceMissing("/x cannot be read: Permission denied")

    monkeypatch.setattr(catalog, "entries", refuse)
    assert cli("list").err.endswith("Error: /x cannot be read: Permission denied\n")
