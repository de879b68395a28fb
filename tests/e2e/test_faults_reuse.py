"""What `--fast` must not reuse or report: a workload made otherwise, and a pod that is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.drafts import Draft
    from tests.e2e.gates import Gate
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay


@pytest.mark.parametrize("flags", [("--image", "busybox:1.36=debian:12-slim"), ("--pod-patch", "patch.yaml")])
def test_a_workload_that_was_made_with_other_flags_is_not_reused(
    replay: Replay, tmp_path: Path, flags: tuple[str, str]
) -> None:
    patch = tmp_path / "patch.yaml"
    patch.write_text(yaml.safe_dump({"metadata": {"labels": {"team": "blue"}}}), "utf-8")
    other = [str(patch) if word == "patch.yaml" else word for word in flags]
    kept = replay("shell-spawn", "--fast", "-o", "json").document["pod"]
    changed = replay("shell-spawn", "--fast", *other, "-o", "json")
    assert (changed.code, changed.document["deploy"]) == (10, "pass")
    again = [replay("shell-spawn", "--fast", *words, "-o", "json").document for words in ((), other)]
    assert [document["deploy"] for document in again] == ["skip", "skip"]
    assert [document["pod"] for document in again] == [kept, changed.document["pod"]]
    assert replay("cleanup", "shell-spawn").code == 0


def test_a_workload_whose_manifest_was_edited_since_is_not_reused(replay: Replay, draft: Draft) -> None:
    assert replay(*draft.write(), "--fast").code == 10
    draft.run("printf", "%s%s", "{{replay.proof_a}}", "{{replay.proof_b}}")
    assert replay(*draft.write(), "--fast", "-o", "json").document["deploy"] == "skip"
    draft.container["env"] = [{"name": "NEW", "value": "1"}]
    assert replay(*draft.write(), "--fast", "-o", "json").document["deploy"] == "pass"
    assert replay("cleanup", *draft.write()).code == 0


def test_a_reused_pod_that_somebody_deletes_is_not_told_to_be_there(
    replay: Replay, namespace: Namespace, gate: Gate
) -> None:
    assert replay("shell-spawn", "--keep").code == 10
    running = replay.start("shell-spawn", "--fast", "-o", "json", env=gate.build("exec"))
    gate.wait_reached()
    namespace.kubectl("delete", "pods", "--all").passed()
    gate.open()
    replayed = running.end()
    assert (replayed.code, replayed.document["failure_reason"]) == (23, "pod_deleted")
    assert (replayed.document["deploy"], replayed.document["cleanup"]["status"]) == ("skip", "clean")
