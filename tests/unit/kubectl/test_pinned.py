"""How a call is built: the pinned cluster, the namespace, the time of a request."""

from __future__ import annotations

import pytest

from kubectl_replay.kubectl import Connection, Kubectl
from tests.unit.fakes import pinned
from tests.unit.kubectl.words import KUBECTL, PIN


@pytest.mark.parametrize(
    ("connection", "flags"),
    [
        (Connection(), ()),
        (Connection(context="c"), ("--context", "c")),
        (Connection(kubeconfig="f", namespace="n"), ("--kubeconfig", "f")),
        (
            Connection("c", "f", "n", "me", ("a", "b"), 3),
            ("--kubeconfig", "f", "--context", "c", "--as", "me", "--as-group", "a", "--as-group", "b"),
        ),
    ],
)
def test_every_call_carries_what_was_asked_for(connection: Connection, flags: tuple[str, ...]) -> None:
    assert connection.flags == flags


def test_the_pinned_cluster_is_named_before_the_words_of_another_program() -> None:
    assert list(KUBECTL.argv("exec", "p", "--", "id", "--context", "x")) == [
        "kubectl", "exec", "p", *PIN, "--", "id", "--context", "x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "word"), [(10.0, "10s"), (0.5, "0.5s"), (90.0, "90s"), (1_080_000.0, "1080000s")]
)
def test_a_request_timeout_is_written_as_kubectl_reads_it(seconds: float, word: str) -> None:
    kubectl = Kubectl(Connection(request_timeout=seconds))
    assert kubectl.request("get")[-2:] == ("--request-timeout", word)


def test_in_a_pod_no_flag_may_override_anything() -> None:
    kubectl = Kubectl(Connection(namespace="n", in_cluster=True))
    assert kubectl.request("get", "pods") == ("kubectl", "get", "pods", "--namespace", "n")


def test_another_namespace_pins_nothing_else_anew() -> None:
    assert pinned("a").within("b") == pinned("b")
