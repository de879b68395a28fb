"""A chart and its values in the words of helm."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.chart import Chart, Values

TEXTS = st.lists(st.text(min_size=1, max_size=8), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("chart", "words", "title"),
    [
        (Chart("./falco"), ("./falco",), "chart ./falco"),
        (
            Chart("oci://h/f", "9.1.0"),
            ("oci://h/f", "--version", "9.1.0"),
            "chart oci://h/f 9.1.0",
        ),
        (
            Chart("falco", "9.1.0", "https://h/charts"),
            ("falco", "--version", "9.1.0"),
            "chart falco 9.1.0 of https://h/charts",
        ),
    ],
)
def test_a_chart_is_named_to_helm_and_to_people(chart: Chart, words: tuple[str, ...], title: str) -> None:
    assert (chart.words, chart.title) == (words, title)


@given(TEXTS, TEXTS)
def test_ours_come_first_the_user_s_next_in_their_order_and_the_mark_last(
    files: tuple[str, ...], settings: tuple[str, ...]
) -> None:
    words = Values({"tty": True}, files, settings, ("mark", "ours")).words
    named = list(pairwise(words))[::2]
    assert named == [
        ("--values", "-"),
        *(("--values", file) for file in files),
        *(("--set", setting) for setting in settings),
        ("--set-string", "mark=ours"),
    ]
