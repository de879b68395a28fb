"""Cleanup: remove what a run made, from wherever it stopped, and prove that it is gone."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING

from kubectl_replay import ownership, words
from kubectl_replay.errors import Failure
from kubectl_replay.interruption import Interrupted
from kubectl_replay.process import ProgramMissing
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Cleanup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run

AWAY_SECONDS = 30.0
"""How long cleanup waits for an API server that does not answer."""

GONE_SECONDS = 40.0
"""How long objects may take to go: the API server's default grace of 30 s and a little more."""

PAUSE_SECONDS = 0.3


def clean(run: Run) -> Cleanup:
    """Delete what the run made, see it gone, and say what became of it; never raises for what it meets."""
    made = run.created
    if not made.sent or (made.certain and not made.names):
        return Cleanup("clean")
    command = _command(run)
    if run.request.keep and run.trace is not None:
        return Cleanup("kept", made.names, command)
    try:
        return _delete(run, command)
    except (Interrupted, ProgramMissing) as stopped:
        return Cleanup("incomplete", made.names, command, f"Cleanup was stopped: {stopped}.")


def _command(run: Run) -> str:
    kinds = ",".join(_kinds(run))
    selector = ownership.selector(run=run.identity.run)
    return shlex.join(run.kubectl.argv("delete", kinds, "--selector", selector))


def _kinds(run: Run) -> list[str]:
    return sorted({item.kind.lower() for item in run.objects})


def _delete(run: Run, command: str) -> Cleanup:
    answer = _patiently(lambda: _ask_to_delete(run))
    if answer.code or answer.late:
        return Cleanup(
            "incomplete", run.created.names, command, Failure.of(Reason.OBJECTS_LEFT, answer).message
        )
    if run.created.certain and _pods_seen_gone(run):
        rest = [name for name in run.created.names if not name.startswith("pod/")]
        return _prove(run, rest, command) if rest else Cleanup("clean")
    return _prove(run, run.created.names, command)


def _ask_to_delete(run: Run) -> Completed:
    """Delete by the names that the API server gave; by label only where its answer was lost."""
    if run.created.certain:
        return run.kubectl.delete(run.created.names)
    return run.kubectl.delete_labelled(_kinds(run), ownership.selector(run=run.identity.run))


def _patiently(ask: Callable[[], Completed]) -> Completed:
    """Ask again while the API server is away, for a bounded time."""
    deadline = time.monotonic() + AWAY_SECONDS
    while True:
        answer = ask()
        away = answer.late or words.read(answer.err) is Reason.CLUSTER_UNREACHABLE
        if not away or time.monotonic() >= deadline:
            return answer
        time.sleep(PAUSE_SECONDS)


def _pods_seen_gone(run: Run) -> bool:
    """Wait for the watch to show that every pod of the run was deleted: the cheapest proof there is."""
    made = {name.removeprefix("pod/") for name in run.created.names if name.startswith("pod/")}
    try:
        return run.watch.wait(lambda watch: made <= watch.gone or None, GONE_SECONDS, protected=True) is True
    except Failure:
        return False


def _prove(run: Run, names: Sequence[str], command: str) -> Cleanup:
    """Ask by name, or by label where the names are not certain, until nothing is left."""
    deadline = time.monotonic() + GONE_SECONDS
    while True:
        answer = _patiently(lambda: _ask_what_is_left(run, names))
        left = tuple(answer.out.split())
        if answer.code or answer.late:
            return Cleanup("unproven", tuple(names), command, Failure.of(Reason.OBJECTS_LEFT, answer).message)
        if not left:
            return Cleanup("clean")
        if time.monotonic() >= deadline:
            return Cleanup("incomplete", left, command, "They were deleted, but did not go in time.")
        time.sleep(PAUSE_SECONDS)


def _ask_what_is_left(run: Run, names: Sequence[str]) -> Completed:
    if run.created.certain:
        return run.kubectl.existing(names)
    return run.kubectl.names(_kinds(run), ownership.selector(run=run.identity.run))
