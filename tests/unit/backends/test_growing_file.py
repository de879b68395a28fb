"""A log file that something else writes: real files, rotated in every way."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.backends.growing_file import GrowingFile
from kubectl_replay.interruption import INTERRUPTION, Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "audit.log"
    found.write_text("old\n")
    return found


@pytest.fixture
def log(path: Path, nothing_is_left: None) -> Iterator[GrowingFile]:  # noqa: ARG001 - checks open files
    found = GrowingFile(path)
    yield found
    found.close()


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def rest(log: GrowingFile) -> list[str]:
    """Return every line that is there by now."""
    return list(iter(lambda: log.line(0), None))


def test_only_what_comes_after_the_opening_is_read(path: Path, log: GrowingFile) -> None:
    assert log.line(0) is None
    add(path, "one\ntwo\n")
    assert rest(log) == ["one\n", "two\n"]
    assert (log.broken, log.refused) == (False, None)


def test_half_a_line_waits_for_its_other_half(path: Path, log: GrowingFile) -> None:
    add(path, "one\ntw")
    assert rest(log) == ["one\n"]
    add(path, "o")
    assert log.line(0) is None
    add(path, "\nthree\n")
    assert rest(log) == ["two\n", "three\n"]


def test_a_file_that_is_moved_away_is_read_to_its_end_and_the_new_one_from_its_beginning(
    path: Path, log: GrowingFile
) -> None:
    add(path, "one\ntw")
    assert rest(log) == ["one\n"]
    old = path.rename(path.with_suffix(".1"))
    assert log.line(0) is None
    add(old, "o\nthree\n")
    path.write_text("four\n")
    assert rest(log) == ["two\n", "three\n", "four\n"]
    assert not log.broken
    add(path, "five\n")
    assert rest(log) == ["five\n"]


def test_half_a_line_that_is_left_in_the_old_file_is_lost_and_told(path: Path, log: GrowingFile) -> None:
    add(path, "hal")
    assert log.line(0) is None
    path.rename(path.with_suffix(".1"))
    path.write_text("new\n")
    assert rest(log) == ["new\n"]
    assert log.broken


def test_between_the_move_and_the_new_file_nothing_is_lost(path: Path, log: GrowingFile) -> None:
    path.rename(path.with_suffix(".1"))
    assert log.line(0) is None
    path.write_text("new\n")
    assert rest(log) == ["new\n"]
    assert not log.broken


def test_what_is_written_just_before_the_move_is_not_lost(
    path: Path, log: GrowingFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer writes and moves between our reading and our looking for a new file."""
    look = os.stat

    def write_and_move(of: Path, **how: bool) -> os.stat_result:
        monkeypatch.undo()
        add(path, "one\ntwo\nthr")
        old = path.rename(path.with_suffix(".1"))
        add(old, "ee\n")
        path.write_text("four\n")
        return look(of, **how)

    monkeypatch.setattr("pathlib.Path.stat", write_and_move)
    assert log.line(0) == "one\n"
    assert rest(log) == ["two\n", "three\n", "four\n"]
    assert not log.broken


def test_a_file_that_is_cut_in_place_is_read_anew_and_that_is_told(path: Path, log: GrowingFile) -> None:
    add(path, "one\n")
    assert log.line(0) == "one\n"
    os.truncate(path, 0)
    add(path, "two\n")
    assert rest(log) == ["two\n"]
    assert log.broken
    add(path, "three\n")
    assert rest(log) == ["three\n"]


def test_a_new_file_that_may_not_be_read_is_told(
    path: Path, log: GrowingFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.rename(path.with_suffix(".1"))
    path.write_text("new\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.open", refuse)
        assert log.line(0) is None
    assert log.broken
    assert rest(log) == ["new\n"]


def test_a_folder_that_may_not_be_looked_into_is_told(
    log: GrowingFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.stat", refuse)
        assert log.line(0) is None
    assert log.broken


def test_a_new_file_that_is_moved_at_once_is_waited_for(
    path: Path, log: GrowingFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.rename(path.with_suffix(".1"))
    path.write_text("new\n")

    def vanish(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.open", vanish)
        assert log.line(0) is None
    assert not log.broken
    assert rest(log) == ["new\n"]


def test_a_line_is_waited_for(path: Path, log: GrowingFile) -> None:
    writer = threading.Timer(0.1, add, (path, "one\n"))
    writer.start()
    before = time.monotonic()
    assert log.line(30) == "one\n"
    writer.join()
    assert time.monotonic() - before < 10


def test_nobody_waits_longer_than_asked(log: GrowingFile) -> None:
    before = time.monotonic()
    assert log.line(0.1) is None
    assert 0.1 <= time.monotonic() - before < 5


def test_a_signal_ends_the_waiting(log: GrowingFile) -> None:
    INTERRUPTION.receive(signal.SIGINT)
    with pytest.raises(Interrupted):
        log.line(30)


def test_what_is_no_text_is_read_all_the_same(path: Path, log: GrowingFile) -> None:
    with path.open("ab") as file:
        file.write(b"\xff\xfe{}\n")
    assert log.line(0) == "\N{REPLACEMENT CHARACTER}" * 2 + "{}\n"


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        GrowingFile(tmp_path / "nowhere")


NUMBERED = "".join(f"line {number}\n" for number in range(200))
STEPS = st.lists(st.sampled_from(["read", "move", "new"]) | st.integers(1, 20), max_size=30)


class Writer:
    """Writes a long text of numbered lines, and moves its file away as a program does: between two lines."""

    def __init__(self, path: Path) -> None:
        self.path = self._into = path
        self.sent = ""
        self.moves = 0

    def write(self, size: int) -> None:
        text = NUMBERED[len(self.sent) :][:size]
        add(self._into, text)
        self.sent += text

    def move(self) -> None:
        """Move the file; what is written next still goes into it."""
        if self._into is self.path:
            self.moves += 1
            self._into = self.path.rename(self.path.with_suffix(f".{self.moves}"))

    def make_new(self) -> bool:
        if self._into is self.path or not f"\n{self.sent}".endswith("\n"):
            return False
        self.path.touch()
        self._into = self.path
        return True


@given(steps=STEPS)
def test_however_it_is_written_moved_and_read_every_line_comes_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str | int]
) -> None:
    """Two moves between two readings are beyond us: the file in between is out of sight."""
    writer = Writer(tmp_path_factory.mktemp("log") / "audit.log")
    writer.path.touch()
    log, read = GrowingFile(writer.path), ""
    for step in [*steps, "read"]:
        if isinstance(step, int):
            writer.write(step)
        elif step == "move":
            writer.move()
        elif step == "read" or writer.make_new():
            read += "".join(rest(log))
    log.close()
    assert read == writer.sent[: writer.sent.rfind("\n") + 1]
    assert not log.broken
