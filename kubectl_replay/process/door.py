"""Where other programs are started, and the one module that imports what starts them.

Each has an argument list, no shell, and unless it talks to the user a session of its own.
"""

from __future__ import annotations

import subprocess  # noqa: TID251 - this module is the door
from typing import IO, TYPE_CHECKING, Any

from kubectl_replay.process.ending import ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Child = subprocess.Popen[str]

SLICE_SECONDS = 0.5
"""CPython runs signal handlers between bytecodes, so no wait may be longer than this."""


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None,
    stdin: IO[bytes] | None = None,
    folder: Path | None = None,
    attended: bool = False,
) -> Child:
    """Start a program whose output we read, with `stdin` or nothing on its standard input.

    An `attended` one keeps the user's session, standard input and standard error. Raises `ProgramMissing`.
    """
    try:
        return subprocess.Popen(
            list(argv),
            stdin=None if attended else (stdin or subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=None if attended else subprocess.PIPE,
            env=None if env is None else dict(env),
            cwd=folder,
            encoding="utf-8",
            errors="replace",
            start_new_session=not attended,
        )
    except FileNotFoundError:
        raise ProgramMissing(argv[0]) from None
    except (OSError, ValueError) as error:  # no permission, too long, a NUL among the words
        raise ProgramMissing(argv[0], str(error)) from None


def listen(child: Child, seconds: float) -> tuple[str, str] | None:
    """Wait until a program ended and return all that it said on both streams; None if it goes on."""
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    return out or "", err or ""


def start_dialog(
    path: str, words: Sequence[str], *, env: Mapping[str, str], stdin: IO[bytes], sink: IO[Any]
) -> Any:  # noqa: ANN401 - sh has no types
    """Start a program with these very files as its streams: sh pumps nothing, so that nothing can be lost.

    In sh's background, because signals must know the child before it is waited for; sh's own timeouts and
    its `_fg`, which tells nobody the child's id, would let it outlive us. Raises `ProgramMissing`.
    """
    import sh  # noqa: PLC0415, TID251 - 110 ms that only such a program pays; this module is the door

    program = sh.Command(path)
    try:
        started = program(*words, _in=stdin, _out=sink, _err=sink, _env=dict(env), _bg=True, _bg_exc=False)
    except sh.ForkException as error:  # the system refuses to start it; a traceback is all its text
        raise ProgramMissing(path, str(error).rstrip().rpartition("\n")[2].strip()) from None
    return started.process
