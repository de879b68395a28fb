"""Exit code 25, and the code that a failed run keeps, where the run's objects cannot be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import programs
from tests.e2e.accounts import EXEC, PODS, make_account, without
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.drafts import Draft
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

FORBIDDEN = 'cannot delete resource "pods"'


@pytest.fixture
def undeleting(namespace: Namespace, kubeconfigs: Kubeconfigs) -> dict[str, str | None]:
    """The environment of a user who may do all but delete."""
    namespace.create()
    return kubeconfigs(user={"token": make_account(namespace, without(PODS, "delete"), EXEC)})


def paste(replay: Replay, namespace: Namespace, command: str) -> None:
    """Run the printed command as the administrator; nothing may be left after it."""
    programs.run(("sh", "-c", command), replay.surroundings(None)).passed()
    until(lambda: not namespace.left(), "the pods to go")


def test_a_passed_run_that_may_not_delete_says_how_to(
    replay: Replay, namespace: Namespace, undeleting: dict[str, str | None]
) -> None:
    replayed = replay("shell-spawn", "-o", "json", env=undeleting)
    document = replayed.document
    assert (replayed.code, document["overall"]) == (25, "cleanup_incomplete")
    assert document["failure_reason"] == "objects_left"
    assert document["behavior_verification"] == "pass"
    cleanup = document["cleanup"]
    assert (cleanup["status"], cleanup["left"]) == ("incomplete", [f"pod/{document['pod']}"])
    assert FORBIDDEN in cleanup["message"]
    assert namespace.left() == [f"pods/{document['pod']}"]
    paste(replay, namespace, cleanup["command"])


def test_the_box_says_it_too(replay: Replay, namespace: Namespace, undeleting: dict[str, str | None]) -> None:
    replayed = replay("shell-spawn", env=undeleting)
    assert replayed.code == 25
    assert "║  overall             CLEANUP INCOMPLETE║" in replayed.stdout
    _, _, told = replayed.stdout.partition("Cleanup:\n")
    (command,) = [line for line in told.splitlines() if line.startswith("  - to remove it: ")]
    assert "  - incomplete: pod/shell-spawn-target-" in told
    assert FORBIDDEN in told
    paste(replay, namespace, command.removeprefix("  - to remove it: "))


def test_where_the_behavior_is_enough_it_still_ends_with_25(
    replay: Replay, namespace: Namespace, undeleting: dict[str, str | None]
) -> None:
    replayed = replay("shell-spawn", "--require", "behavior", "-o", "json", env=undeleting)
    assert replayed.code == 25
    paste(replay, namespace, replayed.document["cleanup"]["command"])


def test_a_failed_run_keeps_its_own_code(
    replay: Replay, namespace: Namespace, draft: Draft, undeleting: dict[str, str | None]
) -> None:
    draft.run("false")
    draft.prove({"exit_code": 0})
    replayed = replay(*draft.write(), "-o", "json", env=undeleting)
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (24, "exec_not_confirmed")
    assert document["cleanup"]["status"] == "incomplete"
    paste(replay, namespace, document["cleanup"]["command"])


def test_what_may_be_deleted_but_not_read_is_unproven(
    replay: Replay, namespace: Namespace, draft: Draft, kubeconfigs: Kubeconfigs
) -> None:
    namespace.create()
    blind = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "delete"]}
    user = kubeconfigs(user={"token": make_account(namespace, PODS, EXEC, blind)})
    draft.add("configmap", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "note"}})
    replayed = replay(*draft.write(), "-o", "json", env=user)
    document = replayed.document
    assert replayed.code == 11
    assert (document["cleanup"]["status"], document["failure_reason"]) == ("unproven", "")
    assert document["cleanup"]["left"] == [f"configmap/note-{document['run_id']}"]
    assert namespace.left() == []
