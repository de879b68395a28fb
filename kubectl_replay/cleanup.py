"""Cleanup: remove what a run made, from wherever it stopped, and prove that it is gone."""

from __future__ import annotations

import contextlib
import shlex
import time
from typing import TYPE_CHECKING

from kubectl_replay import hooks, ownership
from kubectl_replay.errors import Failure
from kubectl_replay.interruption import Interrupted
from kubectl_replay.pods import is_expired
from kubectl_replay.process import ProgramMissing
from kubectl_replay.removal import AWAY_SECONDS, GONE_SECONDS, incomplete, patiently, prove
from kubectl_replay.result import Cleanup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_replay.run import Run

SETTLE_SECONDS = 1.0

DYING_SECONDS = 2.0
"""How long the end of a pod that somebody else deletes is waited for."""


def clean(run: Run) -> Cleanup:
    """Delete what the run made, see it gone, and say what became of it; never raises for what it meets."""
    made = run.created
    if run.reused:
        left = _not_gone(run, [f"pod/{run.pod}"])
        return Cleanup("kept", left, removal_command(run)) if left else Cleanup()
    if not made.sent or (made.certain and not made.names):
        return Cleanup("clean")
    command = removal_command(run)
    if run.request.keep and run.signum is None:
        left = _not_gone(run, made.names)
        return Cleanup("kept", left, command) if left else Cleanup()
    try:
        complaint = _run_hook(run)
        done = _delete(run, command)
        return _complain(run, done, complaint) if complaint else done
    except (Interrupted, ProgramMissing) as stopped:
        return Cleanup("incomplete", made.names, command, f"Cleanup was stopped: {stopped}.")


def _run_hook(run: Run) -> str:
    """Let the scenario's own script remove what its other scripts made; return what it complains of."""
    script = run.scenario.hooks.cleanup
    if not script:
        return ""
    try:
        answer = hooks.run_hook(run, script, protected=True)
    except Failure as failure:
        return failure.message
    if answer.late:
        return f"{script} did not end in time"
    return f"{script} ended with exit code {answer.code}\n{answer.err}".strip() if answer.code else ""


def _complain(run: Run, done: Cleanup, complaint: str) -> Cleanup:
    """Say that the scenario's own script failed: nobody else knows what it removes."""
    script = run.scenario.hooks.cleanup
    if done.status == "clean":
        path = str(run.scenario.folder.resolve() / str(script))
        return Cleanup("incomplete", (f"what {script} removes",), shlex.quote(path), complaint)
    return Cleanup("incomplete", done.left, done.command, f"{complaint}\n{done.message}".strip())


def removal_command(run: Run) -> str:
    """Return the command that removes by hand what the run made."""
    words = ("delete", ",".join(_kinds(run)), "--selector", ownership.selector(run=run.identity.run))
    return shlex.join(run.kubectl.argv(*words))


def _kinds(run: Run) -> list[str]:
    return sorted({item.kind.lower() for item in run.objects})


def _delete(run: Run, command: str) -> Cleanup:
    if not run.created.certain:
        return _delete_by_label(run, command)
    names = run.created.names
    answer = patiently(lambda: run.kubectl.delete([*names, *_expired(run)]))
    if answer.code or answer.late:
        return incomplete(names, command, answer)
    deadline = time.monotonic() + GONE_SECONDS
    if _pods_seen_gone(run):
        names = tuple(name for name in names if not name.startswith("pod/"))
    return prove(lambda: run.kubectl.existing(names), names, command, deadline) if names else Cleanup("clean")


def _not_gone(run: Run, names: Sequence[str]) -> tuple[str, ...]:
    """Leave out the pods that somebody else deleted, as far as the watch sees it."""
    dying = {name for name, pod in run.watch.pods.items() if "deletionTimestamp" in pod["metadata"]}
    with contextlib.suppress(Failure):  # a watch that is refused: what it saw before stands
        run.watch.wait(lambda watch: dying <= watch.gone or None, DYING_SECONDS, protected=True)
    return tuple(name for name in names if name.removeprefix("pod/") not in run.watch.gone)


def _expired(run: Run) -> list[str]:
    """Name the pods of this scenario that earlier runs left and their deadlines ended; the watch saw them."""
    watch = run.watch
    return [f"pod/{name}" for name, pod in watch.pods.items() if name not in watch.gone and is_expired(pod)]


def _delete_by_label(run: Run, command: str) -> Cleanup:
    """Delete what may have been made: the API server's answer to the create was lost.

    It is looked for twice, because a request whose client is gone may still be ending in the server. A
    server that never answered anything is not waited for.
    """
    kinds, selector = _kinds(run), ownership.selector(run=run.identity.run)
    wait = AWAY_SECONDS if run.server_answered else 0.0
    done = Cleanup()
    for pause in (0.0, SETTLE_SECONDS):
        time.sleep(pause)
        answer = patiently(lambda: run.kubectl.delete_labelled(kinds, selector), wait)
        if answer.code or answer.late:
            return incomplete(run.created.names, command, answer)
        done = prove(lambda: run.kubectl.names(kinds, selector), run.created.names, command)
        if done.status != "clean":
            break
    return done


def _pods_seen_gone(run: Run) -> bool:
    """Wait for the watch to show that every pod of the run was deleted: the cheapest proof there is."""
    made = {name.removeprefix("pod/") for name in run.created.names if name.startswith("pod/")}
    try:
        return run.watch.wait(lambda watch: made <= watch.gone or None, GONE_SECONDS, protected=True) is True
    except Failure:
        return False
