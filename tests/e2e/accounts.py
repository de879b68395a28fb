"""Users with few rights: ServiceAccounts in a test's namespace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.namespaces import Namespace

PODS = {"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "get", "list", "watch", "delete"]}
EXEC = {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create", "get"]}
MINIMAL = (PODS, EXEC)
"""All that shell-spawn needs in a namespace that exists."""

NAME = "replayer"


def without(rule: dict[str, list[str]], verb: str) -> dict[str, list[str]]:
    """Give a rule without one of its verbs."""
    return {**rule, "verbs": [other for other in rule["verbs"] if other != verb]}


def bind(namespace: Namespace, subject: dict[str, str], *rules: dict[str, list[str]]) -> None:
    """Give somebody these rights in the namespace, and no others."""
    body = {"metadata": {"name": NAME}}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", **body, "rules": list(rules)}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": NAME}
    binding = {**role, "kind": "RoleBinding", "roleRef": reference, "subjects": [subject]}
    del binding["rules"]
    _create(namespace, role, binding)


def make_account(namespace: Namespace, *rules: dict[str, list[str]]) -> str:
    """Make a ServiceAccount with these rights, wait until they hold, and return its token."""
    _create(namespace, {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME}})
    subject = {"kind": "ServiceAccount", "name": NAME, "namespace": namespace.name}
    bind(namespace, subject, *rules)
    wait_until_granted(namespace, f"system:serviceaccount:{namespace.name}:{NAME}", *rules)
    return namespace.kubectl("create", "token", NAME).passed().strip()


def wait_until_granted(namespace: Namespace, user: str, *rules: dict[str, list[str]]) -> None:
    """Wait until the authorizer has read the new Role."""
    verb, (resource, _, subresource) = rules[-1]["verbs"][0], rules[-1]["resources"][0].partition("/")
    asked = ("auth", "can-i", verb, resource, "--subresource", subresource, "--as", user)
    until(lambda: namespace.kubectl(*asked).code == 0, f"{user} to be allowed to {verb} {resource}")


def _create(namespace: Namespace, *objects: dict[str, Any]) -> None:
    items = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    namespace.kubectl("create", "-f", "-", stdin=json.dumps(items)).passed()
