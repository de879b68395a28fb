"""Few rights are enough, and the user that was asked for is the user that acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.accounts import MINIMAL, bind, make_account, wait_until_granted

if TYPE_CHECKING:
    from tests.e2e.audit import AuditLog
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay


def test_pods_and_pods_exec_are_enough_in_a_namespace_that_exists(
    replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    namespace.create()
    user = kubeconfigs(user={"token": make_account(namespace, *MINIMAL)})
    replayed = replay("shell-spawn", "-o", "json", env=user)
    assert (replayed.code, replayed.document["detection"]["reason"]) == (11, "backend_discovery_denied")
    assert replayed.document["cleanup"]["status"] == "clean"
    assert replay("shell-spawn", "--no-detection", env=user).code == 10


def test_an_impersonated_user_acts_in_every_call(
    replay: Replay, namespace: Namespace, audit: AuditLog
) -> None:
    namespace.create()
    user = f"{namespace.name}@example.com"
    bind(namespace, {"kind": "User", "name": user}, *MINIMAL)
    wait_until_granted(namespace, user, *MINIMAL)
    before = len(audit.events())
    assert replay("shell-spawn", "--no-detection", "--as", user).code == 10
    acted = [event.get("impersonatedUser", {}).get("username") for event in audit.events()[before:]]
    assert len(acted) == 6
    assert set(acted) == {user}


def test_an_impersonated_group_acts_too(replay: Replay, namespace: Namespace) -> None:
    namespace.create()
    group = f"{namespace.name}-testers"
    bind(namespace, {"kind": "Group", "name": group}, *MINIMAL)
    words = ("--as", "somebody@example.com", "--as-group", group)
    assert replay(*words[:2], "shell-spawn", *words[2:]).code == 11


def test_an_impersonated_user_without_rights_is_refused(replay: Replay, namespace: Namespace) -> None:
    namespace.create()
    replayed = replay("--as", "nobody@example.com", "shell-spawn", "-o", "json")
    assert (replayed.code, replayed.document["failure_reason"]) == (21, "rbac_denied")
    assert 'User "nobody@example.com" cannot create resource "pods"' in replayed.message
