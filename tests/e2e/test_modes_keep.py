"""`--keep` and `--fast`: a workload that stays, is used again, and is removed when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e import programs
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.audit import AuditLog
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

NOTHING = "notice: there is nothing to reuse: a new workload is deployed, and kept\n"


def test_fast_deploys_and_keeps_then_reuses_until_cleanup(
    replay: Replay, namespace: Namespace, audit: AuditLog
) -> None:
    first = replay("shell-spawn", "--fast", "-o", "json")
    kept = first.document
    assert (first.code, kept["deploy"], kept["cleanup"]["status"]) == (10, "pass", "kept")
    assert NOTHING in first.stderr
    before = len(audit.calls())
    second = replay("shell-spawn", "--fast", "-o", "json")
    again = second.document
    assert (second.code, again["deploy"], again["ready"], again["trigger"]) == (10, "skip", "pass", "pass")
    assert (again["pod"], again["run_id"]) == (kept["pod"], kept["run_id"])
    assert (again["cleanup"]["status"], again["cleanup"]["left"]) == ("kept", [f"pod/{kept['pod']}"])
    assert NOTHING not in second.stderr
    assert not [call for call in audit.calls()[before:] if call in {"create pods", "delete pods"}]
    assert namespace.left() == [f"pods/{kept['pod']}"]
    cleaned = replay("cleanup", "shell-spawn")
    removed = f"removed   run {kept['run_id']} of shell-spawn: pod/{kept['pod']}\n"
    assert (cleaned.code, cleaned.stdout) == (0, removed)
    assert namespace.left() == []
    assert replay("cleanup", "shell-spawn").stdout == f"Nothing to remove in {namespace.name}.\n"


def test_fast_makes_a_new_workload_where_the_kept_one_is_no_longer_ready(
    replay: Replay, namespace: Namespace
) -> None:
    kept = replay("shell-spawn", "--fast", "-o", "json").document["pod"]
    ends = ("--type=merge", "-p", '{"spec": {"activeDeadlineSeconds": 1}}')
    namespace.kubectl("patch", "pod", kept, *ends).passed()
    until(lambda: "DeadlineExceeded" in str(namespace.pods), "the kubelet to end the pod")
    replayed = replay("shell-spawn", "--fast", "-o", "json")
    assert (replayed.code, replayed.document["deploy"]) == (10, "pass")
    assert replayed.document["pod"] != kept
    assert NOTHING in replayed.stderr
    assert replay("cleanup", "shell-spawn").code == 0
    assert namespace.left() == []


def test_fast_does_not_reuse_what_another_scenario_kept(
    replay: Replay, namespace: Namespace, draft: Draft
) -> None:
    assert replay("shell-spawn", "--keep").code == 10
    replayed = replay(*draft.write(), "--fast", "-o", "json")
    assert (replayed.code, replayed.document["deploy"]) == (10, "pass")
    assert replay("cleanup", "shell-spawn").code == 0
    assert namespace.left() == [f"pods/{replayed.document['pod']}"]
    assert replay("cleanup", *draft.write()).code == 0


def test_fast_replays_a_start_with_a_new_pod_each_time(
    replay: Replay, namespace: Namespace, draft: Draft
) -> None:
    draft.scenario["trigger"] |= {"kind": "pod-start", "tty": False, "command": ["echo", "started"]}
    draft.prove({"output_matches": "^started$"})
    words = draft.write()
    runs = [replay(*words, "--fast", "-o", "json") for _ in range(2)]
    assert [(run.code, run.document["deploy"]) for run in runs] == [(10, "pass")] * 2
    assert len({run.document["pod"] for run in runs}) == 2
    assert all(NOTHING in run.stderr for run in runs)
    assert replay("cleanup", *words).code == 0
    assert namespace.left() == []


def test_a_failed_fast_run_keeps_the_workload_that_it_reused(
    replay: Replay, namespace: Namespace, draft: Draft
) -> None:
    kept = replay(*draft.write(), "--keep", "-o", "json").document["pod"]
    draft.run("false")
    draft.prove({"exit_code": 0})
    replayed = replay(*draft.write(), "--fast", "-o", "json")
    assert (replayed.code, replayed.document["deploy"]) == (24, "skip")
    assert (replayed.document["pod"], replayed.document["cleanup"]["status"]) == (kept, "kept")
    assert namespace.left() == [f"pods/{kept}"]
    assert replay("cleanup", "probe", "--scenarios", str(draft.source)).code == 0


def test_the_box_of_a_kept_run_prints_the_command_that_removes_it(
    replay: Replay, namespace: Namespace
) -> None:
    replayed = replay("shell-spawn", "--keep")
    assert replayed.code == 10
    (left,) = namespace.left()
    (pod,) = namespace.pods
    assert pod["spec"]["activeDeadlineSeconds"] == 3600
    assert pod["metadata"]["labels"]["kubectl-replay/keep"] == "true"
    _, _, told = replayed.stdout.partition("Cleanup:\n")
    kept, command = told.splitlines()
    assert kept == f"  - kept: {left.replace('pods/', 'pod/')}"
    pasted = ("sh", "-c", command.removeprefix("  - to remove it: "))
    assert programs.run(pasted, replay.surroundings(None)).passed()
    assert namespace.left() == []
    assert replay("shell-spawn", env={"KEEP": "1"}).code == 10
    assert len(namespace.left()) == 1
    assert replay("cleanup", "shell-spawn").code == 0
