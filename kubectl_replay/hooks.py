"""Scripts of a scenario's folder: what they are told, and how their kubectl meets the same cluster."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_replay import process
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kubectl_replay.run import Run


def run_hook(
    run: Run, script: str, *, stdin: str | None = None, protected: bool = False
) -> process.Completed:
    """Run a script of the folder, in that folder, as long as a trigger may take."""
    path = run.scenario.folder.resolve() / script
    with _kubeconfig(run) as kubeconfig:
        environment = {**run.kubectl.environment, **facts(run), **kubeconfig}
        try:
            return process.run(
                [str(path)],
                timeout=run.scenario.timeouts.trigger_seconds,
                stdin=stdin,
                env=environment,
                folder=path.parent,
                protected=protected,
            )
        except process.ProgramMissing as missing:
            advice = f"make it executable: chmod +x {path}"
            raise Failure(Reason.HOOK_FAILED, f"{missing}.", next_step=advice) from None


def facts(run: Run) -> dict[str, str]:
    """Return what a hook is told of the run, as variables."""
    settings = {f"SET_{name.upper().replace('-', '_')}": value for name, value in run.settings.items()}
    told = {
        "SCENARIO": run.scenario.id,
        "RUN": run.identity.run,
        "NONCE": run.identity.nonce,
        "PROOF_A": run.identity.proof_a,
        "PROOF_B": run.identity.proof_b,
        "NAMESPACE": run.namespace,
        "POD": run.pod,
        "CONTAINER": run.scenario.workload.container,
        "NODE": run.node,
        "AS": run.kubectl.connection.user,
        "CONTEXT": run.cluster.context if run.cluster else "",
        **settings,
    }
    return {f"REPLAY_{name}": value for name, value in told.items()}


@contextlib.contextmanager
def _kubeconfig(run: Run) -> Iterator[Mapping[str, str]]:
    """Put a file that holds nothing but the pinned current-context before the user's kubeconfigs.

    kubectl merges the files of KUBECONFIG, and the first one that sets a value wins. In a pod without a
    kubeconfig there is nothing to pin.
    """
    context = run.kubectl.connection.context
    if not context:
        yield {}
        return
    usual = str(Path.home() / ".kube/config")
    others = run.kubectl.connection.kubeconfig or os.environ.get("KUBECONFIG") or usual
    content = {"apiVersion": "v1", "kind": "Config", "current-context": context}
    with tempfile.NamedTemporaryFile("w", prefix="kubectl-replay-", suffix=".json") as file:
        json.dump(content, file)
        file.flush()
        yield {"KUBECONFIG": os.pathsep.join([file.name, others])}
