"""What marks an object as ours, and the namespaces that are never ours to touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

MANAGED_BY = {"app.kubernetes.io/managed-by": "kubectl-replay"}
PRIVILEGED = {"pod-security.kubernetes.io/enforce": "privileged"}
"""On the namespaces that we create for privileged scenarios, beside."""

SCENARIO_LABEL = "kubectl-replay/scenario"
RUN_LABEL = "kubectl-replay/run"
WORKLOAD_ANNOTATION = "kubectl-replay/workload"
"""A digest of everything that was rendered, the run's own marks aside: what a fast run may reuse."""

KEEP_LABEL = "kubectl-replay/keep"
"""Only on the objects of a run that was asked to keep them."""


def labels(scenario: str, run: str) -> dict[str, str]:
    """Return the labels that every object of a run carries."""
    return {**MANAGED_BY, SCENARIO_LABEL: scenario, RUN_LABEL: run}


def selector(*, scenario: str = "", run: str = "") -> str:
    """Return the label selector of our objects: all of them, those of a scenario, or those of a run."""
    terms = [f"{key}={value}" for key, value in MANAGED_BY.items()]
    if scenario or not run:
        terms.append(f"{SCENARIO_LABEL}={scenario}" if scenario else SCENARIO_LABEL)
    terms.append(f"{RUN_LABEL}={run}" if run else RUN_LABEL)
    return ",".join(terms)


def check_namespace(namespace: str, environ: Mapping[str, str]) -> None:
    """Raise `Failure` for a namespace that belongs to the cluster or to a detector."""
    detector = environ.get("FALCO_NAMESPACE", "")
    foreign = namespace.startswith(("kube-", "falco-")) or namespace in {"falco", detector}
    if foreign and namespace:
        raise Failure(
            Reason.NAMESPACE_REFUSED,
            f'The namespace "{namespace}" is never used: it belongs to the cluster or to a detector.',
        )
