"""Standard output carries the result, and no reader of it changes an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.cli import printing
from kubectl_replay.cli.printing import emit, emit_each, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.unit.cli.conftest import Refusing


@pytest.fixture
def silenced(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether standard output was sent nowhere."""
    found: list[bool] = []
    monkeypatch.setattr(printing, "_silence", lambda: found.append(True))
    return found


def test_a_result_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert emit("a\n\x1b[32mb", 11) == 11
    assert capsys.readouterr() == ("a\n\x1b[32mb", "")


@pytest.mark.parametrize("code", [0, 10, 25, 130])
def test_a_reader_that_is_gone_changes_no_code(
    refusing: Callable[[str, Exception], Refusing],
    silenced: list[bool],
    capsys: pytest.CaptureFixture[str],
    code: int,
) -> None:
    refusing("stdout", BrokenPipeError())
    assert emit("a", code) == code
    assert silenced == [True]
    assert capsys.readouterr().err == ""


def test_a_closed_standard_output_changes_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert emit("a", 11) == 11


@pytest.mark.parametrize(("code", "ended"), [(0, 20), (10, 20), (11, 20), (20, 20), (25, 25), (130, 130)])
def test_a_disk_that_is_full_is_an_error(
    refusing: Callable[[str, Exception], Refusing],
    silenced: list[bool],
    capsys: pytest.CaptureFixture[str],
    code: int,
    ended: int,
) -> None:
    refusing("stdout", OSError(errno.ENOSPC, "No space left on device"))
    assert emit("a", code) == ended
    assert silenced == [True]
    assert capsys.readouterr().err == "error: the result could not be printed: No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_text_that_the_encoding_does_not_have_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    written = io.BytesIO()
    with io.TextIOWrapper(written, encoding) as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert emit("╔ スキップ", 10) == 10
        assert written.getvalue().decode("utf-8") == "╔ スキップ"


def test_a_word_that_was_no_text_at_all_is_not_lost_either(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    with io.TextIOWrapper(written, "utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert emit("a\udcffb", 10) == 10
        assert written.getvalue().startswith(b"a")


def test_a_stream_that_cannot_change_its_encoding_says_so(
    refusing: Callable[[str, Exception], Refusing],
) -> None:
    refusing("stdout", UnicodeEncodeError("ascii", "╔", 0, 1, "no"))
    with pytest.raises(UnicodeEncodeError):
        emit("╔", 10)


def test_what_is_still_buffered_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader) as _, os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        printing._silence()
        stream.write("a")
        stream.flush()
        assert str(Path(f"/proc/self/fd/{writer}").readlink()) == os.devnull


def test_a_note_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    note("a\nb")
    assert capsys.readouterr() == ("", "a\nb\n")


def test_nobody_has_to_read_a_note(
    refusing: Callable[[str, Exception], Refusing], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing("stderr", BrokenPipeError())
    note("a")
    monkeypatch.setattr(sys, "stderr", None)
    note("b")


def test_texts_are_printed_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[str] = []

    def texts() -> Iterator[str]:
        for text in ("a\n", "b\n"):
            yield text
            seen.append(capsys.readouterr().out)

    assert emit_each(texts(), 20) == 20
    assert seen == ["a\n", "b\n"]


@pytest.mark.parametrize(
    ("error", "code"), [(BrokenPipeError(), 0), (OSError(errno.ENOSPC, "No space left on device"), 20)]
)
def test_after_a_text_that_nobody_took_no_other_is_asked_for(
    refusing: Callable[[str, Exception], Refusing], silenced: list[bool], error: OSError, code: int
) -> None:
    refusing("stdout", error)
    texts = iter(["a\n", "b\n"])
    assert emit_each(texts) == code
    assert silenced == [True]
    assert list(texts) == ["b\n"]


def test_a_closed_standard_output_has_no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    texts = iter(["a\n", "b\n"])
    assert emit_each(texts, 20) == 0
    assert list(texts) == ["b\n"]
