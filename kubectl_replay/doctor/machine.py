"""What this machine has: terminals, and the programs that are not needed but useful."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from kubectl_replay import process
from kubectl_replay.doctor.finding import Finding, fail, not_made, ok, warn
from kubectl_replay.process import ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER_SECONDS = 5.0

TOOLS = {
    "kind": (("version",), "makes a cluster: `kubectl replay setup kind`"),
    "docker": (("version", "--format", "server {{.Server.Version}}"), "runs the nodes of kind"),
    "helm": (("version", "--short"), "installs a detector, such as Falco"),
}
"""Each useful program, how to ask whether it works, and what for."""


def examine_terminal() -> Finding:
    """Open a pseudo-terminal, which triggers with `tty: true` need; say where the user's own terminal is."""
    try:
        for descriptor in os.openpty():
            os.close(descriptor)
    except OSError as error:
        message = f"no pseudo-terminal can be opened ({error.strerror}), and some triggers need one"
        return fail("terminal", message, "mount devpts on /dev/pts, or allow this process more open files")
    streams = {"standard input": sys.stdin, "standard output": sys.stdout}
    here = [name for name, stream in streams.items() if stream is not None and stream.isatty()]
    users = f"the user's is on {' and '.join(here)}" if here else "the user has none, and none is needed"
    return ok("terminal", f"a pseudo-terminal can be opened; {users}")


def examine_tools() -> Iterator[Finding]:
    """Ask each useful program whether it works."""
    for name, (words, purpose) in TOOLS.items():
        try:
            answer = process.run([name, *words], timeout=ANSWER_SECONDS)
        except ProgramMissing as missing:
            yield warn(name, f"{missing} (optional: {purpose})", f"install {name}, if you want that")
            continue
        said = " ".join(answer.out.split())
        if answer.late:
            yield not_made(name, f"no answer within {ANSWER_SECONDS:g} s", f"try `{answer.command}`")
        elif answer.code or not said:
            why = " ".join(answer.err.split()) or f"it ended {answer.code}"
            yield warn(name, f"it does not work: {why} (optional: {purpose})", f"mend `{answer.command}`")
        else:
            yield ok(name, f"{said} (optional: {purpose})")


def examine_backends() -> Finding:
    """Say which detectors there are to ask."""
    return ok(
        "backends",
        "Falco and the API server's audit log can be asked; `kubectl replay doctor falco` looks at Falco",
    )
