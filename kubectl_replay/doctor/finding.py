"""What `doctor` finds: one thing looked at, how it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kubectl_replay import words
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from kubectl_replay.process import Completed


class Status(StrEnum):
    """How something is: `warn` for what may matter, and for every question that could not be asked."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `fix` says what to do where it is not ok."""

    check: str
    status: Status
    message: str
    fix: str = ""


def ok(check: str, message: str) -> Finding:
    """Find that something is as it should be."""
    return Finding(check, Status.OK, message)


def warn(check: str, message: str, fix: str) -> Finding:
    """Find something that may stand in the way of some replays."""
    return Finding(check, Status.WARN, message, fix)


def fail(check: str, message: str, fix: str) -> Finding:
    """Find something that no replay gets past."""
    return Finding(check, Status.FAIL, message, fix)


def not_made(check: str, why: str, fix: str) -> Finding:
    """Say that something could not be looked at, which is no good sign and no bad one."""
    return warn(check, f"not made: {why}", fix)


def failed(check: str, failure: Failure) -> Finding:
    """Turn what would refuse a run into a finding."""
    return fail(check, " ".join([failure.sentence, *_lines(failure.words)]), failure.next_step)


def understand(answer: Completed) -> Failure:
    """Return what a call of kubectl that ended badly means."""
    meaning = words.read(answer.err)
    return Failure.of(meaning if isinstance(meaning, Reason) else Reason.CLUSTER_UNREACHABLE, answer)


def explain(answer: Completed) -> str:
    """Return kubectl's own words about a call that ended badly, on one line."""
    late = f"kubectl did not end in time: {answer.command}" if answer.late else f"kubectl ended {answer.code}"
    return " ".join(words.errors(answer.err)) or late


def _lines(text: str) -> list[str]:
    return [f"({' '.join(text.split())})"] if text.strip() else []
