from __future__ import annotations

import sys

import pytest

from tests.cluster import __main__ as command
from tests.cluster.errors import ClusterError


def test_one_node_and_no_merge_are_the_default() -> None:
    arguments = command.parse(["up"])
    assert (arguments.nodes, arguments.merge_kubeconfig) == (1, False)


def test_more_nodes_than_there_are_addresses_for_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.parse(["up", "--nodes", "9"])
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (ClusterError("The local cluster needs root."), 20, "The local cluster needs root."),
        (
            KeyboardInterrupt(),
            130,
            "interrupted; what was started is removed by: python -m tests.cluster down",
        ),
    ],
)
def test_an_error_is_one_line_and_a_code(
    error: BaseException,
    code: int,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr(command, "obey", fail)
    monkeypatch.setattr(sys, "argv", ["cluster", "down"])
    assert command.main() == code
    assert capsys.readouterr() == ("", f"{line}\n")
