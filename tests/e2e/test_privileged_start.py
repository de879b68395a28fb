"""privileged-start: only where it was allowed, in a namespace of its own, and with the privileges seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.copies import BUILT_IN, Copy
from tests.e2e.twins import twin_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

ID = "privileged-start"
ALLOWED = "--allow-privileged"


@pytest.fixture
def twin(namespace: Namespace) -> Iterator[Namespace]:
    """The namespace of privileged runs."""
    with twin_of(namespace) as twin:
        yield twin


def test_it_is_refused_where_nobody_allowed_it(replay: Replay, twin: Namespace) -> None:
    replayed = replay(ID, "-o", "json")
    assert (replayed.code, replayed.document["failure_reason"]) == (20, "privileged_not_allowed")
    assert replayed.message.splitlines()[-1].startswith("next: allow it with --allow-privileged or ")
    assert twin.api.read(twin.path) is None


def test_a_variable_allows_it_too(replay: Replay, twin: Namespace) -> None:
    replayed = replay(ID, "-o", "json", env={"REPLAY_ALLOW_PRIVILEGED": "true"})
    assert (replayed.code, replayed.document["namespace"]) == (10, twin.name)


def test_it_makes_a_namespace_of_its_own_that_admits_it_and_touches_no_other(
    replay: Replay, namespace: Namespace, twin: Namespace
) -> None:
    assert replay(ID, ALLOWED).code == 10
    assert namespace.api.read(namespace.path) is None
    assert twin.labels == {
        "app.kubernetes.io/managed-by": "kubectl-replay",
        "pod-security.kubernetes.io/enforce": "privileged",
    }


def test_what_pod_security_refuses_is_admission_denied(replay: Replay, twin: Namespace) -> None:
    twin.create(enforce="baseline")
    replayed = replay(ID, ALLOWED, "-o", "json")
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (21, "admission_denied")
    assert (document["deploy"], document["ready"]) == ("fail", "pending")
    assert "violates PodSecurity" in replayed.message
    assert twin.labels == {"pod-security.kubernetes.io/enforce": "baseline"}


def test_a_container_without_privileges_is_not_observed(
    replay: Replay, twin: Namespace, tmp_path: Path
) -> None:
    copy = Copy.of(BUILT_IN / ID, tmp_path / "scenarios")
    copy.change(
        "manifests/pod.yaml",
        lambda pod: pod["spec"]["containers"][0].update(securityContext={"readOnlyRootFilesystem": True}),
    )
    replayed = replay(*copy.words, ALLOWED, "-o", "json")
    assert (replayed.code, replayed.document["failure_reason"]) == (24, "pod_state_not_confirmed")
    assert replayed.document["namespace"] == twin.name
    held = {proof["kind"]: proof["held"] for proof in replayed.document["evidence"]}
    assert held == {"pod": False, "output_matches": True, "proof": False}
