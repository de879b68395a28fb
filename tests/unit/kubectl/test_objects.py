"""What there is in a namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.kubectl.words import BOUND, KUBECTL

if TYPE_CHECKING:
    from pytest_subprocess import FakeProcess


def test_a_list_of_pods_is_protected_in_cleanup(runs: list[tuple[list[str], dict[str, Any]]]) -> None:
    KUBECTL.pods("a=b", protected=True)
    assert runs[0][1]["protected"]


@pytest.mark.parametrize(
    ("namespace", "selector", "words"),
    [
        ("n", "a=b", ["--selector", "a=b", "-o", "json", "--namespace", "n"]),
        ("n", "", ["-o", "json", "--namespace", "n"]),
        ("", "a=b", ["--all-namespaces", "--selector", "a=b", "-o", "json"]),
        ("", "", ["--all-namespaces", "-o", "json"]),
    ],
)
def test_pods_of_one_namespace_or_of_all_are_listed(
    fp: FakeProcess, namespace: str, selector: str, words: list[str]
) -> None:
    fp.register(["kubectl", "get", "pods", *words, "--context", "kind-k8s-replay", *BOUND], stdout="{}")
    with KUBECTL.within(namespace).list_pods(selector) as wait:
        assert wait().out == "{}"
