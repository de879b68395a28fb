"""What is asked of one container: to run a command, and to give its log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_replay import process
from kubectl_replay.kubectl.pinned import GRACE_SECONDS, Pinned

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@dataclass(frozen=True)
class Log:
    """The log of a container: all of it, or that of the last `since` seconds.

    The kubelet reckons `since` on its own clock (pkg/kubelet/kuberuntime/logs), so that ours need not agree
    with it. `previous` is the log of the container that ran before the last restart.
    """

    pod: str
    container: str
    since: int | None = None
    follow: bool = False
    previous: bool = False


@dataclass(frozen=True)
class Exec:
    """A command for a container; `timeout` in seconds.

    With `tty` it goes through a terminal: kubectl asks for one only if its own standard input is one, and
    only with -i and -t together; it downgrades silently otherwise.
    """

    pod: str
    container: str
    words: tuple[str, ...]
    timeout: float
    tty: bool = False
    stdin: str | None = None


class Containers(Pinned):
    """kubectl, for what happens in containers."""

    def exec(self, call: Exec) -> process.Completed:
        """Run a command in a container."""
        argv = self.exec_argv(call)
        return process.run(argv, timeout=call.timeout, tty=call.tty, stdin=call.stdin, env=self.environment)

    def exec_argv(self, call: Exec) -> tuple[str, ...]:
        """Build the call that runs a command in a container."""
        flags = ("-i", "-t") if call.tty else ("-i",) if call.stdin is not None else ()
        return self.argv("exec", *flags, call.pod, "-c", call.container, "--", *call.words)

    def read_log(self, log: Log) -> AbstractContextManager[process.Stream]:
        """Read the log of a container, each line with the time at which the kubelet received it."""
        return process.stream(self.log_argv(log), env=self.environment)

    def log_argv(self, log: Log) -> tuple[str, ...]:
        """Build the call that reads the log of a container."""
        flags = (
            *(("--follow",) if log.follow else ()),
            *(("--previous",) if log.previous else ()),
            *(() if log.since is None else (f"--since={max(1, log.since)}s",)),
        )
        return self.argv("logs", log.pod, "-c", log.container, "--timestamps", *flags)

    def follow_log(self, pod: str, container: str) -> AbstractContextManager[process.Stream]:
        """Follow the log of a container from its first line."""
        return process.stream(self.argv("logs", "--follow", pod, "-c", container), env=self.environment)

    def end_of_log(self, pod: str, container: str, *, previous: bool) -> process.Completed:
        """Read the last lines of a container's log, or of the one that ran before its last restart."""
        words = ("logs", pod, "-c", container, "--tail=20", *(("--previous",) if previous else ()))
        timeout = self.connection.request_timeout + GRACE_SECONDS
        return process.run(self.argv(*words), timeout=timeout, env=self.environment)
