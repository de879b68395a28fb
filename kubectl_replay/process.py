"""The only door to other programs: run one to its end, follow one that streams, give one a terminal."""

from __future__ import annotations

import contextlib
import os
import queue
import shlex
import shutil
import subprocess  # noqa: TID251 - this module is the door
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from kubectl_replay.interruption import INTERRUPTION, kill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


SLICE_SECONDS = 0.5
"""CPython runs signal handlers between bytecodes, so no wait may be longer than this."""

POLL_SECONDS = 0.05

DYING_SECONDS = 2.0
"""How long a child that was asked to end may take; then it is killed without asking."""


class ProgramMissing(Exception):
    """A program cannot be run: it is not on PATH, or the system refuses to start it."""

    def __init__(self, name: str, why: str = "") -> None:
        super().__init__(f"{name} cannot be run: {why}" if why else f"{name} is not on PATH")
        self.name = name


@dataclass(frozen=True)
class Completed:
    """A program that ended: what was run, its exit code, and what it said."""

    argv: tuple[str, ...]
    code: int
    out: str
    err: str
    late: bool = False
    """It did not end by itself within its time and was killed."""

    @property
    def command(self) -> str:
        """The command as it can be pasted into a shell."""
        return shlex.join(self.argv)


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
    with _standard_input(stdin, tty=tty, foreground=foreground) as source:
        stderr = None if foreground else subprocess.PIPE
        child = _start(argv, source, stderr, env, own_session=not foreground, folder=folder)
        with child, INTERRUPTION.watching(child, protected=protected):
            return _finish(child, argv, timeout, protected=protected)


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
        child = _start(argv, subprocess.DEVNULL, subprocess.PIPE, env, own_session=True)
    except ProgramMissing as missing:
        yield partial(_raise, missing)
        return
    with child, INTERRUPTION.watching(child, protected=False):
        try:
            yield _once(partial(_finish, child, argv, timeout, protected=False))
        finally:
            kill(child)


def _once(finish: Callable[[], Completed]) -> Callable[[], Completed]:
    """Make a call that is made once, whoever asks first."""
    first = threading.Lock()
    answers: list[Completed] = []

    def answer() -> Completed:
        with first:
            if not answers:
                answers.append(finish())
            return answers[0]

    return answer


def _raise(error: Exception) -> NoReturn:
    raise error


def _finish(
    child: subprocess.Popen[str], argv: Sequence[str], timeout: float, *, protected: bool
) -> Completed:
    out, err, late = _communicate(child, timeout)
    INTERRUPTION.check(protected=protected)
    return Completed(tuple(argv), child.returncode, out, err, late)


def _communicate(child: subprocess.Popen[str], timeout: float) -> tuple[str, str, bool]:
    """Wait in slices: a signal that arrives just before the wait is only seen between two of them."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            out, err = child.communicate(timeout=min(SLICE_SECONDS, max(0.0, deadline - time.monotonic())))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= deadline:
                return *_end(child), True
        else:
            return out or "", err or "", False


def _end(child: subprocess.Popen[str]) -> tuple[str, str]:
    """Kill a child and take what it still said; whoever else holds its pipes is not waited for."""
    kill(child)
    try:
        out, err = child.communicate(timeout=DYING_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return "", ""
    return out or "", err or ""


@contextlib.contextmanager
def _standard_input(stdin: str | None, *, tty: bool, foreground: bool) -> Iterator[int | IO[bytes] | None]:
    if tty:
        with terminal() as follower:
            yield follower
    elif foreground:
        yield None
    elif stdin is None:
        yield subprocess.DEVNULL
    else:
        with _text(stdin) as file:
            yield file


@contextlib.contextmanager
def _text(text: str) -> Iterator[IO[bytes]]:
    """Give a text as a file without a name: unlike a pipe, it leaves nothing to be sent while one waits."""
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        file.seek(0)
        yield file


@contextlib.contextmanager
def terminal() -> Iterator[IO[bytes]]:
    """Open a terminal at which nobody types, to stand as a program's standard input."""
    leader, follower = os.openpty()
    try:
        with os.fdopen(follower, "rb", buffering=0) as stdin:
            yield stdin
    finally:
        os.close(leader)


def _start(  # noqa: PLR0913 - the ways in which programs differ
    argv: Sequence[str],
    stdin: int | IO[bytes] | None,
    stderr: int | IO[bytes] | None,
    env: Mapping[str, str] | None,
    *,
    own_session: bool,
    folder: Path | None = None,
) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            list(argv),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=None if env is None else dict(env),
            cwd=folder,
            encoding="utf-8",
            errors="replace",
            start_new_session=own_session,
        )
    except FileNotFoundError:
        raise ProgramMissing(argv[0]) from None
    except (OSError, ValueError) as error:  # no permission, too long, a NUL among the words
        raise ProgramMissing(argv[0], str(error)) from None


