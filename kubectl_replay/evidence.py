"""Whether the behavior happened: judged only from what the trigger itself left."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kubectl_replay.reasons import Reason
from kubectl_replay.result import Proof
from kubectl_replay.scenario.placeholders import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


_STATUS = re.compile(r"^(?:HTTP/[\d.]+ (?=\d{3}\b)|(?=\d{3}$))(\d{3})", re.MULTILINE)
"""A status line, or a line of three digits as `curl -w '%{http_code}'` prints it (000: no answer)."""
_REFUSED_BY_API = re.compile(r'"kind"\s*:\s*"Status".*"code"\s*:\s*[45]\d\d', re.DOTALL)


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
    check, reason = _CHECKS[evidence.kind]
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


def _proof(trace: Trace, _wanted: object) -> bool:
    sent_whole = any(trace.proof in word for word in trace.sent)
    return trace.proof in trace.output and not sent_whole


def _pod(trace: Trace, wanted: object) -> bool:
    return isinstance(wanted, dict) and all(
        look_up(trace.pod, path) == value for path, value in wanted.items()
    )


def look_up(body: object, path: str) -> str | None:
    """Return the value at a path such as `status.containerStatuses.0.ready`, as YAML writes it."""
    for step in path.split("."):
        if isinstance(body, dict):
            body = body.get(step)
        elif isinstance(body, list) and step.isascii() and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    if isinstance(body, bool):
        return str(body).lower()
    return None if body is None or isinstance(body, (dict, list)) else str(body)


def _answered(trace: Trace, _wanted: object) -> bool:
    """Whether the command succeeded and, where it prints HTTP status codes, the last one says success.

    A proxy that answers 403 answered, but nothing left the cluster.
    """
    statuses = _STATUS.findall(trace.output)
    return _printed(trace, "") and (not statuses or statuses[-1].startswith("2"))


def _granted(trace: Trace, _wanted: object) -> bool:
    return _printed(trace, "") and not _REFUSED_BY_API.search(trace.output)


def _succeeded(trace: Trace, _wanted: object) -> bool:
    return trace.code == 0


def _printed(trace: Trace, _wanted: object) -> bool:
    return trace.code == 0 and bool(trace.output.strip())


_CHECKS: Mapping[str, tuple[Callable[[Trace, object], bool], Reason]] = {
    "exit_code": (lambda trace, wanted: trace.code == wanted, Reason.EXEC_NOT_CONFIRMED),
    "output_contains": (lambda trace, wanted: str(wanted) in trace.output, Reason.EXEC_NOT_CONFIRMED),
    "output_matches": (
        lambda trace, wanted: re.search(str(wanted), trace.output, re.MULTILINE) is not None,
        Reason.EXEC_NOT_CONFIRMED,
    ),
    "proof": (_proof, Reason.EXEC_NOT_CONFIRMED),
    "pod": (_pod, Reason.POD_STATE_NOT_CONFIRMED),
    "exec_succeeded": (_succeeded, Reason.EXEC_NOT_CONFIRMED),
    "process_contains": (_printed, Reason.EXEC_NOT_CONFIRMED),
    "file_readable": (_printed, Reason.FILE_READ_NOT_CONFIRMED),
    "network_request": (_answered, Reason.NETWORK_REQUEST_FAILED),
    "api_call": (_granted, Reason.API_CALL_NOT_CONFIRMED),
}
