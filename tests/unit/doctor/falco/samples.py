"""Agents, and what their logs told, made of this project's own names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kubectl_replay.backends.agent_log import Reading
from kubectl_replay.detection.agents import Agent
from tests.unit.samples import answer

if TYPE_CHECKING:
    from kubectl_replay.process import Completed

AGENT = Agent(
    namespace="falco",
    pod="falco-a",
    container="falco",
    node="node-a",
    ready=True,
    image="falcosecurity/falco:0.44.1",
    owner="DaemonSet/falco",
    labelled=True,
)

STAMP = "2026-11-24T06:00:00.000000000Z"
OWN = f"{STAMP} Tue Nov 24 06:00:00 2026: "
START = (
    f"{OWN}Falco version: 0.44.1 (x86_64)",
    f"{OWN}Falco initialized with configuration files:",
    f"{OWN}   /etc/falco/falco.yaml | schema validation: ok",
    f"{OWN}Loading rules from:",
    f"{OWN}   /etc/falco/falco_rules.yaml | schema validation: ok",
    f"{OWN}   /etc/falco/rules.d/shop.yaml",
    f"{OWN}Enabled event sources: syscall",
    f"{OWN}Opening 'syscall' source with modern BPF probe.",
)


def agent(**changes: Any) -> Agent:  # noqa: ANN401 - the fields of an agent
    return replace(AGENT, **changes)


def reading(*lines: str, end: Completed | None = None, **changes: Any) -> Reading:  # noqa: ANN401 - as above
    """Return what these lines of an agent's log told."""
    found = Reading(agent(**changes), answer=answer() if end is None else end)
    for line in lines:
        found.take(line)
    return found
