"""What detectors report: an alert of Falco, and a record of the API server's audit log."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

INTERNAL: Final = ("Falco internal: ", "Falco metrics snapshot")
"""How a message about Falco itself begins, its rule or its output."""
_FIELDS: Final = re.compile(r" \| | \(|(?:^|\s+)\S+=")
"""What parts a rule's words from its fields: `head | a=b` since falco-rules 4.0, `head (a=b)` before.

Rules of users may have neither: then the words end where the first field begins.
"""
_NOTHING: Final = {"", "<NA>"}


def present(value: object) -> str | None:
    """Return a value that says something; None for what Falco prints where it does not know."""
    return None if value is None or str(value) in _NOTHING else str(value)


@dataclass(frozen=True)
class Alert:
    """One alert of Falco.

    `time` is when the event happened, `stamp` when the kubelet received the line, both nanoseconds UTC on the
    clock of the node. `message` is the output without its time and priority.
    """

    source: str
    rule: str
    priority: str
    time: int | None
    message: str
    raw: str
    container_id: str | None = None
    container_name: str | None = None
    namespace: str | None = None
    pod: str | None = None
    stamp: int | None = None
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The rule's name; in text, which names no rule, the words that its output begins with."""
        return self.rule or _FIELDS.split(self.message, maxsplit=1)[0]

    @property
    def key(self) -> tuple[object, ...]:
        """What two readings of one alert have in common, also when the agents of two nodes saw the event."""
        if self.time is None or self.container_id is None:
            return (self.raw,)
        return (self.time, self.label, self.container_id)

    def carries(self, word: str) -> bool:
        """Whether a word stands anywhere in the alert."""
        return bool(word) and (
            word in self.message or any(word in str(value) for value in self.fields.values())
        )


@dataclass(frozen=True)
class AuditRecord:
    """One request as the API server's audit log has it, at one stage.

    `time` is the stage's, `received` the request's, both nanoseconds UTC on the API server's clock.
    `caller_pod` is the pod whose token was used, where the API server knows it.
    """

    verb: str
    resource: str
    subresource: str
    namespace: str
    name: str
    user: str
    user_agent: str
    stage: str
    time: int | None
    received: int | None
    code: int | None
    request_uri: str
    audit_id: str
    caller_pod: str = ""

    @property
    def label(self) -> str:
        """The request in short, such as `create pods/exec`."""
        return f"{self.verb} {self.resource}" + (f"/{self.subresource}" if self.subresource else "")

    @property
    def key(self) -> tuple[object, ...]:
        """What the stages of one request have in common."""
        return (self.audit_id,) if self.audit_id else (self.received, self.label, self.request_uri)
