"""`kubectl-replay` itself, as it is installed: run to its end, or started and watched."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.e2e import processes, programs
from tests.e2e.schema import check

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROGRAM = "kubectl-replay"
FIRST_KEYS = (
    "scenario", "context", "environment_check", "deploy", "ready", "trigger", "behavior_verification",
    "detection_backend", "detection_verification", "overall", "failure_reason",
)  # fmt: skip


@dataclass(frozen=True)
class Replayed:
    """What a run ended with."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """Stdout, which must be exactly one JSON document that the published schema describes."""
        document: dict[str, Any] = json.loads(self.stdout)
        check(document)
        return document

    @property
    def message(self) -> str:
        """What is said of the phase that failed."""
        return next(str(item["message"]) for item in self.document["phases"] if item["reason"])


@dataclass(frozen=True)
class Replay:
    """Runs `kubectl-replay` in one environment; variables that a call sets to None are taken away."""

    environment: Mapping[str, str] = field(repr=False)
    started: list[Running] = field(default_factory=list)

    def __call__(
        self,
        *words: str,
        env: Mapping[str, str | None] | None = None,
        program: Sequence[str] = (PROGRAM,),
    ) -> Replayed:
        """Run it to its end, with no terminal anywhere; fails the test where it leaves a child behind."""
        mark = secrets.token_hex(8)
        ended = programs.run((*program, *words), self.surroundings(env) | {processes.MARK: mark})
        return _replayed(ended, mark)

    def on_terminal(
        self, *words: str, env: Mapping[str, str | None] | None = None, typed: str = ""
    ) -> Replayed:
        """Run it on a terminal, which gets stdout and stderr, with somebody who types."""
        ended = programs.run_on_terminal((PROGRAM, *words), self.surroundings(env), typed)
        return Replayed(ended.code, ended.out, ended.err)

    def start(
        self,
        *words: str,
        env: Mapping[str, str | None] | None = None,
        program: Sequence[str] = (PROGRAM,),
        closed: bool = False,
    ) -> Running:
        """Start it; `closed`: nobody reads its stdout."""
        mark = secrets.token_hex(8)
        surroundings = self.surroundings(env) | {processes.MARK: mark}
        child = programs.Started((*program, *words), surroundings, closed=closed)
        running = Running(child, mark)
        self.started.append(running)
        return running

    def surroundings(self, env: Mapping[str, str | None] | None) -> dict[str, str]:
        """The environment of one call."""
        changed = {**self.environment, **(env or {})}
        return {name: value for name, value in changed.items() if value is not None}


@dataclass(frozen=True)
class Running:
    """A run under way."""

    child: programs.Started
    mark: str

    def wait_for(self, line: str) -> None:
        """Wait until a line on stderr begins so."""
        self.child.wait_for(line)

    def signal(self, signum: int, *, group: bool = False) -> None:
        """Send a signal to it alone, or to its whole process group."""
        self.child.signal(signum, group=group)

    def end(self) -> Replayed:
        """Wait until it ends; fails the test where it leaves a child behind."""
        return _replayed(self.child.end(), self.mark)

    def discard(self) -> None:
        """End it now with all that it started."""
        processes.end(self.mark)
        self.child.discard()


def _replayed(ended: programs.Ended, mark: str) -> Replayed:
    left = processes.find(mark)
    assert not left, f"left behind: {left}"
    return Replayed(ended.code, ended.out, ended.err)
