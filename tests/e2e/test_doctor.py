"""`doctor` on a real cluster: what it finds, that it changes nothing, and what few rights show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.accounts import EXEC, MINIMAL, PODS, make_account, without
from tests.e2e.cluster import COMMANDS

if TYPE_CHECKING:
    from tests.e2e.audit import AuditLog
    from tests.e2e.cluster import Target
    from tests.e2e.gates import Gate
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed

LATER = {"server", "version skew", "permissions", "namespace", "pod security"}


def findings(replayed: Replayed, *checks: str) -> list[dict[str, str]]:
    """Return the findings of these checks, or all; stdout must be the document and say the code's own."""
    document: dict[str, Any] = json.loads(replayed.stdout)
    assert list(document) == ["schema_version", "findings", "ok"]
    assert all(list(each) == ["check", "status", "message", "fix"] for each in document["findings"])
    assert all(bool(each["fix"]) is (each["status"] != "ok") for each in document["findings"])
    failures = [each for each in document["findings"] if each["status"] == "fail"]
    assert (replayed.code, document["ok"]) == ((20, False) if failures else (0, True))
    return [each for each in document["findings"] if not checks or each["check"] in checks]


def about(replayed: Replayed, scenario: str) -> dict[str, str]:
    """Return what is found of one scenario's rights."""
    found = findings(replayed, "permissions")
    (one,) = [each for each in found if f"{scenario}: " in each["message"]]
    return one


def test_an_administrator_is_told_that_all_is_well(
    replay: Replay, namespace: Namespace, target: Target
) -> None:
    replayed = replay("doctor", "-o", "json")
    assert replayed.code == 0
    assert replayed.stderr == ""
    context, server, *rest = findings(replayed, "context", "server", "permissions", "namespace", "terminal")
    assert f'"{target.context}"' in context["message"]
    assert server["message"].startswith("it answers, version 1.")
    assert {each["status"] for each in (context, server, *rest)} == {"ok"}
    wanted = f"shell-spawn: this user may do all it needs in {namespace.name}"
    assert about(replayed, "shell-spawn")["message"] == wanted
    here = findings(replayed, "namespace")[0]["message"]
    assert here == f"{namespace.name} does not exist; the first run creates it"


def test_text_and_document_say_the_same(replay: Replay) -> None:
    document = json.loads(replay("doctor", env={"JSON": "1"}).stdout)
    text = replay("doctor").stdout.splitlines()
    for finding in document["findings"]:
        (line,) = [each for each in text if each.endswith(f"{finding['check']}: {finding['message']}")]
        sign, word = {"ok": ("✓", "ok"), "warn": ("!", "warn"), "fail": ("✗", "fail")}[finding["status"]]
        assert line.split()[:2] == [sign, word]


def test_nothing_is_ever_changed(
    replay: Replay, namespace: Namespace, target: Target, audit: AuditLog
) -> None:
    assert replay("doctor").code == 0
    assert target.kubectl("get", "namespace", namespace.name, "--ignore-not-found").passed() == ""
    assert set(audit.calls()) <= {"get namespaces"}


def test_what_it_asks_changes_nothing(replay: Replay, gate: Gate) -> None:
    assert replay("doctor", env=gate.build()).code == 0
    verbs = [call.split()[:2] for call in gate.calls]
    assert sorted(verbs, key=str) == sorted(
        [
            ["version", "--client"],
            ["config", "view"],
            ["version", "-o"],
            ["create", "--validate=false"],
            *[["get", "namespace"]] * 2,
        ],
        key=str,
    )


