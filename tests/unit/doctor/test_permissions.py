"""How declared rights are read, asked for, and how the answers are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.doctor.permissions import Right, Verdict, describe, parse, read_verdicts

RBAC = "rbac.authorization.k8s.io"


def answered(right: Right, **status: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {**right.review, "metadata": {}, "status": status}


@pytest.mark.parametrize(
    ("line", "rights"),
    [
        ("pods: create", [Right("create", "pods", namespace="ns")]),
        ("pods:create  get", [Right("create", "pods", namespace="ns"), Right("get", "pods", namespace="ns")]),
        ("pods/exec: get", [Right("get", "pods", subresource="exec", namespace="ns")]),
        (f"roles.{RBAC}: get", [Right("get", "roles", RBAC, namespace="ns")]),
        ("deployments.apps/scale: get", [Right("get", "deployments", "apps", "scale", "ns")]),
    ],
)
def test_a_declared_line_is_a_right_for_each_verb(line: str, rights: list[Right]) -> None:
    assert list(parse(line, "ns")) == rights


@pytest.mark.parametrize(
    "line",
    ["", "pods", "pods:", "pods: *", "*: get", "pods: get, list", "pods get", "Pods: get", "pods/: get"],
)
def test_what_is_no_such_line_gives_no_rights(line: str) -> None:
    assert parse(line, "ns") == ()


@pytest.mark.parametrize("line", ["deployments: get", "roles: create", "nodes: list"])
def test_a_resource_whose_group_is_missing_gives_no_rights(line: str) -> None:
    assert parse(line, "ns") == ()


@given(st.text())
def test_any_text_is_read_or_not(line: str) -> None:
    for right in parse(line, "ns"):
        assert right.verb in line
        assert right.target in line


def test_a_review_carries_only_what_is_said() -> None:
    assert Right("get", "pods", subresource="exec", namespace="ns").review == {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {
            "resourceAttributes": {
                "verb": "get",
                "resource": "pods",
                "subresource": "exec",
                "namespace": "ns",
            }
        },
    }


def test_answers_are_read_one_after_the_other_whatever_their_order() -> None:
    first, second, third = (Right(verb, "pods", namespace="ns") for verb in ("get", "list", "watch"))
    documents = [
        answered(third, allowed=False, evaluationError="no such role"),
        answered(first, allowed=True),
        answered(second, allowed=False),
    ]
    text = "\n".join(json.dumps(document, indent=4) for document in documents) + "\n"
    assert read_verdicts(text) == {
        first: Verdict(allowed=True),
        second: Verdict(allowed=False),
        third: Verdict(allowed=False, why="no such role"),
    }


def test_answers_in_one_list_are_read_too() -> None:
    right = Right("create", "namespaces")
    text = json.dumps({"kind": "List", "items": [answered(right, allowed=True)]})
    assert read_verdicts(text) == {right: Verdict(allowed=True)}


def test_a_review_without_an_answer_gives_no_verdict() -> None:
    assert read_verdicts(json.dumps(Right("get", "pods").review)) == {}


def test_no_answers_give_no_verdicts() -> None:
    assert read_verdicts("\n") == {}


def test_rights_are_named_as_they_are_declared() -> None:
    lines = ["pods: create get", "pods/exec: create", f"roles.{RBAC}: get"]
    assert describe(right for line in lines for right in parse(line, "ns")) == "; ".join(lines)
