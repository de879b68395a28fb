"""What a program finds on standard input when nobody types there: a terminal, or a text."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def terminal() -> Iterator[IO[bytes]]:
    """Open a terminal at which nobody types, to stand as a program's standard input."""
    leader, follower = os.openpty()
    try:
        with os.fdopen(follower, "rb", buffering=0) as stdin:
            yield stdin
    finally:
        os.close(leader)


@contextlib.contextmanager
def text(words: str) -> Iterator[IO[bytes]]:
    """Give a text as a file without a name: unlike a pipe, it leaves nothing to be sent while one waits."""
    with tempfile.TemporaryFile() as file:
        file.write(words.encode())
        file.seek(0)
        yield file