def test_few_rights_that_are_enough_for_a_scenario_are_ok_for_it(
    replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    namespace.create()
    token = make_account(namespace, *MINIMAL)
    replayed = replay("doctor", "-o", "json", env=kubeconfigs(user={"token": token}))
    assert about(replayed, "shell-spawn")["status"] == "ok"
    missing = about(replayed, "secret-enumeration")
    assert missing["status"] == "fail"
    assert "serviceaccounts: create get delete" in missing["message"]
    assert "pods: " not in missing["message"]
    name = namespace.name
    assert findings(replayed, "namespace")[0] == {
        "check": "namespace",
        "status": "warn",
        "message": f"not made: this user may not look whether {name} exists",
        "fix": f"nothing, if it exists; else have it made: kubectl create namespace {name}",
    }


def test_one_verb_too_few_fails_and_is_named(
    replay: Replay, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    namespace.create()
    token = make_account(namespace, without(PODS, "watch"), EXEC)
    replayed = replay("doctor", "-o", "json", env=kubeconfigs(user={"token": token}))
    assert about(replayed, "shell-spawn") == {
        "check": "permissions",
        "status": "fail",
        "message": f"shell-spawn: in {namespace.name} this user may not pods: watch",
        "fix": f"ask for a Role in {namespace.name} that allows it",
    }


def test_a_user_who_may_not_create_the_namespace_is_told_so(
    replay: Replay, namespace: Namespace, target: Target
) -> None:
    name = f"reader-{namespace.name}"
    rule = ("create", "clusterrole", name, "--verb=get", "--resource=namespaces")
    try:
        target.kubectl(*rule).passed()
        target.kubectl(
            "create", "clusterrolebinding", name, f"--clusterrole={name}", f"--user={name}"
        ).passed()
        replayed = replay("doctor", "-o", "json", "--as", name)
    finally:
        target.kubectl("delete", "clusterrole,clusterrolebinding", name).passed()
    found = findings(replayed, "namespace")[0]
    assert (found["status"], found["message"]) == (
        "fail",
        f"{namespace.name} does not exist, and this user may not create it",
    )


@pytest.mark.parametrize("level", ["restricted", "baseline"])
def test_the_level_of_pod_security_is_told(replay: Replay, namespace: Namespace, level: str) -> None:
    namespace.create(enforce=level)
    replayed = replay("doctor", "-o", "json")
    found = findings(replayed, "pod security")[0]
    assert found["status"] == "warn"
    assert found["message"].startswith(f"{namespace.name} enforces the level {level}: ")


def test_a_server_that_does_not_answer_fails_and_the_rest_says_so(
    replay: Replay, kubeconfigs: Kubeconfigs
) -> None:
    replayed = replay("doctor", "-o", "json", env=kubeconfigs(server="https://127.0.0.1:1"))
    (server, *rest) = findings(replayed, *LATER)
    assert server["status"] == "fail"
    assert server["message"].startswith("The API server does not answer. (")
    assert {each["message"] for each in rest} == {"not made: server stands in the way"}
    assert {each["check"] for each in rest} == LATER - {"server"}


def test_after_a_refusal_of_the_guard_the_server_is_asked_nothing(
    replay: Replay, kubeconfigs: Kubeconfigs, gate: Gate
) -> None:
    env = gate.build() | kubeconfigs(context="acme-prod")
    replayed = replay("doctor", "-o", "json", env=env)
    (context,) = findings(replayed, "context")
    assert context["fix"] == "if it is a test cluster, set REPLAY_ALLOW_CONTEXT=acme-prod"
    assert {each["status"] for each in findings(replayed, *LATER)} == {"warn"}
    assert sorted(gate.calls) == ["config view -o json", "version --client -o json"]


def test_a_machine_without_kubectl_fails(replay: Replay) -> None:
    replayed = replay("doctor", "-o", "json", env={"PATH": str(COMMANDS)})
    assert findings(replayed, "kubectl") == [
        {
            "check": "kubectl",
            "status": "fail",
            "message": "kubectl is not on PATH",
            "fix": "install kubectl 1.24 or later: https://kubernetes.io/docs/tasks/tools/",
        }
    ]


def test_on_a_terminal_the_words_are_the_same(replay: Replay) -> None:
    replayed = replay.on_terminal("doctor")
    assert replayed.code == 0
    assert "the user's is on standard input and standard output" in replayed.stdout
    assert "\x1b" not in replayed.stdout
