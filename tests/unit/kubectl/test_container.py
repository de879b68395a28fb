"""What is asked of one container."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.kubectl import Exec, Log
from tests.unit.kubectl.words import KUBECTL, PIN

if TYPE_CHECKING:
    from pytest_subprocess import FakeProcess


@pytest.mark.parametrize(
    ("call", "flags"),
    [
        (Exec("p", "c", ("id", "-u"), 3.0), []),
        (Exec("p", "c", ("id", "-u"), 3.0, stdin="x"), ["-i"]),
        (Exec("p", "c", ("id", "-u"), 3.0, tty=True), ["-i", "-t"]),
        (Exec("p", "c", ("id", "-u"), 3.0, tty=True, stdin="x"), ["-i", "-t"]),
    ],
)
def test_an_exec_asks_for_a_terminal_and_for_input_only_where_wanted(
    call: Exec, flags: list[str], runs: list[tuple[list[str], dict[str, Any]]]
) -> None:
    KUBECTL.exec(call)
    ((argv, how),) = runs
    assert argv == ["kubectl", "exec", *flags, "p", "-c", "c", *PIN, "--", "id", "-u"]
    assert (how["timeout"], how["tty"], how["stdin"]) == (3.0, call.tty, call.stdin)
    assert "protected" not in how


def test_an_exec_is_never_bounded_by_a_request_timeout() -> None:
    assert "--request-timeout" not in KUBECTL.exec_argv(Exec("p", "c", ("id",), 3.0))


def test_a_log_is_followed_from_its_first_line(fp: FakeProcess) -> None:
    fp.register(["kubectl", "logs", "--follow", "p", "-c", "c", *PIN], stdout=["one"])
    with KUBECTL.follow_log("p", "c") as log:
        assert log.line(5) == "one\n"


@pytest.mark.parametrize(
    ("log", "flags"),
    [
        (Log("p", "c"), []),
        (Log("p", "c", 7, follow=True), ["--follow", "--since=7s"]),
        (Log("p", "c", 0, follow=True), ["--follow", "--since=1s"]),
        (Log("p", "c", 7, previous=True), ["--previous", "--since=7s"]),
    ],
)
def test_a_log_is_read_with_the_kubelet_s_times(fp: FakeProcess, log: Log, flags: list[str]) -> None:
    """`--since=0s` would be all of it."""
    fp.register(["kubectl", "logs", "p", "-c", "c", "--timestamps", *flags, *PIN], stdout=["one"])
    with KUBECTL.read_log(log) as stream:
        assert [stream.line(5), stream.line(5)] == ["one\n", None]
    assert len(fp.calls) == 1
