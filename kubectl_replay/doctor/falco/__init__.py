"""How Falco is: where it runs, how it prints, what it has loaded, and whether it lost anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kubectl_replay import cluster
from kubectl_replay.backends import diagnosis
from kubectl_replay.backends.agent_log import read_whole
from kubectl_replay.detection.discovery import discover
from kubectl_replay.detection.fleet import part
from kubectl_replay.doctor.approach import approach
from kubectl_replay.doctor.falco import log, place, settings
from kubectl_replay.doctor.falco.agreement import agree
from kubectl_replay.doctor.finding import Finding, not_made
from kubectl_replay.kubectl import Kubectl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kubectl_replay.backends.agent_log import Reading
    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.detection.fleet import Fleet
    from kubectl_replay.kubectl import Connection

MOST_LOGS: Final = 32
"""How many agents' logs are read; of the others only what the API server knows is said."""


def examine(asked: Connection, environ: Mapping[str, str]) -> tuple[Finding, ...]:
    """Look at the way to the server, and then at Falco."""
    with Kubectl(asked).client_version() as version, cluster.look(asked) as view:
        return tuple(_examine(asked, environ, version, view))


def _examine(
    asked: Connection, environ: Mapping[str, str], version: cluster.View, view: cluster.View
) -> Iterator[Finding]:
    reached = yield from approach(asked, environ, version, view)
    if isinstance(reached, str):
        yield not_made(place.CHECK, f"{reached} stands in the way", f"mend {reached} first")
        return
    kubectl, namespace = reached.kubectl, environ.get("FALCO_NAMESPACE", "")
    found = discover(kubectl, namespace)
    yield place.judge(found, namespace)
    if found.agents:
        agents = sorted(found.agents, key=lambda agent: (agent.node, agent.namespace, agent.pod))
        yield from place.examine_nodes(kubectl, agents, kubectl.nodes())
        yield from _listen_and_ask(kubectl, agents)


def _listen_and_ask(kubectl: Kubectl, agents: Sequence[Agent]) -> Iterator[Finding]:
    """Read the logs before anything is asked: questions may raise alerts of their own."""
    readings = read_whole(kubectl, agents[:MOST_LOGS])
    yield from log.examine(readings)
    if len(agents) > MOST_LOGS:
        why = f"only {MOST_LOGS} of {len(agents)} logs were read"
        yield not_made(log.LOG, why, "see the others with `kubectl logs`")
    answers = [_ask(kubectl, fleet, readings) for fleet in part(agents)]
    found = [[*settings.examine(asked)] for asked in answers]
    for same in zip(*found, strict=True):
        names = (asked.fleet.name for asked in answers)
        yield from agree(zip(names, same, strict=True))


def _ask(kubectl: Kubectl, fleet: Fleet, readings: Sequence[Reading]) -> settings.Asked:
    """Ask one agent for all that have its configuration."""
    of_fleet = [reading for reading in readings if reading.agent in fleet.agents]
    files = [file for reading in of_fleet for file in reading.log.start.configuration_files]
    more = [file for file in dict.fromkeys(files) if file != diagnosis.CONFIGURATION]
    return settings.Asked(fleet, diagnosis.ask(kubectl, fleet.spokesman, more), of_fleet)
