"""The end-to-end tests' only door to other programs: run one, start one, give one a terminal."""

from __future__ import annotations

import os
import signal
import subprocess  # noqa: TID251 - the one door of these tests; the product's own door is what they test
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import StringIO
from typing import IO, TYPE_CHECKING

import sh  # noqa: TID251 - it gives a program a terminal to print to

from tests.e2e.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

ANY_CODE = tuple(range(256))


@dataclass(frozen=True)
class Ended:
    """A program that ended: its exit code (negative: the signal) and what it printed."""

    code: int
    out: str
    err: str

    def passed(self) -> str:
        """What it printed; fails the test where the program did not succeed."""
        assert self.code == 0, f"ended with code {self.code}: {self.err}"
        return self.out


def run(
    argv: Sequence[str | Path],
    env: Mapping[str, str],
    *,
    stdin: str | None = None,
    cwd: Path | None = None,
) -> Ended:
    """Run a program to its end, stdout and stderr apart, nobody at its standard input."""
    done = subprocess.run(
        [*map(str, argv)],
        env=env,
        cwd=cwd,
        timeout=SECONDS,
        capture_output=True,
        text=True,
        check=False,
        **({"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}),
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def run_on_terminal(argv: Sequence[str | Path], env: Mapping[str, str], typed: str) -> Ended:
    """Run a program on a terminal of its own, 24 lines of 120 columns, with this typed into it."""
    printed = StringIO()
    program = sh.Command(str(argv[0]), search_paths=env["PATH"].split(":"))
    ended = program(
        *map(str, argv[1:]),
        _env=dict(env),
        _in=typed,
        _out=printed,
        _err_to_out=True,
        _tty_in=True,
        _tty_out=True,
        _unify_ttys=True,
        _tty_size=(24, 120),
        _ok_code=ANY_CODE,
        _timeout=SECONDS,
        _return_cmd=True,
    )
    return Ended(ended.exit_code, printed.getvalue(), "")


class Started:
    """A program under way, in a process group of its own; its lines are read as they come."""

    def __init__(self, argv: Sequence[str | Path], env: Mapping[str, str], *, closed: bool = False) -> None:
        """Start it; `closed`: nobody reads its stdout, and the pipe's other end is closed at once."""
        with _signals_heard():
            self._child = subprocess.Popen(
                [*map(str, argv)],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        self._out: list[str] = []
        self.lines: list[str] = []
        if closed and self._child.stdout:
            self._child.stdout.close()
        streams = [(self._child.stderr, self.lines), *([] if closed else [(self._child.stdout, self._out)])]
        self._readers = [threading.Thread(target=_read, args=each, daemon=True) for each in streams]
        for reader in self._readers:
            reader.start()

    def wait_for(self, line: str) -> None:
        """Wait until a line on stderr begins so; fails the test where the program ends without it."""
        until(lambda: self._said(line) or not self.runs, f'the line "{line}"')
        if not self.runs:
            self.end()
        assert self._said(line), f'it ended without the line "{line}": {self.lines}'

    def _said(self, line: str) -> bool:
        return any(each.startswith(line) for each in self.lines)

    def signal(self, signum: int, *, group: bool = False) -> None:
        """Send a signal to the program alone, or to its process group as a terminal does."""
        (os.killpg if group else os.kill)(self._child.pid, signum)

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._child.poll() is None

    def end(self) -> Ended:
        """Wait until it ends and all that it printed is read."""
        code = self._child.wait(SECONDS)
        for reader in self._readers:
            reader.join(SECONDS)
        return Ended(code, "".join(self._out), "".join(self.lines))

    def discard(self) -> None:
        """End it now, with whatever shares its process group."""
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait(SECONDS)
        for stream in (self._child.stdout, self._child.stderr):
            if stream:
                stream.close()


@contextmanager
def _signals_heard() -> Iterator[None]:
    """Start nothing deaf: the background of a script ignores SIGINT, and what is started there would too."""
    ignored = [each for each in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(each) is signal.SIG_IGN]
    for each in ignored:
        signal.signal(each, signal.SIG_DFL)
    try:
        yield
    finally:
        for each in ignored:
            signal.signal(each, signal.SIG_IGN)


def _read(stream: IO[str], into: list[str]) -> None:
    with suppress(ValueError):
        into.extend(stream)
