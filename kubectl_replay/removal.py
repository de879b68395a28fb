"""Deleting objects of ours by name, and proving that they are gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kubectl_replay import words
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Cleanup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

AWAY_SECONDS = 30.0
"""How long cleanup waits for an API server that does not answer."""

GONE_SECONDS = 40.0
"""How long objects may take to go: the API server's default grace of 30 s and a little more."""

PAUSE_SECONDS = 0.3


def remove(kubectl: Kubectl, names: Sequence[str], command: str) -> Cleanup:
    """Delete objects by `kind/name` and see them gone."""
    answer = patiently(lambda: kubectl.delete(names))
    if answer.code or answer.late:
        return incomplete(names, command, answer)
    return prove(lambda: kubectl.existing(names), names, command)


def incomplete(names: Sequence[str], command: str, answer: Completed) -> Cleanup:
    """Say that a delete was refused or never answered."""
    return Cleanup("incomplete", tuple(names), command, answer.err.strip() or "kubectl gave no answer")


def patiently(ask: Callable[[], Completed], seconds: float = AWAY_SECONDS) -> Completed:
    """Ask again while the API server is away, for so many seconds at most."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        away = answer.late or words.read(answer.err) is Reason.CLUSTER_UNREACHABLE
        if not away or time.monotonic() >= deadline:
            return answer
        time.sleep(PAUSE_SECONDS)


def prove(
    ask: Callable[[], Completed], names: Sequence[str], command: str, deadline: float | None = None
) -> Cleanup:
    """Ask what is left until nothing is, at least once; where asking is refused, nothing is proven.

    `deadline` is a time of the monotonic clock.
    """
    if deadline is None:
        deadline = time.monotonic() + GONE_SECONDS
    while True:
        answer = patiently(ask)
        left = tuple(answer.out.split())
        if answer.code or answer.late:
            message = f"Whether everything is gone could not be read.\n{answer.err}".strip()
            return Cleanup("unproven", tuple(names), command, message)
        if not left:
            return Cleanup("clean")
        if time.monotonic() >= deadline:
            return Cleanup("incomplete", left, command, "They were deleted, but did not go in time.")
        time.sleep(PAUSE_SECONDS)
