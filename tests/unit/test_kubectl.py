"""What we ask of kubectl: every call whole, its time, its protection, its environment."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_subprocess.exceptions import ProcessNotRegisteredError

from kubectl_replay import process
from kubectl_replay.interruption import INTERRUPTION, Interrupted
from kubectl_replay.kubectl import Connection, Exec, Kubectl, Log
from tests.unit.fakes import pinned

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_subprocess import FakeProcess

PIN = ["--namespace", "k8s-replay", "--context", "kind-k8s-replay"]
BOUND = ["--request-timeout", "10s"]
KUBECTL = pinned()


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


def test_commands_for_a_person_are_pinned_too() -> None:
    assert KUBECTL.describe("p") == "kubectl describe pod p --namespace k8s-replay --context kind-k8s-replay"
    assert KUBECTL.try_create(["a b", "c"]) == (
        "kubectl create --dry-run=server -f 'a b' -f c --namespace k8s-replay --context kind-k8s-replay"
    )


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


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, Any]]]:
    """The programs that were to be run, with how."""
    asked: list[tuple[list[str], dict[str, Any]]] = []

    def run(argv: list[str], **how: object) -> process.Completed:
        asked.append((list(argv), how))
        return process.Completed(tuple(argv), 0, "", "")

    monkeypatch.setattr(process, "run", run)
    return asked


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


def test_a_list_of_pods_is_protected_in_cleanup(runs: list[tuple[list[str], dict[str, Any]]]) -> None:
    KUBECTL.pods("a=b", protected=True)
    assert runs[0][1]["protected"]


def test_a_log_in_may_ask_its_user_in_the_foreground(runs: list[tuple[list[str], dict[str, Any]]]) -> None:
    KUBECTL.log_in(foreground=True)
    assert runs[0][1]["foreground"] is True


def test_a_new_namespace_has_its_labels_from_the_first_moment(
    runs: list[tuple[list[str], dict[str, Any]]],
) -> None:
    KUBECTL.create_namespace("k8s-replay", {"a": "b"})
    assert json.loads(runs[0][1]["stdin"]) == {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "k8s-replay", "labels": {"a": "b"}},
    }


@pytest.mark.parametrize(
    ("call", "flags"),
    [
        (Exec("p", "c", ("id", "-u"), 3.0), []),
        (Exec("p", "c", ("id", "-u"), 3.0, stdin="x"), ["-i"]),
        (Exec("p", "c", ("id", "-u"), 3.0, tty=True), ["-i", "-t"]),
        (Exec("p", "c", ("id", "-u"), 3.0, tty=True, stdin="x"), ["-i", "-t"]),
    ],
)
def test_an_exec_asks_for_a_terminal_and_for_input_only_where_wanted(
    call: Exec, flags: list[str], runs: list[tuple[list[str], dict[str, Any]]]
) -> None:
    KUBECTL.exec(call)
    ((argv, how),) = runs
    assert argv == ["kubectl", "exec", *flags, "p", "-c", "c", *PIN, "--", "id", "-u"]
    assert (how["timeout"], how["tty"], how["stdin"]) == (3.0, call.tty, call.stdin)
    assert "protected" not in how


def test_an_exec_is_never_bounded_by_a_request_timeout() -> None:
    assert "--request-timeout" not in KUBECTL.exec_argv(Exec("p", "c", ("id",), 3.0))


def test_the_kubeconfig_is_read_without_a_context_or_a_namespace(fp: FakeProcess) -> None:
    fp.register(["kubectl", "config", "view", "-o", "json", "--kubeconfig", "f"], stdout="{}")
    with Kubectl(Connection("c", "f", "n", "me")).view() as wait:
        assert wait().out == "{}"
        assert wait().out == "{}"
    assert len(fp.calls) == 1


def test_kubectl_s_own_version_asks_no_server(fp: FakeProcess) -> None:
    fp.register(["kubectl", "version", "--client", "-o", "json"], stdout="{}")
    with KUBECTL.client_version() as wait:
        assert wait().out == "{}"


def test_access_reviews_are_asked_in_one_call(runs: list[tuple[list[str], dict[str, Any]]]) -> None:
    reviews = [{"kind": "a"}, {"kind": "b"}]
    KUBECTL.review(reviews)
    assert json.loads(runs[0][1]["stdin"]) == {"apiVersion": "v1", "kind": "List", "items": reviews}


def test_a_log_is_followed_from_its_first_line(fp: FakeProcess) -> None:
    fp.register(["kubectl", "logs", "--follow", "p", "-c", "c", *PIN], stdout=["one"])
    with KUBECTL.follow_log("p", "c") as log:
        assert log.line(5) == "one\n"


@pytest.mark.parametrize(
    ("log", "flags"),
    [
        (Log("p", "c"), []),
        (Log("p", "c", 7, follow=True), ["--follow", "--since=7s"]),
        (Log("p", "c", 0, follow=True), ["--follow", "--since=1s"]),
        (Log("p", "c", 7, previous=True), ["--previous", "--since=7s"]),
    ],
)
def test_a_log_is_read_with_the_kubelet_s_times(fp: FakeProcess, log: Log, flags: list[str]) -> None:
    """`--since=0s` would be all of it."""
    fp.register(["kubectl", "logs", "p", "-c", "c", "--timestamps", *flags, *PIN], stdout=["one"])
    with KUBECTL.read_log(log) as stream:
        assert [stream.line(5), stream.line(5)] == ["one\n", None]
    assert len(fp.calls) == 1


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


def test_the_kernels_of_all_nodes_are_asked_for_in_one_call(fp: FakeProcess) -> None:
    path = "jsonpath={.items[*].status.nodeInfo.bootID}"
    fp.register(["kubectl", "get", "nodes", "-o", path, *PIN, *BOUND], stdout="a b")
    with KUBECTL.boot_ids() as wait:
        assert wait().out == "a b"


def test_the_usual_kubeconfig_is_read_where_none_is_named(fp: FakeProcess) -> None:
    fp.register(["kubectl", "config", "view", "-o", "json"], stdout="{}")
    with Kubectl(Connection("c")).view() as wait:
        assert wait().code == 0


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


def test_a_call_that_no_test_registered_is_refused() -> None:
    with pytest.raises(ProcessNotRegisteredError):
        KUBECTL.create(Path("/f"), 1, validate=True)
