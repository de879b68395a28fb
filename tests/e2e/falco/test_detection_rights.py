"""What a user may do decides what can be said: looking for Falco, and reading its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.accounts import MINIMAL, NAME, make_account, wait_until_granted
from tests.e2e.alerting import alerting
from tests.e2e.falco.asking import QUICK, verdict

if TYPE_CHECKING:
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay
    from tests.e2e.stand_in import StandIn

PODS = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}
LOGS = {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}


@pytest.fixture
def user(namespace: Namespace, kubeconfigs: Kubeconfigs) -> dict[str, str | None]:
    """Somebody who may do just what shell-spawn needs in the run's namespace."""
    namespace.create()
    return kubeconfigs(user={"token": make_account(namespace, *MINIMAL)})


def grant(stand_in: StandIn, namespace: Namespace, *rules: dict[str, list[str]]) -> None:
    """Let the user do something in the namespace of the stand-in."""
    rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{stand_in.namespace}"
    body = {"metadata": {"name": NAME}}
    subject = {"kind": "ServiceAccount", "name": NAME, "namespace": namespace.name}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": NAME}
    for path, item in (
        (f"{rbac}/roles", {**body, "rules": list(rules)}),
        (f"{rbac}/rolebindings", {**body, "subjects": [subject], "roleRef": reference}),
    ):
        status, answer = stand_in.api.ask("POST", path, item)
        assert status == 201, answer
    there = Elsewhere(stand_in)
    wait_until_granted(there, f"system:serviceaccount:{namespace.name}:{NAME}", *rules)  # type: ignore[arg-type]


class Elsewhere:
    """The stand-in's namespace, as far as it is asked."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    def kubectl(self, *words: str) -> object:
        return self._stand_in.target.kubectl("-n", self._stand_in.namespace, *words)


def test_who_may_not_look_learns_which_role_to_ask_for(
    replay: Replay, stand_in: StandIn, namespace: Namespace, user: dict[str, str | None]
) -> None:
    with alerting(stand_in, namespace.name):
        replayed = replay("shell-spawn", "-o", "json", env=user)
    assert verdict(replayed) == (11, "inconclusive", "backend_discovery_denied")
    assert replayed.document["detection_backend"] == "unknown"
    assert "pods get, list and pods/log get" in replayed.document["detection"]["next_step"]
    (backend,) = replayed.document["detection"]["backends"]
    (check,) = backend["checks"]
    assert 'cannot list resource "pods"' in check["words"]


def test_who_may_list_the_pods_and_not_read_their_logs_is_told_that(
    replay: Replay, stand_in: StandIn, namespace: Namespace, user: dict[str, str | None]
) -> None:
    grant(stand_in, namespace, PODS)
    with alerting(stand_in, namespace.name):
        replayed = replay(
            "shell-spawn", "-o", "json", *QUICK, env=user | {"FALCO_NAMESPACE": stand_in.namespace}
        )
    assert verdict(replayed) == (11, "inconclusive", "logs_denied")


def test_a_role_in_falco_s_namespace_is_enough_where_that_is_named(
    replay: Replay, stand_in: StandIn, namespace: Namespace, user: dict[str, str | None]
) -> None:
    grant(stand_in, namespace, PODS, LOGS)
    with alerting(stand_in, namespace.name):
        replayed = replay("shell-spawn", "-o", "json", env=user | {"FALCO_NAMESPACE": stand_in.namespace})
    assert verdict(replayed) == (0, "detected", None)
