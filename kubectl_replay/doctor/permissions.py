"""What the user may do: the rights that scenarios declare, asked of the API server in one call."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_RIGHT = re.compile(
    r"(?P<resource>[a-z]+)(?:\.(?P<group>[a-z0-9.-]+))?(?:/(?P<subresource>[a-z]+))?"
    r": *(?P<verbs>[a-z]+(?: +[a-z]+)*)"
)

_CORE = frozenset(
    {
        "configmaps", "endpoints", "events", "limitranges", "persistentvolumeclaims", "pods", "podtemplates",
        "replicationcontrollers", "resourcequotas", "secrets", "serviceaccounts", "services",
    }
)  # fmt: skip
"""What needs no group and lives in namespaces: `kubectl api-resources --api-group= --namespaced`."""


@dataclass(frozen=True)
class Right:
    """One verb on one resource; in no namespace for what is the whole cluster's."""

    verb: str
    resource: str
    group: str = ""
    subresource: str = ""
    namespace: str = ""

    @property
    def target(self) -> str:
        """What the verb is for, as scenarios write it."""
        group = f".{self.group}" if self.group else ""
        subresource = f"/{self.subresource}" if self.subresource else ""
        return f"{self.resource}{group}{subresource}"

    @property
    def review(self) -> dict[str, object]:
        """The question whether we have it."""
        attributes = {
            "verb": self.verb,
            "resource": self.resource,
            "group": self.group,
            "subresource": self.subresource,
            "namespace": self.namespace,
        }
        return {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {key: value for key, value in attributes.items() if value}},
        }


@dataclass(frozen=True)
class Verdict:
    """Whether a right is ours; `why` is the server's own doubt where it could not say for certain."""

    allowed: bool
    why: str = ""


def parse(line: str, namespace: str) -> tuple[Right, ...]:
    """Read a line that a scenario declares: `pods/exec: create get`, `roles.rbac.authorization.k8s.io: get`.

    Empty for what cannot be understood: a review of a resource in the wrong group would mislead.
    """
    found = _RIGHT.fullmatch(line.strip())
    if found is None or (not found["group"] and found["resource"] not in _CORE):
        return ()
    rest = (found["resource"], found["group"] or "", found["subresource"] or "", namespace)
    return tuple(Right(verb, *rest) for verb in found["verbs"].split())


def read_verdicts(text: str) -> Mapping[Right, Verdict]:
    """Read the answered reviews, JSON documents one after the other."""
    return dict(_verdicts(text))


def _verdicts(text: str) -> Iterator[tuple[Right, Verdict]]:
    for review in _documents(text):
        asked = review["spec"]["resourceAttributes"]
        fields = ("verb", "resource", "group", "subresource", "namespace")
        status = review.get("status", {})
        if "allowed" in status:
            right = Right(*(asked.get(field, "") for field in fields))
            yield right, Verdict(status["allowed"], status.get("evaluationError", ""))


def _documents(text: str) -> Iterator[dict[str, Any]]:
    decoder, rest = json.JSONDecoder(), text.lstrip()
    while rest:
        document, end = decoder.raw_decode(rest)
        yield from document["items"] if document.get("kind") == "List" else [document]
        rest = rest[end:].lstrip()


def describe(rights: Iterable[Right]) -> str:
    """Name rights as scenarios declare them: `pods: create get; pods/exec: create`."""
    verbs: dict[str, list[str]] = {}
    for right in rights:
        verbs.setdefault(right.target, []).append(right.verb)
    return "; ".join(f"{target}: {' '.join(found)}" for target, found in verbs.items())
