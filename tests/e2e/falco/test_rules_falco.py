"""`rules falco` beside a stand-in: what it says itself, and what is left where it may not be asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.falco.looking import EXEC, make_user
from tests.e2e.falco.test_detection_rights import LOGS, PODS, grant
from tests.e2e.falco_manifests import Shape
from tests.e2e.test_make import MAKE

if TYPE_CHECKING:
    from tests.e2e.falco.conftest import Install
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay
    from tests.e2e.stand_in import StandIn

MISSING = "Launch Privileged Container (privileged-start)"


def test_the_rules_are_listed_with_the_scenarios_that_expect_them(replay: Replay, stand_in: StandIn) -> None:
    replayed = replay("rules", "falco")
    assert (replayed.code, replayed.stderr) == (0, "")
    title, head, *rows = replayed.stdout.splitlines()
    assert title.startswith(f"DaemonSet/falco in the namespace {stand_in.namespace}: 4 rules, as falco-")
    assert head.split("  ")[0] == "RULE"
    shell = next(row for row in rows if row.startswith("Terminal shell in container "))
    assert shell.split()[-4:] == ["Notice", "syscall", "yes", "shell-spawn"]
    assert MISSING in rows[rows.index("Expected, and not loaded or not enabled:") :]


def test_the_document_has_the_same(replay: Replay, stand_in: StandIn) -> None:
    document = json.loads(replay("rules", "falco", "-o", "json").stdout)
    (one,) = document["falco"]
    assert (one["namespace"], one["owner"]) == (stand_in.namespace, "DaemonSet/falco")
    expected = {rule["name"]: rule["expected_by"] for rule in one["rules"]}
    assert expected["Contact K8S API Server From Container"] == ["secret-enumeration"]
    assert document["not_loaded"]["Launch Privileged Container"] == ["privileged-start"]


def test_each_falco_is_asked_once(replay: Replay, install: Install) -> None:
    install(Shape())
    install(Shape(kind="Deployment", release="audit", rules=(("Attach/Exec Pod", "Notice"),)))
    replayed = replay("rules", "falco")
    titles = [line for line in replayed.stdout.splitlines() if " in the namespace " in line]
    assert sorted(line.split()[0] for line in titles) == ["DaemonSet/falco", "Deployment/audit"]
    assert "Attach/Exec Pod (kubectl-exec)" not in replayed.stdout


def test_where_nobody_may_ask_the_files_of_the_log_are_listed(
    replay: Replay, stand_in: StandIn, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    env = make_user(namespace, kubeconfigs) | {"FALCO_NAMESPACE": stand_in.namespace}
    grant(stand_in, namespace, PODS, LOGS)
    replayed = replay("rules", "falco", env=env)
    assert replayed.code == 0
    assert replayed.stdout.splitlines()[1:] == ["/etc/falco/falco_rules.yaml"]
    assert 'cannot create resource "pods/exec"' in replayed.stderr
    assert replayed.stderr.endswith("next: ask for a Role there: pods/exec create, get\n")
    stand_in.rotate()
    nothing = replay("rules", "falco", env=env)
    assert (nothing.code, nothing.stdout) == (20, "")
    assert nothing.stderr.endswith(
        "error: its log does not name its rules files: it does not reach back to Falco's start\n"
    )


def test_who_may_ask_needs_no_more(
    replay: Replay, stand_in: StandIn, namespace: Namespace, kubeconfigs: Kubeconfigs
) -> None:
    env = make_user(namespace, kubeconfigs) | {"FALCO_NAMESPACE": stand_in.namespace}
    grant(stand_in, namespace, PODS, EXEC)
    replayed = replay("rules", "falco", env=env)
    assert (replayed.code, replayed.stderr) == (0, "")
    assert "Terminal shell in container" in replayed.stdout


def test_a_falco_that_fails_is_quoted(replay: Replay, install: Install) -> None:
    install(Shape(rules=()))
    replayed = replay("rules", "falco")
    assert replayed.code == 0
    assert "does not tell its rules: the answer of `falco -L` names none" in replayed.stderr
    assert replayed.stdout.endswith("\n/etc/falco/falco_rules.yaml\n")


def test_where_there_is_no_falco_it_ends_20(replay: Replay) -> None:
    replayed = replay("rules", "falco")
    assert (replayed.code, replayed.stdout) == (20, "")


def test_the_target_of_make_is_the_same(replay: Replay, stand_in: StandIn) -> None:
    replayed = replay("list-rules", "JSON=1", program=MAKE)
    assert replayed.code == 0
    assert json.loads(replayed.stdout)["falco"][0]["namespace"] == stand_in.namespace