class Stream:
    """A program that goes on running and prints line by line."""

    def __init__(self, argv: tuple[str, ...], child: subprocess.Popen[str]) -> None:
        self.argv = argv
        self._child = child
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._said: list[str] = []
        self._readers = [
            threading.Thread(target=self._read_lines, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_lines(self) -> None:
        for line in self._child.stdout or ():
            self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        self._said.extend(self._child.stderr or ())

    def line(self, timeout: float, *, protected: bool = False) -> str | None:
        """Return the next line, None at the end of the stream.

        Raises `TimeoutError` after `timeout` seconds, and `Interrupted` as `run` does.
        """
        deadline = time.monotonic() + timeout
        while True:
            INTERRUPTION.check(protected=protected)
            left = max(0.0, deadline - time.monotonic())
            try:
                line = self._lines.get(timeout=min(SLICE_SECONDS, left))
            except queue.Empty:
                if left <= SLICE_SECONDS:
                    raise TimeoutError from None
                continue
            if line != _WAKE:
                return line

    def wake(self) -> None:
        """Make a waiting `line` look for signals; safe inside a signal handler."""
        self._lines.put(_WAKE)

    def close(self) -> Completed:
        """End the program if it still runs, and return what it said on standard error; once is enough."""
        kill(self._child)  # its group may outlive it and hold the pipes; one that ended keeps its code
        code = self._child.wait()
        for reader in self._readers:
            reader.join()
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()
        return Completed(self.argv, code, "", "".join(self._said))


_WAKE = ""
"""No line is empty: a line ends with a newline."""


@contextlib.contextmanager
def stream(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, protected: bool = False
) -> Iterator[Stream]:
    """Start a program and read its lines as they come; it is ended with the block.

    Only a second signal ends it earlier, because cleanup still reads from it.
    """
    INTERRUPTION.check(protected=protected)
    child = _start(argv, subprocess.DEVNULL, subprocess.PIPE, env, own_session=True)
    with INTERRUPTION.watching(child, protected=True):
        running = Stream(tuple(argv), child)
        with INTERRUPTION.waking(running.wake):
            try:
                yield running
            finally:
                running.close()


def foreground(argv: Sequence[str], *, env: Mapping[str, str], stdin: str = "") -> int:
    """Run a program that talks to the user for as long as it likes, and return its exit code.

    What it prints to either stream goes to our standard error as it comes; a terminal there is its terminal
    too. It shares our process group, so a terminal's Ctrl-C reaches it by itself; any signal ends it and
    raises `Interrupted`. Raises `ProgramMissing` as `run` does.
    """
    INTERRUPTION.check()
    path = shutil.which(argv[0], path=env.get("PATH", ""))
    if path is None:
        raise ProgramMissing(argv[0])
    with _text(stdin) as source, Path(os.devnull).open("wb") as nothing:
        child = _in_foreground(path, argv[1:], env, source, sys.stderr or nothing)
        with INTERRUPTION.watching(child, protected=False):
            while (code := child.poll()) is None:
                time.sleep(POLL_SECONDS)
    INTERRUPTION.check()
    return code


@dataclass(frozen=True, eq=False)
class _Foreground:
    """A program that sh runs, as a child that signals can end."""

    process: Any

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    @property
    def returncode(self) -> int | None:
        code: int | None = self.process.exit_code
        return code

    def poll(self) -> int | None:
        """Look whether it has ended, without waiting: a signal is only seen between two looks."""
        alive, code = self.process.is_alive()
        return None if alive else int(code)


def _in_foreground(
    path: str, words: Sequence[str], env: Mapping[str, str], stdin: IO[bytes], sink: IO[Any]
) -> _Foreground:
    """Start a program with these very files as its streams: sh pumps nothing, so that nothing can be lost.

    In sh's background, because signals must know the child before it is waited for; sh's own timeouts and
    its `_fg`, which tells nobody the child's id, would let it outlive us.
    """
    import sh  # noqa: PLC0415, TID251 - 110 ms that only such a program pays; this module is the door

    program = sh.Command(path)
    try:
        started = program(*words, _in=stdin, _out=sink, _err=sink, _env=dict(env), _bg=True, _bg_exc=False)
    except sh.ForkException as error:  # the system refuses to start it; a traceback is all its text
        raise ProgramMissing(path, str(error).rstrip().rpartition("\n")[2].strip()) from None
    return _Foreground(started.process)
