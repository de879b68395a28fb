"""What is known of a program that ended."""

from __future__ import annotations

from kubectl_replay.process import Completed


def test_the_command_can_be_pasted_into_a_shell() -> None:
    assert Completed(("a b", "it's", "$x"), 0, "", "").command == "'a b' 'it'\"'\"'s' '$x'"
