"""What stands in the way of a replay: look at the tools, the cluster, the user's rights and this machine.

Nothing is ever changed, and nothing is asked of a server that the guard does not accept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import cluster
from kubectl_replay.doctor import connection, machine, scenarios
from kubectl_replay.kubectl import Kubectl
from kubectl_replay.request import RunRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kubectl_replay.catalog import Entry
    from kubectl_replay.doctor.finding import Finding
    from kubectl_replay.kubectl import Connection


def examine(asked: Connection, environ: Mapping[str, str], entries: Iterable[Entry]) -> tuple[Finding, ...]:
    """Look at everything, in the order in which a run would meet it."""
    with Kubectl(asked).client_version() as version, cluster.look(asked) as view:
        needs, broken = scenarios.read_needs(entries, RunRequest(asked, environ))
        about_cluster = [*connection.examine(asked, environ, needs, version, view)]
    about_machine = [machine.examine_terminal(), *machine.examine_tools(), machine.examine_backends()]
    return (*about_cluster, *broken, *about_machine)
