"""Small real programs, the signals that a user sends meanwhile, and what is left of them."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_SECONDS = 20.0
"""How long a test waits for what takes milliseconds, on a machine that has better things to do."""


def python(code: str, *words: str) -> list[str]:
    """Return the command line of a program that Python runs."""
    return [sys.executable, "-S", "-c", code, *words]


def shell(body: str) -> list[str]:
    """Return the command line of a program that the shell runs."""
    return ["/bin/sh", "-c", body]


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never held"
        time.sleep(0.002)


def runs(pid: int) -> bool:
    """Whether a process runs: it exists and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def until_gone(pid: int) -> None:
    """Wait until a process has ended."""
    until(lambda: not runs(pid))


@contextlib.contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """Do something in a thread while the block runs."""
    failed: list[BaseException] = []

    def go() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the test sees it
            failed.append(error)

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if failed:
        raise failed[0]


def press(signum: int) -> None:
    """Send a signal to this process, as a terminal or a supervisor would."""
    os.kill(os.getpid(), signum)


def open_files() -> set[str]:
    """Return the numbers and names of this process's open files."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(f"{entry.name} {entry.readlink()}")
    return found


def children() -> list[int]:
    """Return this process's children, dead or alive, that nobody has waited for."""
    return [
        int(word)
        for word in Path("/proc/self/task").joinpath(str(os.getpid()), "children").read_text().split()
    ]
