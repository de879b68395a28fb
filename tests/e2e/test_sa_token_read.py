"""sa-token-read: the token is read, and no part of it is printed."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from tests.e2e.copies import BUILT_IN, Copy
from tests.e2e.outcomes import assert_not_observed, said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 - the path of one


def test_no_part_of_the_token_is_printed_and_what_is_printed_is_the_token_s(
    replay: Replay, namespace: Namespace
) -> None:
    kept = replay("sa-token-read", "--keep", "-o", "json", "-v")
    pod = kept.document["pod"]
    token = namespace.kubectl("exec", pod, "-c", "target", "--", "cat", TOKEN).passed()
    boxed = replay("sa-token-read", "-v")
    assert (kept.code, boxed.code) == (10, 10)
    assert replay("cleanup", "sa-token-read").code == 0
    assert token.startswith("eyJ")
    assert [part for part in ["eyJ", *token.split(".")] if part in said(kept, boxed)] == []
    middle = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    assert f"  - length: {len(token)}\n  - issuer: {claims['iss']}\n" in boxed.stdout


def test_a_token_that_a_command_prints_is_not_printed_by_the_run(replay: Replay, tmp_path: Path) -> None:
    copy = Copy.of(BUILT_IN / "sa-token-read", tmp_path / "scenarios")
    printing = {"trigger": {"kind": "kubectl-exec", "command": ["cat", TOKEN]}}
    evidence = [{"exit_code": 0}, {"output_contains": "nobody says this"}]
    copy.change("scenario.yaml", lambda scenario: scenario.update(printing))
    copy.change("scenario.yaml", lambda scenario: scenario["behavior"].update(evidence=evidence))
    replayed = replay(*copy.words, "-o", "json", "-v")
    assert_not_observed(replayed, "exec_not_confirmed")
    assert [proof["held"] for proof in replayed.document["evidence"]] == [True, False]
    assert "eyJ" not in said(replayed, replay(*copy.words))


def test_a_pod_without_a_token_is_not_observed(replay: Replay, tmp_path: Path) -> None:
    copy = Copy.of(BUILT_IN / "sa-token-read", tmp_path / "scenarios")
    copy.change("manifests/pod.yaml", lambda pod: pod["spec"].update(automountServiceAccountToken=False))
    assert_not_observed(replay(*copy.words, "-o", "json"), "exec_not_confirmed")
