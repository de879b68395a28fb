"""When each kind of evidence holds, and the reason that a result has where it does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kubectl_replay.evidence import Trace

_STATUS = re.compile(r"^(?:HTTP/[\d.]+ (?=\d{3}\b)|(?=\d{3}$))(\d{3})", re.MULTILINE)
"""A status line, or a line of three digits as `curl -w '%{http_code}'` prints it (000: no answer)."""
_REFUSED_BY_API = re.compile(r'"kind"\s*:\s*"Status".*"code"\s*:\s*[45]\d\d', re.DOTALL)


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


CRITERIA: Mapping[str, tuple[Callable[[Trace, object], bool], Reason]] = {
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
