"""Policies of the whole cluster that only a test's own namespace feels."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.namespaces import Namespace

VERSION = "admissionregistration.k8s.io/v1"
PODS = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}


def only(namespace: Namespace) -> dict[str, Any]:
    """Select the test's own namespace: other tests use the cluster, too."""
    return {"matchLabels": {"kubernetes.io/metadata.name": namespace.name}}


@contextmanager
def policy(namespace: Namespace, trial: tuple[str, ...], *objects: dict[str, Any]) -> Iterator[None]:
    """Have objects that belong to no namespace, from when the trial is refused to the end of the block."""
    for item in objects:
        item |= {"apiVersion": VERSION, "metadata": {"name": namespace.name}}
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
    namespace.target.kubectl("create", "-f", "-", stdin=listed).passed()
    try:
        until(lambda: namespace.name in namespace.kubectl(*trial).err, "the policy to hold")
        yield
    finally:
        namespace.target.kubectl("delete", "-f", "-", "--ignore-not-found", stdin=listed).passed()


@contextmanager
def rule(namespace: Namespace, trial: tuple[str, ...], of: dict[str, Any], cel: str) -> Iterator[None]:
    """Have a ValidatingAdmissionPolicy for the test's namespace."""
    rules = {"resourceRules": [of], "namespaceSelector": only(namespace)}
    wanted = {"expression": cel, "message": "the policy says no"}
    spec = {"matchConstraints": rules, "validations": [wanted], "failurePolicy": "Fail"}
    bound = {"policyName": namespace.name, "validationActions": ["Deny"]}
    kind = "ValidatingAdmissionPolicy"
    with policy(namespace, trial, {"kind": kind, "spec": spec}, {"kind": f"{kind}Binding", "spec": bound}):
        yield
