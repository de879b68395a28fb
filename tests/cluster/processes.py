"""The only door of the test cluster to other programs."""

from __future__ import annotations

import os
import subprocess  # noqa: TID251 - the one door of this package; the product's own door is not for tests
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.cluster.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Done:
    """A program that has ended."""

    code: int
    stdout: str
    stderr: str


def run(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> str:
    """Run a program to its end and return its stdout; see `attempt` for the arguments.

    Raises ClusterError with the command and the program's own last words where it fails.
    """
    done = attempt(argv, cwd=cwd, env=env, timeout=timeout)
    if done.code:
        words = (done.stderr or done.stdout).strip()[-600:]
        raise ClusterError(f"{_shown(argv)}: ended with code {done.code}: {words}")
    return done.stdout


def attempt(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> Done:
    """Run a program to its end, whatever its code; ``env`` is added to the environment.

    Raises ClusterError where it cannot be started or outlasts ``timeout`` seconds.
    """
    try:
        done = subprocess.run(
            [*map(str, argv)],
            cwd=cwd,
            env=os.environ | (env or {}),
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ClusterError(f"{_shown(argv)}: still running after {timeout:.0f} s.") from None
    except OSError as error:
        raise ClusterError(f"{_shown(argv)}: {error.strerror}.") from error
    return Done(done.returncode, done.stdout, done.stderr)


def run_watched(
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    tell: Callable[[float, int], None],
    every: float = 15,
) -> None:
    """Run a slow program; call ``tell(seconds, lines printed)`` about every ``every`` seconds.

    Raises ClusterError with the program's last lines where it fails.
    """
    begin = told = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        [*map(str, argv)],
        cwd=cwd,
        env=os.environ | env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            lines.append(line)
            if time.monotonic() - told >= every:
                told = time.monotonic()
                tell(told - begin, len(lines))
    if child.returncode:
        raise ClusterError(f"{_shown(argv)}: ended with code {child.returncode}: {''.join(lines[-8:])}")


def spawn(argv: Sequence[str | Path], *, log: Path, env: Mapping[str, str]) -> int:
    """Start a program that outlives us and our terminal; what it prints goes to the end of ``log``.

    ``env`` is all that it gets: a user's proxy or KUBECONFIG is not for the programs of a node.
    """
    with log.open("ab") as output:
        child = subprocess.Popen(
            [*map(str, argv)],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    child.returncode = 0  # it is ours no longer: keeps Popen from warning that it still runs
    return child.pid


def show(argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None, progress: bool = False) -> int:
    """Run a program on the user's own terminal and return its exit code; ``progress`` goes to stderr."""
    whole = os.environ | (env or {})
    output = sys.stderr if progress else None
    return subprocess.run([*map(str, argv)], env=whole, stdout=output, check=False).returncode


def _shown(argv: Sequence[str | Path]) -> str:
    return " ".join(map(str, argv))
