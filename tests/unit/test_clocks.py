"""This machine's clocks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay import clocks
from kubectl_replay.clocks import Moment
from tests.unit.fakes import Clock

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_both_clocks_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(wall=7).rule(monkeypatch, "clocks")
    assert clocks.now() == Moment(wall=1_000_000_000_007, steady=1000.0)


def test_the_clocks_are_this_machine_s() -> None:
    before = (time.time_ns(), time.monotonic())
    now = clocks.now()
    assert before <= (now.wall, now.steady) <= (time.time_ns(), time.monotonic())


@given(st.integers(), st.integers(), st.integers(0, 2**30), st.integers(0, 2**30))
def test_what_passed_is_told_by_the_clock_that_nobody_sets(
    wall: int, set_to: int, ticks: int, passed: int
) -> None:
    early, late = Moment(wall, ticks / 512), Moment(set_to, (ticks + passed) / 512)
    assert early.until(late) == passed * 1_953_125
    assert late.until(early) == -passed * 1_953_125


def test_the_boot_id_is_the_kernel_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "boot_id"
    path.write_text("5a1e6c1c-1a52-4a0a-9f43-a0b3a2e6d6a1\n")
    monkeypatch.setattr(clocks, "BOOT_ID", path)
    assert clocks.boot_id() == "5a1e6c1c-1a52-4a0a-9f43-a0b3a2e6d6a1"


def test_a_machine_without_a_boot_id_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(clocks, "BOOT_ID", tmp_path / "nowhere")
    assert clocks.boot_id() == ""
