"""`--dry-run`: what would be done, as text and as a document, and not one request to the server."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.e2e.copies import BUILT_IN

if TYPE_CHECKING:
    from tests.cluster.state import Cluster
    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

SCENARIOS = sorted(folder.name for folder in BUILT_IN.iterdir() if folder.is_dir())
DRY = ("--dry-run", "--allow-privileged")
LABELS = {"app.kubernetes.io/managed-by", "kubectl-replay/scenario", "kubectl-replay/run"}


def objects(manifests: str) -> list[dict[str, Any]]:
    """Read what a plan would create; fails the test where one of them is not marked as ours."""
    found = [item for item in yaml.safe_load_all(manifests) if item]
    assert found
    assert all(item["metadata"]["labels"].keys() >= LABELS for item in found)
    return found


def heard(cluster: Cluster, user: str) -> bool:
    """Whether the API server was asked anything on behalf of this user."""
    return f'"impersonatedUser":{{"username":"{user}"' in cluster.audit_log.read_text("utf-8")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_plan_asks_the_server_nothing_and_creates_nothing(
    replay: Replay, namespace: Namespace, local: Cluster, gate: Gate, scenario: str
) -> None:
    asker = f"e2e-{namespace.name}"
    words = ("--as", asker, "--as-group", "system:masters", "-o", "json")
    replayed = replay(scenario, *DRY, *words, env=gate.build())
    document = replayed.document
    assert (replayed.code, document["overall"], document["failure_reason"]) == (0, "dry_run", "")
    statuses = {item["name"]: item["status"] for item in document["phases"]}
    assert statuses.pop("preflight") == "pass"
    assert set(statuses.values()) == {"pending"}
    assert (document["pod"], document["detection"]["verdict"]) == ("", None)
    assert document["cleanup"] == {"status": "clean", "left": [], "command": "", "message": ""}
    made = objects(document["plan"]["manifests"])
    assert {item["metadata"]["namespace"] for item in made} == {document["namespace"]}
    assert {call.split()[0] for call in gate.calls} == {"config", "kustomize"}
    assert namespace.api.read(namespace.path) is None
    assert not heard(local, asker)
    assert replay("shell-spawn", *words).code == 10
    assert heard(local, asker), "a run would be heard, so that silence means something"


def test_the_text_is_commands_to_read_and_manifests_that_kubectl_takes(
    replay: Replay, namespace: Namespace
) -> None:
    replayed = replay("shell-spawn", "--dry-run")
    assert replayed.code == 0
    document, begin, watch, create, trigger, *more = replayed.stdout.splitlines()
    assert document == "---"
    assert begin == "# A dry run: nothing was created. A run would do this:"
    for line, verb in ((watch, "get pods"), (create, "create -k FOLDER"), (trigger, "exec -i -t")):
        assert line.startswith(f"#   kubectl {verb} ")
        assert shlex.split(line)[-1]
    assert more[0].startswith("#   kubectl delete pod/shell-spawn-target-")
    assert more[1] == "# with these objects in FOLDER:"
    (pod,) = objects(replayed.stdout)
    namespace.create()
    taken = namespace.kubectl("create", "--dry-run=server", "-f", "-", stdin=replayed.stdout)
    assert taken.passed() == f"pod/{pod['metadata']['name']} created (server dry run)\n"


def test_text_and_document_plan_the_same(replay: Replay, namespace: Namespace) -> None:
    text = replay("shell-spawn", "--dry-run").stdout
    plan = replay("shell-spawn", env={"DRY_RUN": "1", "JSON": "1"}).document["plan"]
    run = plan["manifests"].split("kubectl-replay/run: ")[1].split("\n")[0]
    shown = text.split("kubectl-replay/run: ")[1].split("\n")[0]
    assert text.partition("FOLDER:\n")[2].replace(shown, run) == plan["manifests"]
    calls = [line for line in text.splitlines() if line.startswith("#   kubectl ")]
    assert [line.removeprefix("#   ").split()[:3] for line in calls] == [
        command.replace(run, shown).split()[:3] for command in plan["commands"]
    ]
    assert namespace.api.read(namespace.path) is None


def test_values_of_secrets_are_not_shown(replay: Replay, draft: Draft) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}}
    draft.add("secret", {**secret, "stringData": {"password": "pa55"}, "data": {"key": "cGE1NQ=="}})
    replayed = replay(*draft.write(), "--dry-run")
    assert replayed.code == 0
    assert "pa55" not in replayed.stdout
    assert "cGE1NQ" not in replayed.stdout
    (shown,) = [item for item in objects(replayed.stdout) if item["kind"] == "Secret"]
    assert shown["data"] == {"key": "(not shown)"}


def test_a_manifest_that_kustomize_does_not_take_is_told(replay: Replay, draft: Draft) -> None:
    draft.pod["metadata"]["labels"] = ["no", "mapping"]
    replayed = replay(*draft.write(), "--dry-run", "-o", "json")
    assert (replayed.code, replayed.document["failure_reason"]) == (21, "manifest_refused")
    assert replayed.document["plan"] == {}


def test_all_of_them_are_one_document_in_which_none_failed(replay: Replay, namespace: Namespace) -> None:
    replayed = replay("run", "--all", *DRY, "-o", "json")
    summary = replayed.document["summary"]
    assert (replayed.code, summary["exit_code"]) == (0, 0)
    assert (summary["total"], summary["passed"], summary["failed"]) == (len(SCENARIOS), 0, 0)
    assert summary["overall"] == {"dry_run": len(SCENARIOS)}
    assert [item["scenario"] for item in replayed.document["results"]] == SCENARIOS
    assert namespace.api.read(namespace.path) is None
    assert json.loads(replayed.stdout) == replayed.document
