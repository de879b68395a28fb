"""Preflight: settle which cluster is meant and whether this run may touch it; ask the server nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import access, cluster, manifests, ownership
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason
from kubectl_replay.rendering import render
from kubectl_replay.result import Status

if TYPE_CHECKING:
    from kubectl_replay.run import Run


def preflight(run: Run) -> Status:
    """Pin the cluster once the guard accepts it, and read what will be created there."""
    run.notices += run.scenario.notices
    _check_allowed(run)
    ownership.check_namespace(run.namespace, run.request.environ)
    run.described = manifests.read_objects(run.scenario, manifests.all_paths(run.scenario))
    run.objects = manifests.read_objects(run.scenario, manifests.paths(run.scenario, run.settings))
    manifests.check(run.scenario, run.objects, run.identity.run)
    run.rendered = render(run)
    run.cluster, pinned = cluster.resolve(run.request.connection, run.view, run.request.environ)
    run.notices += access.admit(run.cluster, run.request.connection, run.request.environ)
    run.kubectl = pinned.within(run.namespace)
    if run.cluster.credential_plugin and not run.request.dry_run:
        access.log_in(run.kubectl, interactive=access.has_terminal())
        run.server_answered = True
    return Status.PASS


def _check_allowed(run: Run) -> None:
    """Refuse what nobody has allowed: a privileged workload, and scripts of a folder that nobody named."""
    if run.scenario.safety == "privileged" and not run.request.allow_privileged:
        raise Failure(
            Reason.PRIVILEGED_NOT_ALLOWED, f'The scenario "{run.scenario.id}" needs a privileged workload.'
        )
    hooks = run.scenario.hooks
    if (hooks.trigger or hooks.verify or hooks.cleanup) and not run.hooks_allowed:
        raise Failure(
            Reason.HOOKS_NOT_ALLOWED,
            f"The scripts of {run.scenario.folder} are not run: nobody named the folder they came from.",
        )
