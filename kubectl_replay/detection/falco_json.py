"""Alerts in Falco's JSON output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kubectl_replay.detection import falco_text
from kubectl_replay.detection.alert import INTERNAL, Alert, present
from kubectl_replay.detection.line import read_object
from kubectl_replay.detection.timestamp import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_replay.detection.line import Line

_CONTAINER: Final = ("container.id", "container.name", "k8s.ns.name", "k8s.pod.name")


def parse(line: Line) -> Alert | None:
    """Read an alert, None for anything else that Falco prints, and for half a line."""
    found = read_object(line.text)
    if found is None or not isinstance(found.get("rule"), str) or not found["rule"]:
        return None
    fields = found.get("output_fields")
    fields = fields if isinstance(fields, dict) else {}
    message = falco_text.message_of(_text(found.get("output")))
    source = _source(found)
    names = _identity(fields, message, source)
    return Alert(
        source=source,
        rule=found["rule"],
        priority=_text(found.get("priority")),
        time=_time(found, fields),
        message=message,
        raw=line.text,
        container_id=names[0],
        container_name=names[1],
        namespace=names[2],
        pod=names[3],
        stamp=line.stamp,
        fields=fields,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _source(found: Mapping[str, Any]) -> str:
    if found["rule"].startswith(INTERNAL):
        return "internal"
    return _text(found.get("source")) or "syscall"


def _identity(
    fields: Mapping[str, Any], message: str, source: str
) -> tuple[str | None, str | None, str | None, str | None]:
    """Return the container's id and name, the namespace and the pod.

    `json_include_output_fields_property: false` leaves only the words of the output. Alerts of the k8saudit
    plugin know the object of the request instead of a container.
    """
    if source == "k8s_audit" and fields:
        is_pod = present(fields.get("ka.target.resource")) in {None, "pods"}
        name = present(fields.get("ka.target.name")) if is_pod else None
        return (None, None, present(fields.get("ka.target.namespace")), name)
    if not fields:
        return falco_text.identity(message)
    names = [present(fields.get(name)) for name in _CONTAINER]
    return (names[0], names[1], names[2], names[3])


def _time(found: Mapping[str, Any], fields: Mapping[str, Any]) -> int | None:
    """Return when the event happened; the fields have it as an integer, beyond what a float holds exactly."""
    time = nanoseconds(_text(found.get("time")))
    if time is not None:
        return time
    integers = (fields.get(name) for name in ("evt.time", "evt.time.iso8601"))
    return next((value for value in integers if type(value) is int), None)
