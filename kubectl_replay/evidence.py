"""Whether the behavior happened: judged only from what the trigger itself left."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kubectl_replay.criteria import CRITERIA
from kubectl_replay.result import Proof
from kubectl_replay.scenario.placeholders import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_replay.pods import Pod
    from kubectl_replay.scenario.spec import Evidence


@dataclass(frozen=True)
class Left:
    """What a trigger left: what was sent, and the command's exit code and output.

    The exit code is None for a command that still runs.
    """

    sent: tuple[str, ...]
    code: int | None
    output: str


@dataclass(frozen=True)
class Trace(Left):
    """What a trigger left, with what judges it.

    `proof` is what the container had to join, and nothing that was sent holds it whole; `pod` is the pod as
    it was last seen.
    """

    proof: str
    pod: Pod


def looks_at_code(evidence: Evidence) -> bool:
    """Whether the command must have ended before this can be judged."""
    return evidence.kind == "exit_code" or evidence.weak


def looks_at_code_alone(evidence: Evidence) -> bool:
    """Whether this holds for any command that ended with the wanted code, whatever it printed."""
    return evidence.kind in {"exit_code", "exec_succeeded", "pod"}


def fill_in(evidence: Evidence, values: Mapping[str, str]) -> Evidence:
    """Fill the placeholders of a piece of evidence; in a regular expression a value stands for itself."""
    value = evidence.value
    if evidence.kind == "output_matches":
        literally = {name: re.escape(text) for name, text in values.items()}
        return replace(evidence, value=fill(str(value), literally))
    if isinstance(value, str):
        return replace(evidence, value=fill(value, values))
    if isinstance(value, dict):
        return replace(evidence, value={key: fill(text, values) for key, text in value.items()})
    return evidence


def judge(evidence: Evidence, trace: Trace) -> Proof:
    """Say whether one piece of evidence holds."""
    check, reason = CRITERIA[evidence.kind]
    held = check(trace, evidence.value)
    shown = _shown(evidence, trace) if held else {}
    return Proof(evidence.kind, describe(evidence), held, evidence.weak, reason, shown)


def _shown(evidence: Evidence, trace: Trace) -> dict[str, str]:
    """Return the named groups of an expression: nothing else of an output is ever shown, it may be secret."""
    if evidence.kind != "output_matches":
        return {}
    found = re.search(str(evidence.value), trace.output, re.MULTILINE)
    return {name: text for name, text in found.groupdict().items() if text} if found else {}


def describe(evidence: Evidence) -> str:
    """Name what was wanted, without ever echoing what was found: that may be a secret."""
    value = evidence.value
    if value is True:
        return evidence.kind
    shown = ", ".join(f"{key}={item}" for key, item in value.items()) if isinstance(value, dict) else value
    if evidence.kind == "output_matches":  # the names of groups are for the reader of the output, not of this
        shown = re.sub(r"\?P<\w+>", "", str(value))
    return f"{evidence.kind}: {shown}"
