"""Lines of kubectl logs: stamps, halves, and what old kubelets did to long ones."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.line import Line, mended, read_object, split
from tests.unit.detection.samples import STAMP, at


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (f"{STAMP} words of it\n", Line(at(STAMP), "words of it")),
        (f"{STAMP}  indented\r\n", Line(at(STAMP), " indented")),
        (f"{STAMP} ", Line(at(STAMP), "")),
        (STAMP, Line(at(STAMP), "")),
        ("words of it\n", Line(None, "words of it")),
        ("", Line(None, "")),
        (f"{STAMP[:-1]}+0000: Notice x", Line(None, f"{STAMP[:-1]}+0000: Notice x")),
    ],
)
def test_a_line_is_parted_from_its_stamp(line: str, parts: Line) -> None:
    assert split(line) == parts


@given(st.text())
def test_no_text_breaks_the_splitting(text: str) -> None:
    assert split(text).text in text


def test_integers_stay_exact() -> None:
    assert read_object('{"a": 1795502551262161661}') == {"a": 1795502551262161661}


@pytest.mark.parametrize(
    "text", ["", "{", '{"a": 1', "[]", "1", '"x"', "null", "[" * 100_000, f'{{"a": {"1" * 5000}}}']
)
def test_what_is_no_object_is_none(text: str) -> None:
    assert read_object(text) is None


def test_stamps_inside_a_long_line_are_removed() -> None:
    line = json.dumps({"rule": "x", "output": "y" * 9000})
    broken = f"{line[:4096]}{STAMP} {line[4096:8192]}{STAMP[:-1]}+01:00 {line[8192:]}"
    assert mended(broken) == line
    assert read_object(broken) == json.loads(line)


def test_a_short_line_keeps_what_looks_like_a_stamp() -> None:
    assert mended(f"date {STAMP} +%s") == f"date {STAMP} +%s"
