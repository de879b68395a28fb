"""Preflight: settle which cluster is meant and whether this run may touch it; ask the server nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import cluster, guard, manifests, ownership, words
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Status

if TYPE_CHECKING:
    from kubectl_replay.run import Run

_EXECS = {"kubectl-exec", "curl", "api-call", "file-read"}


def preflight(run: Run) -> Status:
    """Pin the cluster once the guard accepts it, and read what will be created there."""
    _check_supported(run)
    ownership.check_namespace(run.namespace, run.request.environ)
    run.cluster, pinned = cluster.resolve(run.request.connection, run.request.environ)
    _ask_guard(run, run.cluster)
    run.kubectl = pinned.within(run.namespace)
    run.objects = manifests.read_objects(run.scenario, run.settings)
    manifests.check_names(run.objects, run.identity.run)
    if run.cluster.credential_plugin:
        _log_in(run)
    return Status.PASS


def _ask_guard(run: Run, meant: cluster.Cluster) -> None:
    names = guard.Names(meant.context, meant.name, meant.server)
    chosen = run.request.connection.context or None
    verdict = guard.judge(names, chosen=chosen, environ=run.request.environ)
    if not verdict.allowed:
        raise Failure(Reason.GUARD_REFUSED, verdict.sentence, next_step=verdict.next_step)
    if verdict.notice:
        run.notices.append(verdict.notice)


def _check_supported(run: Run) -> None:
    trigger = run.scenario.trigger.kind
    if trigger not in _EXECS:
        raise Failure(
            Reason.SCENARIO_UNSUPPORTED, f'This version does not run triggers of kind "{trigger}" yet.'
        )
    hooks = run.scenario.hooks
    if hooks.verify or hooks.cleanup:
        raise Failure(Reason.SCENARIO_UNSUPPORTED, "This version does not run hooks yet.")
    if run.scenario.safety == "privileged" and not run.request.allow_privileged:
        raise Failure(
            Reason.PRIVILEGED_NOT_ALLOWED, f'The scenario "{run.scenario.id}" needs a privileged workload.'
        )


def _log_in(run: Run) -> None:
    """Let a credential plugin ask its user before calls overlap: two prompts at once help nobody."""
    answer = run.kubectl.log_in()
    meaning = words.read(answer.err)
    if answer.code == 0 or meaning is Reason.RBAC_DENIED:
        run.server_answered = True
        return
    reason = meaning if isinstance(meaning, Reason) else Reason.CLUSTER_UNREACHABLE
    raise Failure.of(reason, answer)
