"""What single built-in scenarios say of themselves."""

from __future__ import annotations

import re

from kubectl_replay.scenario.loader import load
from kubectl_replay.scenario.placeholders import fill
from tests.unit.scenario.built_in import BUILT_IN, objects


def test_the_shell_of_shell_spawn_has_the_nonce_in_its_words_and_its_proof_in_no_word() -> None:
    scenario = load(BUILT_IN["shell-spawn"])
    values = {"nonce": "n1", "proof_a": "3f2a", "proof_b": "b71c"}
    shell, flag, script = (fill(word, values) for word in scenario.trigger.command)
    assert (shell, flag) == ("sh", "-c")
    assert script == ": kr-n1; test -t 0 || exit 1; printf '%s%s\\n' 3f2a b71c; id"
    assert scenario.trigger.tty


def test_kubectl_exec_has_neither_a_shell_nor_a_terminal() -> None:
    trigger = load(BUILT_IN["kubectl-exec"]).trigger
    assert trigger.command[0] == "printf"
    assert (trigger.tty, trigger.stdin) == (False, None)


def test_the_sink_of_curl_egress_is_there_only_when_it_is_asked_for() -> None:
    scenario = load(BUILT_IN["curl-egress"])
    assert [(item.path, item.when) for item in scenario.deploy.manifests] == [
        ("manifests/pod.yaml", None),
        ("manifests/sink.yaml", "target=sink"),
    ]
    target = scenario.parameters["target"]
    assert (target.default, target.env) == ("http://example.com", "CURL_EGRESS_TARGET")


def test_no_command_of_a_scenario_skips_the_check_of_a_certificate_or_puts_a_token_in_its_arguments() -> None:
    for folder in BUILT_IN.values():
        script = "\n".join(load(folder).trigger.command)
        assert not re.search(r"curl[^\n]*( -[a-zA-Z]*k\b|--insecure)", script)
        assert not re.search(r"(-H|--header)\b", script)


def test_the_role_of_secret_enumeration_names_the_dummy_alone() -> None:
    folder = BUILT_IN["secret-enumeration"]
    by_kind = {item["kind"]: item for item in objects(folder)}
    assert by_kind["Role"]["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["secrets"],
            "resourceNames": [by_kind["Secret"]["metadata"]["name"]],
            "verbs": ["get", "list"],
        }
    ]
    assert not {"data", "stringData"} & set(by_kind["Secret"])
