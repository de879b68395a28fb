"""A container of the local cluster as its host sees it: its first process, that one's stdout, and its log."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.cluster.procfs import PROC
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PIECE = 4096
"""What is written to a pipe at once up to this size is never mixed with what others write (pipe(7))."""

ASCTIME = len("Tue Nov 24 06:31:34 2026")


@dataclass(frozen=True)
class Container:
    """One container, from its start to its end: the next one after a restart is another."""

    id: str
    log: Path
    """The file that the kubelet reads for `kubectl logs`."""

    @property
    def pid(self) -> int | None:
        """Its first process as the host numbers it; None where it has ended."""
        return next(_first_processes(self.id), None)

    def print(self, lines: Iterable[str]) -> None:
        """Print lines as the container itself would, and wait until containerd has written all of them down.

        120 MB in 100,000 lines take less than 3 s.
        """
        count, size, piece = 0, 0, b""
        pid = until(lambda: self.pid, f"the process of container {self.id}")
        before = self.log.stat()
        # Opened only for the moment: who keeps a container's stdout open keeps it from ending.
        stdout = os.open(PROC / str(pid) / "fd" / "1", os.O_WRONLY | os.O_NOCTTY)
        try:
            for piece in _pack(lines):
                _write(stdout, piece)
                count, size = count + piece.count(b"\n"), size + len(piece)
        finally:
            os.close(stdout)
        tail = piece[piece.rfind(b"\n", 0, -1) + 1 :][-200:]
        until(lambda: self._has_grown(before, count, size, tail), "the lines in the container's log")

    def backdate(self, seconds: int) -> None:
        """Make all that it has printed so far that much older: containerd's stamps, and Falco's own times."""
        with self.log.open("r+b") as file:
            old = file.read()
            new = b"".join(
                _earlier(line, timedelta(seconds=seconds)) for line in old.splitlines(keepends=True)
            )
            assert len(new) == len(old)  # containerd goes on at the end of it
            file.seek(0)
            file.write(new)

    def _has_grown(self, before: os.stat_result, count: int, size: int, tail: bytes) -> bool:
        """Whether the log has so many more lines, the last of which ends so; of a rotated one, the last."""
        now = self.log.stat() if self.log.exists() else None
        if now is None or now.st_ino != before.st_ino:
            files = (file for file in self.log.parent.glob(f"{self.log.name}*") if file.suffix != ".gz")
            return any(_read(file, -len(tail)) == tail for file in files)
        if now.st_size < before.st_size + size:
            return False
        new = _read(self.log, before.st_size)
        return new.count(b"\n") >= count and new.endswith(tail)


def _pack(lines: Iterable[str]) -> Iterator[bytes]:
    """Join whole lines to pieces that are written at once; a longer line is a piece of its own."""
    piece = b""
    for text in lines:
        assert "\n" not in text, f"more than one line: {text!r}"
        line = text.encode(errors="surrogateescape") + b"\n"
        if piece and len(piece) + len(line) > PIECE:
            yield piece
            piece = b""
        piece += line
    if piece:
        yield piece


def _write(stdout: int, piece: bytes) -> None:
    while piece:
        piece = piece[os.write(stdout, piece) :]


def _earlier(line: bytes, by: timedelta) -> bytes:
    """Give a line of the log with its stamp, and the time it begins with, moved back; it stays as long."""
    stamp = datetime.fromisoformat(line[:19].decode()) - by
    _, _, text = line[19:].partition(b" F ")
    with suppress(ValueError):
        own = datetime.strptime(f"{text[:ASCTIME].decode()} +0000", "%a %b %d %H:%M:%S %Y %z") - by
        text = own.strftime("%a %b %e %H:%M:%S %Y").encode() + text[ASCTIME:]
    return stamp.isoformat().encode() + line[19 : len(line) - len(text)] + text


def _read(file: Path, begin: int) -> bytes:
    """Read a file from a place; a negative one is counted from the end."""
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, begin if begin >= 0 else size + begin))
        return opened.read()


def _first_processes(container: str) -> Iterator[int]:
    for folder in PROC.glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if container in (folder / "cgroup").read_text():
                inner = (folder / "status").read_text().partition("\nNSpid:")[2].partition("\n")[0].split()
                if inner[-1] == "1":
                    yield int(folder.name)
