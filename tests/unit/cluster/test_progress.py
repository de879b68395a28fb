from __future__ import annotations

import pytest

from tests.cluster.progress import format_bytes, format_seconds


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (4.71, "4.7 s"), (59.9, "59.9 s"), (320.4, "5 min 20 s")]
)
def test_seconds_are_said_as_a_reader_says_them(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


def test_sizes_are_decimal_as_apts() -> None:
    assert format_bytes(136_409_250) == "136.4 MB"
