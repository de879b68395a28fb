"""The options of every command: anywhere on the line, never lost, the later place wins."""

from __future__ import annotations

import io

import click
import pytest

from kubectl_replay.cli import options
from kubectl_replay.cli.root import root
from kubectl_replay.kubectl import Connection
from kubectl_replay.terminal import Policy


class Terminal(io.StringIO):
    """A stream that calls itself a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[click.Context]:
    """The context of the command that was invoked."""
    found: list[click.Context] = []

    def invoke(_command: click.Command, ctx: click.Context) -> int:
        found.append(ctx)
        return 0

    monkeypatch.setattr(options.Command, "invoke", invoke)
    return found


def connection(asked: list[click.Context], *words: str) -> Connection:
    root.main(list(words), prog_name="kubectl replay", standalone_mode=False)
    return options.connection(asked[-1])


FLAGS = [
    "--context",
    "c",
    "--kubeconfig",
    "f",
    "-n",
    "n",
    "--as",
    "me",
    "--as-group",
    "g",
    "--request-timeout",
    "3s",
]
WANTED = Connection("c", "f", "n", "me", ("g",), 3.0)


@pytest.mark.parametrize(
    "words",
    [
        ["run", "demo", *FLAGS],
        [*FLAGS, "run", "demo"],
        [*FLAGS[:6], "run", *FLAGS[6:], "demo"],
        [*FLAGS, "demo"],
        ["demo", *FLAGS],
        [*FLAGS[:4], "cleanup", "--all", *FLAGS[4:]],
        [*FLAGS[:4], "version", *FLAGS[4:]],
    ],
)
def test_they_may_stand_before_or_after_the_command(asked: list[click.Context], words: list[str]) -> None:
    assert connection(asked, *words) == WANTED


def test_the_later_place_wins(asked: list[click.Context]) -> None:
    assert connection(asked, "--context", "a", "-n", "x", "run", "demo", "--context", "b") == Connection(
        context="b", namespace="x"
    )


def test_repeatable_ones_add_up(asked: list[click.Context]) -> None:
    found = connection(asked, "--as-group", "a", "run", "demo", "--as-group", "b", "--as-group", "c")
    assert found.groups == ("a", "b", "c")
    root.main(["--scenarios", "/a", "demo", "--scenarios", "/b"], standalone_mode=False)
    assert options.given(asked[-1])["scenarios"] == ("/a", "/b")


def test_what_nobody_gave_is_kubectl_s_own_affair(asked: list[click.Context]) -> None:
    assert connection(asked, "run", "demo") == Connection()


def test_the_namespace_may_come_from_a_variable(
    asked: list[click.Context], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLAY_NAMESPACE", "theirs")
    assert connection(asked, "demo").namespace == "theirs"
    assert connection(asked, "demo", "-n", "mine").namespace == "mine"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10s", 10), ("2m", 120), ("1h", 3600), ("500ms", 0.5), ("30", 30), ("1.5s", 1.5)],
)
def test_a_duration_is_read_as_kubectl_reads_it(
    asked: list[click.Context], text: str, seconds: float
) -> None:
    assert connection(asked, "demo", "--request-timeout", text).request_timeout == seconds


@pytest.mark.parametrize("text", ["", "s", "0", "-1s", "1d", "1m30s", "10 s", "1e3", "nan", "."])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(
        click.BadParameter, match=r"is no duration such as 10s, 2m or 30 \(more than zero\)\.$"
    ):
        root.main(["demo", "--request-timeout", text], standalone_mode=False)


@pytest.mark.parametrize(
    ("words", "stream", "wanted"),
    [
        ([], Terminal(), Policy(color=True, live=True)),
        ([], io.StringIO(), Policy(color=False, live=False)),
        ([], None, Policy(color=False, live=False)),
        (["--color", "always"], io.StringIO(), Policy(color=True, live=False)),
        (["--color", "never"], Terminal(), Policy(color=False, live=True)),
    ],
)
def test_a_stream_gets_what_the_policy_gives_it(
    asked: list[click.Context],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    stream: io.StringIO | None,
    wanted: Policy,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    root.main([*words, "demo"], standalone_mode=False)
    assert options.policy(asked[-1], stream) == wanted


def test_a_switch_is_told_when_its_value_is_ignored(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for value, on in (("1", True), ("yes", True), ("0", False), ("", False)):
        monkeypatch.setenv("FAST", value)
        assert options.switch("FAST") is on
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("FAST", "maybe")
    assert options.switch("FAST") is False
    assert capsys.readouterr().err.startswith("notice: FAST='maybe' is ignored: ")
