"""What we ask of kubectl: every call whole, its time, its protection, its environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_subprocess.exceptions import ProcessNotRegisteredError

from tests.unit.kubectl.words import BOUND, KUBECTL, PIN

if TYPE_CHECKING:
    from collections.abc import Callable


CALLS: dict[str, tuple[Callable[[], object], list[str], float]] = {
    "create": (
        lambda: KUBECTL.create(Path("/f"), 3, validate=True),
        ["create", "-k", "/f", *PIN, *BOUND],
        45,
    ),
    "create without validation": (
        lambda: KUBECTL.create(Path("/f"), 0, validate=False),
        ["create", "-k", "/f", "--validate=false", *PIN, *BOUND],
        15,
    ),
    "create_namespace": (
        lambda: KUBECTL.create_namespace("n", {}),
        ["create", "-f", "-", *PIN, *BOUND],
        15,
    ),
    "delete": (
        lambda: KUBECTL.delete(["pod/a", "service/b"]),
        ["delete", "pod/a", "service/b", "--ignore-not-found", "--wait=false", *PIN, *BOUND],
        25,
    ),
    "delete_labelled": (
        lambda: KUBECTL.delete_labelled(["pod", "service"], "a=b"),
        ["delete", "pod,service", "--selector", "a=b", "--ignore-not-found", "--wait=false", *PIN, *BOUND],
        45,
    ),
    "names": (
        lambda: KUBECTL.names(["pod", "service"], "a=b"),
        ["get", "pod,service", "--selector", "a=b", "-o", "name", "--ignore-not-found", *PIN, *BOUND],
        25,
    ),
    "existing": (
        lambda: KUBECTL.existing(["pod/a"]),
        ["get", "pod/a", "-o", "name", "--ignore-not-found", *PIN, *BOUND],
        15,
    ),
    "kinds": (
        KUBECTL.kinds,
        ["api-resources", "--namespaced", "--verbs=list,delete", "-o", "name", *PIN, *BOUND],
        45,
    ),
    "objects": (
        lambda: KUBECTL.objects(["pods", "services"], "a=b"),
        ["get", "pods,services", "--selector", "a=b", "-o", "json", "--ignore-not-found", *PIN, *BOUND],
        25,
    ),
    "everything": (
        lambda: KUBECTL.everything(["pods"]),
        ["get", "pods", "-o", "name", "--ignore-not-found", *PIN, *BOUND],
        15,
    ),
    "read_namespace": (
        lambda: KUBECTL.read_namespace("n"),
        ["get", "namespace", "n", "-o", "json", "--ignore-not-found", *PIN, *BOUND],
        15,
    ),
    "pods": (
        lambda: KUBECTL.pods("a=b"),
        ["get", "pods", "--selector", "a=b", "-o", "json", *PIN, *BOUND],
        15,
    ),
    "end_of_log": (
        lambda: KUBECTL.end_of_log("p", "c", previous=False),
        ["logs", "p", "-c", "c", "--tail=20", *PIN],
        15,
    ),
    "end_of_log before the last restart": (
        lambda: KUBECTL.end_of_log("p", "c", previous=True),
        ["logs", "p", "-c", "c", "--tail=20", "--previous", *PIN],
        15,
    ),
    "warnings": (
        lambda: KUBECTL.warnings("FailedCreate"),
        ["get", "events", "--field-selector", "type=Warning,reason=FailedCreate", "-o", "json", *PIN, *BOUND],
        15,
    ),
    "pod": (lambda: KUBECTL.pod("p"), ["get", "pod", "p", "-o", "json", *PIN, *BOUND], 15),
    "nodes": (KUBECTL.nodes, ["get", "nodes", "-o", "json", *PIN, *BOUND], 15),
    "versions": (KUBECTL.versions, ["version", "-o", "json", *PIN, *BOUND], 15),
    "review": (
        lambda: KUBECTL.review([{}, {}]),
        ["create", "--validate=false", "-o", "json", "-f", "-", *PIN, *BOUND],
        35,
    ),
    "kustomize": (lambda: KUBECTL.kustomize(Path("/f")), ["kustomize", "/f"], 10),
    "log_in": (
        lambda: KUBECTL.log_in(foreground=False),
        ["get", "--raw", "/version", *PIN],
        300,
    ),
}
PROTECTED = {
    "create",
    "create without validation",
    "create_namespace",
    "delete",
    "delete_labelled",
    "names",
    "existing",
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_this_command_for_so_long_and_protected_if_it_must_not_be_lost(
    name: str, runs: list[tuple[list[str], dict[str, Any]]]
) -> None:
    call, words, seconds = CALLS[name]
    call()
    ((argv, how),) = runs
    assert argv == ["kubectl", *words]
    assert how["timeout"] == seconds
    assert how.get("protected", False) is (name in PROTECTED)
    assert not how.get("foreground")


@pytest.mark.parametrize("name", CALLS)
def test_no_call_reads_a_user_s_kuberc(
    name: str, runs: list[tuple[list[str], dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBERC", "theirs")
    CALLS[name][0]()
    ((_, how),) = runs
    assert how["env"] == {**os.environ, "KUBECTL_KUBERC": "false", "KUBERC": "off"}


def test_a_call_that_no_test_registered_is_refused() -> None:
    with pytest.raises(ProcessNotRegisteredError):
        KUBECTL.create(Path("/f"), 1, validate=True)
