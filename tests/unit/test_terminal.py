"""The terminal policy: one table."""

from __future__ import annotations

import pytest

from kubectl_replay.terminal import Policy, decide, painter

NOTHING: dict[str, str] = {}
DUMB = {"TERM": "dumb"}
NO_COLOR = {"NO_COLOR": "1"}


@pytest.mark.parametrize(
    ("choice", "environ", "tty", "color", "live"),
    [
        ("auto", NOTHING, True, True, True),
        ("auto", NOTHING, False, False, False),
        ("auto", {"TERM": "xterm"}, True, True, True),
        ("auto", DUMB, True, False, False),
        ("auto", NO_COLOR, True, False, True),
        ("auto", {"NO_COLOR": ""}, True, True, True),
        ("auto", NO_COLOR, False, False, False),
        ("always", NOTHING, False, True, False),
        ("always", NO_COLOR, True, True, True),
        ("always", DUMB, True, True, False),
        ("never", NOTHING, True, False, True),
        ("never", NOTHING, False, False, False),
    ],
)
def test_color_and_animation_are_decided(
    choice: str, environ: dict[str, str], tty: bool, color: bool, live: bool
) -> None:
    assert decide(choice, environ, tty=tty) == Policy(color=color, live=live)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("PASS", 32),
        ("SCENARIO PASS", 32),
        ("FAIL", 31),
        ("SKIP", 33),
        ("NOT VERIFIED", 33),
        ("NOT INSTALLED", 33),
        ("PENDING", 2),
    ],
)
def test_a_word_with_a_meaning_has_its_color(word: str, code: int) -> None:
    assert painter(Policy(color=True, live=False))(word) == f"\x1b[{code}m{word}\x1b[0m"


@pytest.mark.parametrize("word", ["", "shell-spawn", "pass", "PREFLIGHT FAILED"])
def test_another_word_has_none(word: str) -> None:
    assert painter(Policy(color=True, live=True))(word) == word


def test_without_color_no_word_has_one() -> None:
    assert painter(Policy(color=False, live=True))("PASS") == "PASS"
