"""Cleanup: remove what a run made, from wherever it stopped, and prove that it is gone."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from kubectl_replay import ownership
from kubectl_replay.errors import Failure
from kubectl_replay.interruption import Interrupted
from kubectl_replay.process import ProgramMissing
from kubectl_replay.removal import GONE_SECONDS, incomplete, patiently, prove
from kubectl_replay.result import Cleanup

if TYPE_CHECKING:
    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run


def clean(run: Run) -> Cleanup:
    """Delete what the run made, see it gone, and say what became of it; never raises for what it meets."""
    made = run.created
    if not made.sent or (made.certain and not made.names):
        return Cleanup("clean")
    command = _command(run)
    if run.request.keep and run.signum is None:
        return Cleanup("kept", made.names, command)
    try:
        return _delete(run, command)
    except (Interrupted, ProgramMissing) as stopped:
        return Cleanup("incomplete", made.names, command, f"Cleanup was stopped: {stopped}.")


def _command(run: Run) -> str:
    words = ("delete", ",".join(_kinds(run)), "--selector", ownership.selector(run=run.identity.run))
    return shlex.join(run.kubectl.argv(*words))


def _kinds(run: Run) -> list[str]:
    return sorted({item.kind.lower() for item in run.objects})


def _delete(run: Run, command: str) -> Cleanup:
    names = run.created.names
    answer = patiently(lambda: _ask_to_delete(run))
    if answer.code or answer.late:
        return incomplete(names, command, answer)
    if run.created.certain and _pods_seen_gone(run):
        names = tuple(name for name in names if not name.startswith("pod/"))
        if not names:
            return Cleanup("clean")
    return prove(lambda: _ask_what_is_left(run, names), names, command)


def _ask_to_delete(run: Run) -> Completed:
    """Delete by the names that the API server gave; by label only where its answer was lost."""
    if run.created.certain:
        return run.kubectl.delete(run.created.names)
    return run.kubectl.delete_labelled(_kinds(run), ownership.selector(run=run.identity.run))


def _ask_what_is_left(run: Run, names: tuple[str, ...]) -> Completed:
    if run.created.certain:
        return run.kubectl.existing(names)
    return run.kubectl.names(_kinds(run), ownership.selector(run=run.identity.run))


def _pods_seen_gone(run: Run) -> bool:
    """Wait for the watch to show that every pod of the run was deleted: the cheapest proof there is."""
    made = {name.removeprefix("pod/") for name in run.created.names if name.startswith("pod/")}
    try:
        return run.watch.wait(lambda watch: made <= watch.gone or None, GONE_SECONDS, protected=True) is True
    except Failure:
        return False
