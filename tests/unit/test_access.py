"""The way to a cluster: the guard before anything, the log-in before everything else."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_replay.access import admit, enter, has_terminal, log_in
from kubectl_replay.cluster import Cluster
from kubectl_replay.errors import Failure
from kubectl_replay.kubectl import Connection, Kubectl
from kubectl_replay.reasons import Reason
from tests.unit.samples import answer

if TYPE_CHECKING:
    from pytest_subprocess import FakeProcess

    from kubectl_replay.process import Completed

LOCAL = Cluster("kind-a", "kind-a", "https://127.0.0.1:6443")
FAR = Cluster("far", "far", "https://far.example.com")


def test_a_local_cluster_is_admitted_silently() -> None:
    assert admit(LOCAL, Connection(), {}) == ()


def test_another_cluster_must_be_named() -> None:
    assert admit(FAR, Connection("far"), {}) == ()
    with pytest.raises(Failure) as raised:
        admit(FAR, Connection(), {})
    assert raised.value.reason is Reason.GUARD_REFUSED
    assert raised.value.message == (
        'Refused: context "far" is not a local cluster\'s and was not named.\n'
        "next: if it is a test cluster, add --context far"
    )


def test_a_variable_that_lets_a_cluster_pass_is_told() -> None:
    (notice,) = admit(FAR, Connection(), {"REPLAY_ALLOW_ANY_CLUSTER": "true"})
    assert notice.startswith("WARNING: REPLAY_ALLOW_ANY_CLUSTER switches the guard off: ")


def test_a_variable_that_was_ignored_is_told_with_the_refusal() -> None:
    with pytest.raises(Failure) as raised:
        admit(FAR, Connection(), {"REPLAY_ALLOW_ANY_CLUSTER": "maybe"})
    assert raised.value.words == (
        "REPLAY_ALLOW_ANY_CLUSTER='maybe' is ignored: "
        "on is 1, true, yes, on; off is 0, false, no, off or empty"
    )


class LoggingIn:
    """A kubectl that only logs in."""

    def __init__(self, *answers: Completed) -> None:
        self.answers = list(answers)
        self.foreground: list[bool] = []

    def log_in(self, *, foreground: bool) -> Completed:
        self.foreground.append(foreground)
        return self.answers.pop(0)


def logged_in(kubectl: LoggingIn, *, interactive: bool) -> None:
    log_in(cast("Kubectl", kubectl), interactive=interactive)


FORBIDDEN = 'Error from server (Forbidden): forbidden: User "me" cannot get path "/version"\n'
INTERACTIVE = (
    "Unable to connect to the server: getting credentials: exec plugin cannot support interactive mode: "
    "standard input is not a terminal\n"
)


@pytest.mark.parametrize("said", [answer("{}"), answer(err=FORBIDDEN, code=1)])
def test_an_answer_of_the_server_is_a_login(said: Completed) -> None:
    kubectl = LoggingIn(said)
    logged_in(kubectl, interactive=False)
    assert kubectl.foreground == [False]


def test_with_a_terminal_the_plugin_has_it() -> None:
    kubectl = LoggingIn(answer("{}"))
    logged_in(kubectl, interactive=True)
    assert kubectl.foreground == [True]


@pytest.mark.parametrize(
    ("err", "reason"),
    [
        (INTERACTIVE, Reason.CREDENTIAL_PLUGIN_INTERACTIVE),
        (
            "Unable to connect to the server: getting credentials: exec: executable x not found",
            Reason.CREDENTIAL_PLUGIN_FAILED,
        ),
        ("error: You must be logged in to the server (Unauthorized)", Reason.CREDENTIALS_REFUSED),
        ("Unable to connect to the server: dial tcp: i/o timeout", Reason.CLUSTER_UNREACHABLE),
        ("something new", Reason.CLUSTER_UNREACHABLE),
        ("", Reason.CLUSTER_UNREACHABLE),
    ],
)
def test_without_a_terminal_the_failure_is_read_from_kubectl_s_words(err: str, reason: Reason) -> None:
    kubectl = LoggingIn(answer(err=err, code=1))
    with pytest.raises(Failure) as raised:
        logged_in(kubectl, interactive=False)
    assert (raised.value.reason, raised.value.words) == (reason, err.strip())
    assert kubectl.foreground == [False]


def test_what_a_failed_login_said_on_the_terminal_is_asked_for_once_more() -> None:
    kubectl = LoggingIn(answer(code=1), answer(err=INTERACTIVE, code=1))
    with pytest.raises(Failure) as raised:
        logged_in(kubectl, interactive=True)
    assert raised.value.reason is Reason.CREDENTIAL_PLUGIN_INTERACTIVE
    assert kubectl.foreground == [True, False]


def test_a_second_try_that_succeeds_is_a_login() -> None:
    kubectl = LoggingIn(answer(code=1), answer("{}"))
    logged_in(kubectl, interactive=True)
    assert kubectl.foreground == [True, False]


@pytest.mark.parametrize("closed", [None, io.StringIO()])
def test_somebody_sits_there_only_if_standard_input_is_a_terminal(
    closed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", closed)
    assert not has_terminal()


def config(context: str, user: dict[str, object] | None = None) -> str:
    return json.dumps(
        {
            "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:6443"}}],
            "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": user or {}}],
            "current-context": context,
        }
    )


VIEW = ["kubectl", "config", "view", "-o", "json"]


def test_entering_pins_kubectl_to_an_admitted_cluster(fp: FakeProcess) -> None:
    fp.register(VIEW, stdout=config("kind-a"))
    kubectl, notices = enter(Connection(namespace="n"), ("n", "n-privileged"), {})
    assert kubectl == Kubectl(Connection("kind-a", namespace="n"))
    assert notices == ()
    assert [list(call) for call in fp.calls] == [VIEW]


def test_entering_logs_a_credential_plugin_in(fp: FakeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    fp.register(VIEW, stdout=config("kind-a", {"exec": {"command": "x"}}))
    fp.register(["kubectl", "get", "--raw", "/version", "--context", "kind-a"], stdout="{}")
    enter(Connection(), ("n",), {})
    assert len(fp.calls) == 2


@pytest.mark.parametrize("namespaces", [("kube-system",), ("n", "falco")])
def test_a_namespace_that_is_never_ours_is_refused_before_anything_is_asked(
    namespaces: tuple[str, ...], fp: FakeProcess
) -> None:
    with pytest.raises(Failure) as raised:
        enter(Connection(), namespaces, {})
    assert raised.value.reason is Reason.NAMESPACE_REFUSED
    assert list(fp.calls) == []


def test_a_cluster_that_the_guard_refuses_is_asked_nothing(fp: FakeProcess) -> None:
    fp.register(VIEW, stdout=config("prod", {"exec": {"command": "x"}}))
    with pytest.raises(Failure) as raised:
        enter(Connection(), ("n",), cast("Any", {}))
    assert raised.value.reason is Reason.GUARD_REFUSED
    assert [list(call) for call in fp.calls] == [VIEW]
