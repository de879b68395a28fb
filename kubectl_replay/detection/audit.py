"""Lines of the API server's audit log, as it writes them and as clouds wrap them.

The format: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kubectl_replay.detection.alert import AuditRecord
from kubectl_replay.detection.line import read_object
from kubectl_replay.detection.timestamp import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANSWERED: Final = ("ResponseStarted", "ResponseComplete")
"""The stages that show an answer. An exec is answered when its stream opens (ResponseStarted, code 101)."""
_CALLER_POD: Final = "authentication.kubernetes.io/pod-name"
_INNER: Final = ("message", "@message", "log", "properties", "records", "items")
"""Where the wrappers keep the event: CloudWatch, Azure's properties.log and records, lists of events."""
_DEPTH: Final = 6
_GRPC_CODES: Final = {0: 200, 3: 400, 5: 404, 6: 409, 7: 403, 16: 401}
"""Cloud Logging tells an outcome in gRPC's codes: https://grpc.io/docs/guides/status-codes/."""


def read(line: str) -> Iterator[AuditRecord]:
    """Yield the requests of a line: one, several of a batch, none of other words or half a line."""
    start = line.find("{")  # behind a stamp, or a log stream's name
    found = read_object(line[start:].rstrip("\r\n")) if start >= 0 else None
    for event in _unwrap(found, _DEPTH):
        yield _google(event) if "protoPayload" in event else _record(event)


def _unwrap(found: object, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, str):
        found = read_object(found)
    if depth == 0:
        return
    if isinstance(found, list):
        for item in found:
            yield from _unwrap(item, depth - 1)
    elif isinstance(found, dict) and _is_event(found):
        yield found
    elif isinstance(found, dict):
        for key in _INNER:
            yield from _unwrap(found.get(key), depth - 1)


def _is_event(found: Mapping[str, Any]) -> bool:
    if "protoPayload" in found:
        return bool(_map(found, "protoPayload").get("serviceName", "k8s.io") == "k8s.io")
    return found.get("kind") == "Event" and _text(found, "apiVersion").startswith("audit.k8s.io/")


def _record(event: Mapping[str, Any]) -> AuditRecord:
    user, about = _map(event, "user"), _map(event, "objectRef")
    callers = _map(user, "extra").get(_CALLER_POD)
    code = _map(event, "responseStatus").get("code")
    return AuditRecord(
        verb=_text(event, "verb"),
        resource=_text(about, "resource"),
        subresource=_text(about, "subresource"),
        namespace=_text(about, "namespace"),
        name=_text(about, "name"),
        user=_text(user, "username"),
        user_agent=_text(event, "userAgent"),
        stage=_text(event, "stage"),
        time=nanoseconds(_text(event, "stageTimestamp")),
        received=nanoseconds(_text(event, "requestReceivedTimestamp")),
        code=code if type(code) is int else None,
        request_uri=_text(event, "requestURI"),
        audit_id=_text(event, "auditID"),
        caller_pod=str(callers[0]) if isinstance(callers, list) and callers else "",
    )


def _google(entry: Mapping[str, Any]) -> AuditRecord:
    """Read an entry of Google's Cloud Logging, which keeps a request's method and path instead of its event.

    https://cloud.google.com/kubernetes-engine/docs/how-to/audit-logging. It is written after the answer and
    has no stage; a command's words are not in it.
    """
    said = _map(entry, "protoPayload")
    method, path = _text(said, "methodName"), _text(said, "resourceName")
    steps = path.split("/")[2:]  # behind the API's group and version
    namespace = steps[1] if steps[:1] == ["namespaces"] and len(steps) > 2 else ""  # noqa: PLR2004 - see steps
    resource, name, subresource, *_ = [*(steps[2:] if namespace else steps), "", "", ""]
    code = _map(said, "status").get("code", 0)
    time = nanoseconds(_text(entry, "timestamp"))
    return AuditRecord(
        verb=method.rpartition(".")[2],
        resource=resource,
        subresource=subresource,
        namespace=namespace,
        name=name,
        user=_text(_map(said, "authenticationInfo"), "principalEmail"),
        user_agent=_text(_map(said, "requestMetadata"), "callerSuppliedUserAgent"),
        stage="",
        time=time,
        received=time,
        code=_GRPC_CODES.get(code, 500) if type(code) is int else None,
        request_uri=f"/{path}",
        audit_id=_text(_map(entry, "operation"), "id") or _text(entry, "insertId"),
    )


def _map(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = found.get(key)
    return value if isinstance(value, dict) else {}


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""
