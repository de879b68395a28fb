"""What marks an object as ours, and the namespaces that never are."""

from __future__ import annotations

import pytest

from kubectl_replay.errors import Failure
from kubectl_replay.ownership import check_namespace, labels, selector
from kubectl_replay.reasons import Reason

OURS = "app.kubernetes.io/managed-by=kubectl-replay"


def test_every_object_carries_three_labels() -> None:
    assert labels("shell-spawn", "r1") == {
        "app.kubernetes.io/managed-by": "kubectl-replay",
        "kubectl-replay/scenario": "shell-spawn",
        "kubectl-replay/run": "r1",
    }


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, f"{OURS},kubectl-replay/scenario,kubectl-replay/run"),
        ({"scenario": "demo"}, f"{OURS},kubectl-replay/scenario=demo,kubectl-replay/run"),
        ({"run": "r1"}, f"{OURS},kubectl-replay/run=r1"),
        ({"scenario": "demo", "run": "r1"}, f"{OURS},kubectl-replay/scenario=demo,kubectl-replay/run=r1"),
    ],
)
def test_a_selector_finds_only_what_carries_our_labels(wanted: dict[str, str], expected: str) -> None:
    assert selector(**wanted) == expected


@pytest.mark.parametrize(
    "namespace", ["kube-system", "kube-public", "kube-x", "falco", "falco-system", "security"]
)
def test_a_namespace_of_the_cluster_or_a_detector_is_refused(namespace: str) -> None:
    with pytest.raises(Failure) as raised:
        check_namespace(namespace, {"FALCO_NAMESPACE": "security"})
    assert raised.value.reason is Reason.NAMESPACE_REFUSED
    assert raised.value.message == (
        f'The namespace "{namespace}" is never used: it belongs to the cluster or to a detector.\n'
        "next: name another one with --namespace; it is created if it does not exist"
    )


@pytest.mark.parametrize(
    "namespace", ["k8s-replay", "default", "kubernetes", "kube", "falcon", "my-falco", "security", ""]
)
@pytest.mark.parametrize("environ", [{}, {"FALCO_NAMESPACE": ""}])
def test_another_namespace_is_accepted(namespace: str, environ: dict[str, str]) -> None:
    check_namespace(namespace, environ)
