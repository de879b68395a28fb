"""Alerts as lines for a person: where and when, and by which rule; none of the alert's other fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection import timestamp
from kubectl_replay.output.box import printable

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert

NOTHING: Final = "-"
"""What stands for something that Falco does not say."""

PRIORITY_WIDTH, RULE_WIDTH = 13, 40

LONGEST_BEGINNING: Final = 60
"""A message of Falco's own rules has no more characters before its fields."""

_FIELD: Final = re.compile(r" \| | \(|(?:^|\s)\S*=")
"""What ends the words of a message and begins its fields: command lines are among them."""


def render(alert: Alert, node: str, node_width: int = 0) -> str:
    """Return one line: time, node, priority, rule, namespace/pod, container; two spaces part them."""
    cells = (
        _time(alert),
        f"{node or NOTHING:<{node_width}}",
        f"{alert.priority or NOTHING:<{PRIORITY_WIDTH}}",
        f"{rule(alert):<{RULE_WIDTH}}",
        _pod(alert),
        alert.container_name or alert.container_id or NOTHING,
    )
    return printable("  ".join(cells))


def rule(alert: Alert) -> str:
    """Return the rule's name; of text, which names none, how its message begins, without its fields."""
    if alert.rule:
        return alert.rule
    words = _FIELD.split(alert.message, maxsplit=1)[0].strip() or NOTHING
    return words if len(words) <= LONGEST_BEGINNING else f"{words[:LONGEST_BEGINNING]}…"


def _time(alert: Alert) -> str:
    time = alert.stamp if alert.time is None else alert.time
    return f"{timestamp.text(time)[:23]}Z" if time is not None else NOTHING


def _pod(alert: Alert) -> str:
    if alert.pod is None:
        return alert.namespace or NOTHING
    return f"{alert.namespace or NOTHING}/{alert.pod}"
