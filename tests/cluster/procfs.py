"""What /proc says of processes: which are there, whose child each is, and which of two with one pid it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process on this machine; a pid is used again, together with the start time it is one process's."""

    pid: int
    started: int
    """Clock ticks since the machine's start."""
    parent: int
    command: tuple[str, ...]


def parse_stat(text: str) -> tuple[int, int]:
    """Parent and start time from ``/proc/PID/stat``: the name before them may hold anything, even ``)``."""
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), int(fields[19])


def find_process(pid: int) -> Process | None:
    """The process with this pid, if there is one that is not a zombie."""
    folder = PROC / str(pid)
    try:
        stat = (folder / "stat").read_text()
        command = (folder / "cmdline").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    if stat.rpartition(")")[2].split()[0] in {"Z", "X"}:
        return None
    parent, started = parse_stat(stat)
    return Process(pid, started, parent, tuple(command.split("\0")[:-1]))


def list_processes() -> Iterator[Process]:
    """All that are there now."""
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (process := find_process(int(folder.name))):
            yield process


def find_child(pid: int) -> Process | None:
    """The first child of a process."""
    return next((process for process in list_processes() if process.parent == pid), None)


def read_boot() -> str:
    """This start of the machine: pids and start times of another one mean nothing."""
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()
