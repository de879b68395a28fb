"""The events of a watch, put together from its lines."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.events import Assembler, Event
from kubectl_replay.pods import Failed, Pending, Ready, judge

LINES = (Path(__file__).parent / "data/watch.jsonl").read_text().splitlines(keepends=True)


def assembled(lines: list[str]) -> list[Event]:
    assembler = Assembler()
    return list(itertools.chain.from_iterable(map(assembler.feed, lines)))


def test_the_life_of_a_pod_is_read_from_a_recorded_watch() -> None:
    events = assembled(LINES)
    assert [event.kind for event in events] == ["ADDED", *["MODIFIED"] * 5, "DELETED"]
    assert {event.name for event in events} == {"demo-target-r1"}
    states = [type(judge(event.pod)) for event in events]
    assert states == [Pending, Pending, Pending, Pending, Ready, Failed, Failed]


def test_an_indented_event_is_read_as_well() -> None:
    indented = [line + "\n" for text in LINES for line in json.dumps(json.loads(text), indent=4).splitlines()]
    assert assembled(indented) == assembled(LINES)


@pytest.mark.parametrize("kind", ["BOOKMARK", "ERROR"])
def test_what_is_no_event_of_a_pod_is_passed_over(kind: str) -> None:
    line = json.dumps({"type": kind, "object": {"kind": "Status", "code": 410}}) + "\n"
    assert assembled([line, *LINES]) == assembled(LINES)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.tuples(JSON, st.sampled_from([None, 1, 4])), max_size=4))
def test_events_of_any_content_and_layout_are_put_together(bodies: list[tuple[object, int | None]]) -> None:
    events = [{"type": "ADDED", "object": {"metadata": {"name": "p"}, "x": body}} for body, _ in bodies]
    lines = [
        line + "\n"
        for event, (_, indent) in zip(events, bodies, strict=True)
        for line in json.dumps(event, indent=indent).split("\n")
    ]
    assert [event.pod for event in assembled(lines)] == [event["object"] for event in events]
