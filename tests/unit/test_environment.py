"""Reading environment variables."""

from __future__ import annotations

import pytest

from kubectl_replay.environment import read_switch


@pytest.mark.parametrize("value", ["1", "true", "yes", "on", "TRUE", "Yes", " on "])
def test_a_switch_is_on_for_these_words(value: str) -> None:
    assert read_switch("JSON", {"JSON": value}) == (True, "")


@pytest.mark.parametrize("value", ["0", "false", "no", "off", "OFF", "", "  "])
def test_a_switch_is_off_for_these_words(value: str) -> None:
    assert read_switch("JSON", {"JSON": value}) == (False, "")


def test_a_variable_that_is_not_set_is_off() -> None:
    assert read_switch("JSON", {"FAST": "1"}) == (False, "")


@pytest.mark.parametrize("value", ["maybe", "2", "y", "truee", "1 1"])
def test_any_other_word_is_ignored_with_a_notice(value: str) -> None:
    notice = f"JSON='{value}' is ignored: on is 1, true, yes, on; off is 0, false, no, off or empty"
    assert read_switch("JSON", {"JSON": value}) == (False, notice)
