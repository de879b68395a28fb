"""A program that is run to its end, at once or beside other work."""

from __future__ import annotations

import contextlib
import threading
from functools import partial
from typing import IO, TYPE_CHECKING, NoReturn

from kubectl_replay.interruption import INTERRUPTION, kill
from kubectl_replay.process import inputs
from kubectl_replay.process.door import start
from kubectl_replay.process.ending import ProgramMissing
from kubectl_replay.process.waiting import finish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kubectl_replay.process.ending import Completed


def run(  # noqa: PLR0913 - the ways in which programs differ
    argv: Sequence[str],
    *,
    timeout: float,
    stdin: str | None = None,
    env: Mapping[str, str] | None = None,
    tty: bool = False,
    folder: Path | None = None,
    foreground: bool = False,
    protected: bool = False,
) -> Completed:
    """Run a program to its end, `timeout` seconds at most, in a session of its own.

    With `tty` it finds a terminal on standard input; in the `foreground` it keeps the user's session,
    standard input and standard error (a login prompt needs all three). A signal kills it and raises
    `Interrupted`; a `protected` one is waited for, and only a second signal ends it.
    Raises `ProgramMissing` if there is no such program.
    """
    INTERRUPTION.check(protected=protected)
    with _standard_input(stdin, tty=tty) as source:
        child = start(argv, env=env, stdin=source, folder=folder, attended=foreground)
        with child, INTERRUPTION.watching(child, protected=protected):
            return finish(child, argv, timeout, protected=protected)


@contextlib.contextmanager
def begin(
    argv: Sequence[str], *, timeout: float, env: Mapping[str, str]
) -> Iterator[Callable[[], Completed]]:
    """Start a program that is waited for later: calling what is given does that, as `run` would.

    It may be called more than once, and from several threads. The program is ended with the block, should
    nobody have waited for it.
    """
    INTERRUPTION.check()
    try:
        child = start(argv, env=env)
    except ProgramMissing as missing:
        yield partial(_raise, missing)
        return
    with child, INTERRUPTION.watching(child, protected=False):
        try:
            yield _once(partial(finish, child, argv, timeout, protected=False))
        finally:
            kill(child)


def _once(ask: Callable[[], Completed]) -> Callable[[], Completed]:
    """Make a call that is made once, whoever asks first."""
    first = threading.Lock()
    answers: list[Completed] = []

    def answer() -> Completed:
        with first:
            if not answers:
                answers.append(ask())
            return answers[0]

    return answer


def _raise(error: Exception) -> NoReturn:
    raise error


@contextlib.contextmanager
def _standard_input(stdin: str | None, *, tty: bool) -> Iterator[IO[bytes] | None]:
    if tty:
        with inputs.terminal() as follower:
            yield follower
    elif stdin is not None:
        with inputs.text(stdin) as file:
            yield file
    else:
        yield None
