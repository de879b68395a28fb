"""Findings of several agents: one where they agree, and several with names where not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.doctor.falco.agreement import agree
from kubectl_replay.doctor.finding import ok, warn

OLD, NEW = ok("version", "0.43.0"), ok("version", "0.44.1")


def test_what_all_have_in_common_is_said_once_and_of_nobody() -> None:
    assert [*agree([("a", NEW), ("b", NEW)])] == [NEW]


def test_what_differs_is_said_with_the_names() -> None:
    assert [*agree([("a", NEW), ("b", OLD), ("c", NEW)])] == [
        ok("version", "a, c: 0.44.1"),
        ok("version", "b: 0.43.0"),
    ]


def test_the_same_words_with_another_status_differ() -> None:
    found = [*agree([("a", NEW), ("b", warn("version", "0.44.1", "mend"))])]
    assert [each.message for each in found] == ["a: 0.44.1", "b: 0.44.1"]


def test_of_many_only_some_are_named() -> None:
    found = [*agree([("x", OLD), *((f"n{number}", NEW) for number in range(5))])]
    assert found[1].message == "n0, n1, n2 and 2 more: 0.44.1"


def test_of_nobody_nothing_is_said() -> None:
    assert [*agree([])] == []


@given(st.lists(st.sampled_from([OLD, NEW])))
def test_no_finding_is_lost_and_none_is_made_up(found: list[object]) -> None:
    said = [*agree((str(place), each) for place, each in enumerate(found))]  # type: ignore[misc]
    assert len(said) == len(set(found))
