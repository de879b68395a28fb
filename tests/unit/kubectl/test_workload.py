"""What a run makes, follows and removes."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.interruption import INTERRUPTION, Interrupted
from tests.unit.kubectl.words import KUBECTL, PIN

if TYPE_CHECKING:
    from pytest_subprocess import FakeProcess


def test_commands_for_a_person_are_pinned_too() -> None:
    assert KUBECTL.describe("p") == "kubectl describe pod p --namespace k8s-replay --context kind-k8s-replay"
    assert KUBECTL.try_create(["a b", "c"]) == (
        "kubectl create --dry-run=server -f 'a b' -f c --namespace k8s-replay --context kind-k8s-replay"
    )


def test_a_new_namespace_has_its_labels_from_the_first_moment(
    runs: list[tuple[list[str], dict[str, Any]]],
) -> None:
    KUBECTL.create_namespace("k8s-replay", {"a": "b"})
    assert json.loads(runs[0][1]["stdin"]) == {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "k8s-replay", "labels": {"a": "b"}},
    }


WATCH = ["get", "pods", "--selector", "a=b", "--watch", "--output-watch-events", "-o", "json", *PIN]


def test_a_watch_streams_events_without_a_request_timeout(fp: FakeProcess) -> None:
    fp.register(["kubectl", *WATCH], stdout=["one", "two"])
    with KUBECTL.watch_pods("a=b") as watch:
        assert [watch.line(5), watch.line(5), watch.line(5)] == ["one\n", "two\n", None]
    (call,) = fp.calls
    assert list(call) == ["kubectl", *WATCH]


def test_after_a_signal_only_a_protected_watch_is_opened(fp: FakeProcess) -> None:
    fp.register(["kubectl", *WATCH], stdout=["one"])
    INTERRUPTION.receive(signal.SIGINT)
    with pytest.raises(Interrupted), KUBECTL.watch_pods("a=b"):
        pass
    assert list(fp.calls) == []
    with KUBECTL.watch_pods("a=b", protected=True) as watch:
        assert watch.line(5, protected=True) == "one\n"
