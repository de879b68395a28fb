"""How far the way to the cluster leads, and what is said of the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from kubectl_replay.doctor import connection
from kubectl_replay.doctor.finding import Finding, Status
from kubectl_replay.doctor.permissions import parse
from kubectl_replay.doctor.scenarios import Need
from kubectl_replay.kubectl import Connection
from kubectl_replay.process import Completed, ProgramMissing
from tests.unit.samples import FORBIDDEN, UNREACHABLE, answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_subprocess import FakeProcess

CONTEXT = "kind-a"
PIN = ["--context", CONTEXT, "--request-timeout", "10s"]
OURS = {"major": "1", "minor": "36"}
CLIENT = answer(json.dumps({"clientVersion": OURS}))
BOTH = json.dumps({"clientVersion": OURS, "serverVersion": OURS})
LATER = ("server", "version skew", "permissions", "namespace", "pod security")


def config(context: str = CONTEXT, user: dict[str, Any] | None = None) -> Completed:
    view = {
        "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": "a", "user": "u"}}],
        "clusters": [{"name": "a", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": user or {}}],
    }
    return answer(json.dumps(view))


def need(scenario: str = "probe", namespace: str = "ns", *, privileged: bool = False) -> Need:
    return Need(scenario, namespace, privileged, {"pods: get": parse("pods: get", namespace)})


def examine(
    *needs: Need,
    version: Completed = CLIENT,
    view: Completed | None = None,
    environ: Mapping[str, str] | None = None,
) -> list[Finding]:
    said = view or config()
    found = connection.examine(Connection(), environ or {}, needs, lambda: version, lambda: said)
    return list(found)


def skipped(step: str, *later: str) -> list[Finding]:
    message, fix = f"not made: {step} stands in the way", f"mend {step} first"
    return [Finding(check, Status.WARN, message, fix) for check in later]


def reviewed(*verdicts: bool) -> str:
    """Return the answers to `get pods` in ns, and to `create namespaces`."""
    rights = [
        {"verb": "get", "resource": "pods", "namespace": "ns"},
        {"verb": "create", "resource": "namespaces"},
    ]
    return "\n".join(
        json.dumps({"spec": {"resourceAttributes": right}, "status": {"allowed": allowed}})
        for right, allowed in zip(rights, verdicts, strict=True)
    )


REVIEW = ["kubectl", "create", "--validate=false", "-o", "json", "-f", "-", *PIN]


def look_at(name: str) -> list[str]:
    return ["kubectl", "get", "namespace", name, "-o", "json", "--ignore-not-found", *PIN]


@pytest.fixture
def server(fp: FakeProcess) -> FakeProcess:
    """A server that answers and tells its version."""
    fp.register(["kubectl", "version", "-o", "json", *PIN], stdout=BOTH)
    return fp


def test_without_kubectl_nothing_else_is_looked_at() -> None:
    def missing() -> NoReturn:
        raise ProgramMissing("kubectl")

    found = list(connection.examine(Connection(), {}, [need()], missing, missing))
    fix = "install kubectl 1.24 or later: https://kubernetes.io/docs/tasks/tools/"
    assert found == [
        Finding("kubectl", Status.FAIL, "kubectl is not on PATH", fix),
        *skipped("kubectl", "context", *LATER),
    ]


@pytest.mark.parametrize(
    ("context", "message", "fix"),
    [
        (
            "acme-prod",
            'context "acme-prod" has the word "prod", so it may be in production',
            "if it is a test cluster, set REPLAY_ALLOW_CONTEXT=acme-prod",
        ),
        (
            "acme",
            'context "acme" is not a local cluster\'s and was not named',
            "if it is a test cluster, add --context acme",
        ),
    ],
)
def test_after_a_refusal_of_the_guard_the_server_is_asked_nothing(
    fp: FakeProcess, context: str, message: str, fix: str
) -> None:
    kubectl, refused, *rest = examine(need(), view=config(context))
    assert kubectl == Finding("kubectl", Status.OK, "version 1.36")
    assert (refused.check, refused.status, refused.fix) == ("context", Status.FAIL, fix)
    assert message in refused.message
    assert rest == skipped("context", *LATER)
    assert not fp.calls


def test_a_context_that_a_variable_lets_pass_is_a_warning(fp: FakeProcess) -> None:
    pin = ["--context", "acme-prod", "--request-timeout", "10s"]
    fp.register(["kubectl", "version", "-o", "json", *pin], stdout=BOTH)
    fp.register(["kubectl", *REVIEW[1:7], *pin], stdout=reviewed(True, True))
    found = examine(view=config("acme-prod"), environ={"REPLAY_ALLOW_CONTEXT": "acme-prod"})[1]
    assert (found.check, found.status) == ("context", Status.WARN)
    assert found.message.startswith(
        '"acme-prod", server https://127.0.0.1:1: the guard accepts it: REPLAY_ALLOW_CONTEXT lets this pass: '
    )
    assert found.fix == "make sure that this is a test cluster"


def test_a_server_that_does_not_answer_fails_in_the_words_of_kubectl(fp: FakeProcess) -> None:
    fp.register(
        ["kubectl", "version", "-o", "json", *PIN], stdout=CLIENT.out, stderr=UNREACHABLE, returncode=1
    )
    _, context, server, *rest = examine(need())
    message = '"kind-a", server https://127.0.0.1:1: the guard accepts it'
    assert context == Finding("context", Status.OK, message)
    assert server == Finding(
        "server",
        Status.FAIL,
        f"The API server does not answer. ({UNREACHABLE.strip()})",
        "start the cluster, or mend the connection and try `kubectl version`",
    )
    assert rest == skipped("server", *LATER[1:])


def test_a_server_that_does_not_tell_its_version_answers_all_the_same(fp: FakeProcess) -> None:
    fp.register(["kubectl", "version", "-o", "json", *PIN], stdout=CLIENT.out, stderr=FORBIDDEN, returncode=1)
    fp.register(REVIEW, stdout=reviewed(True, True))
    fp.register(look_at("ns"))
    _, _, server, skew, *rest = examine(need())
    message = "not made: it answers, but not to this user which version it is"
    assert server == Finding("server", Status.WARN, message, "nothing")
    assert skew.message == "not made: the version of the server is not known"
    assert [each.status for each in rest] == [Status.OK] * 3


def test_a_credential_plugin_that_fails_is_the_server_s_finding(fp: FakeProcess) -> None:
    raw = ["kubectl", "get", "--raw", "/version", "--context", CONTEXT]
    said = "Unable to connect to the server: getting credentials: exec: executable aws not found\n"
    fp.register(raw, stderr=said, returncode=1)
    found = examine(need(), view=config(user={"exec": {"command": "aws"}}))
    assert found[2] == Finding(
        "server",
        Status.FAIL,
        f"The kubeconfig's credential plugin failed. ({said.strip()})",
        "run the plugin by hand until it gives credentials",
    )
    assert found[3:] == skipped("server", *LATER[1:])


def test_all_rights_are_asked_for_in_one_call_and_each_once(server: FakeProcess) -> None:
    asked = server.register(REVIEW, stdout=reviewed(True, True))
    server.register(look_at("ns"), stdout=json.dumps({"metadata": {}}))
    found = examine(need("one"), need("two"))
    assert found[3:] == [
        Finding("version skew", Status.OK, "kubectl 1.36, server 1.36"),
        Finding("permissions", Status.OK, "one: this user may do all it needs in ns"),
        Finding("permissions", Status.OK, "two: this user may do all it needs in ns"),
        Finding("namespace", Status.OK, "ns exists"),
        Finding("pod security", Status.OK, "ns has no label that enforces a level"),
    ]
    assert asked.call_count() == 1


def test_a_namespace_that_cannot_be_had_fails_but_only_warns_for_privileged_scenarios(
    server: FakeProcess,
) -> None:
    server.register(REVIEW, stdout=reviewed(True, False))
    server.register(look_at("ns"))
    server.register(look_at("ns-privileged"))
    found = examine(need(), need("big", "ns-privileged", privileged=True))
    about = [(each.message.split()[0], each.status) for each in found if each.check == "namespace"]
    assert about == [("ns", Status.FAIL), ("ns-privileged", Status.WARN)]


def test_a_namespace_that_is_refused_is_not_asked_for(server: FakeProcess) -> None:
    server.register(REVIEW, stdout=reviewed(True, True))
    found = examine(need("one", "kube-system"), need("two", "kube-system"))
    why, fix = "the namespace kube-system is refused", "name another one with --namespace"
    assert found[4:] == [
        Finding("permissions", Status.WARN, f"not made: one: {why}", fix),
        Finding("permissions", Status.WARN, f"not made: two: {why}", fix),
        Finding(
            "namespace",
            Status.FAIL,
            'The namespace "kube-system" is never used: it belongs to the cluster or to a detector.',
            "name another one with --namespace; it is created if it does not exist",
        ),
    ]


def test_reviews_that_are_not_answered_are_a_warning_in_the_words_of_kubectl(server: FakeProcess) -> None:
    said = "Error from server (Forbidden): selfsubjectaccessreviews.authorization.k8s.io is forbidden\n"
    server.register(REVIEW, stderr=said, returncode=1)
    server.register(look_at("ns"))
    found = examine(need())
    message = f"not made: {said.strip()}"
    assert found[4] == Finding("permissions", Status.WARN, message, "see `kubectl auth can-i --list`")
    assert found[5].message.endswith("whether this user may create it is not known")
