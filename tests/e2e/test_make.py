"""The make targets: thin, and with JSON=1 nothing but one document on stdout."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.cluster import COMMANDS
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

CHECKOUT = Path(__file__).resolve().parents[2]
# `-o .venv`: the environment that runs the tests is the one that is used, whatever is newer than it.
MAKE = ("make", "-s", "-o", ".venv", "-C", str(CHECKOUT), f"BIN={COMMANDS}")

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make on PATH")


def test_a_scenario_prints_its_box_and_ends_0_where_it_passed(replay: Replay) -> None:
    replayed = replay("scenario-shell-spawn", program=MAKE)
    assert replayed.code == 0
    assert replayed.stdout.startswith("╔══")
    assert "║  overall             SCENARIO PASS   ║" in replayed.stdout


def test_with_json_1_stdout_is_one_document(replay: Replay) -> None:
    replayed = replay("scenario-shell-spawn", "JSON=1", program=MAKE)
    assert replayed.code == 0
    assert replayed.document["overall"] == "scenario_passed_detection_skipped"


def test_strict_fails_where_no_detection_was_verified(replay: Replay) -> None:
    replayed = replay("scenario-shell-spawn", "JSON=1", "STRICT=1", program=MAKE)
    assert replayed.code == 2  # make's own code for any failure
    assert replayed.document["overall"] == "scenario_passed_detection_skipped"


def test_a_scenario_that_fails_fails_the_target(replay: Replay, draft: Draft) -> None:
    draft.run("false")
    draft.prove({"exit_code": 0})
    draft.write()
    env: dict[str, str | None] = {"REPLAY_SCENARIOS_PATH": str(draft.source)}
    replayed = replay("scenario-probe", "JSON=1", program=MAKE, env=env)
    assert replayed.code == 2
    assert replayed.document["overall"] == "behavior_not_observed"


def test_args_pass_any_flag_on(replay: Replay) -> None:
    replayed = replay("scenario-shell-spawn", "ARGS=--no-detection -o json", program=MAKE)
    assert replayed.code == 0
    assert replayed.document["detection_backend"] == "disabled"


def test_variables_may_stand_before_make_as_well(replay: Replay) -> None:
    assert replay("scenario-shell-spawn", env={"JSON": "true"}, program=MAKE).document["scenario"]


def test_a_scenario_that_was_dropped_in_is_listed(replay: Replay, draft: Draft) -> None:
    draft.write()
    env: dict[str, str | None] = {"REPLAY_SCENARIOS_PATH": str(draft.source)}
    replayed = replay("list-scenarios", "ARGS=-o name", program=MAKE, env=env)
    assert replayed.code == 0
    assert {"probe", "shell-spawn"} <= set(replayed.stdout.split())


def test_what_was_kept_is_removed_by_the_target_of_its_scenario(replay: Replay, namespace: Namespace) -> None:
    kept = replay("scenario-shell-spawn", "JSON=1", "KEEP=1", program=MAKE).document
    assert kept["cleanup"]["status"] == "kept"
    assert namespace.left() == [f"pods/{kept['pod']}"]
    removed = replay("cleanup-shell-spawn", program=MAKE)
    assert removed.code == 0
    assert f"pod/{kept['pod']}" in removed.stdout
    assert namespace.left() == []
    assert namespace.labels  # cleanup of one scenario leaves the namespace


def test_cleanup_removes_the_namespace_as_well(replay: Replay, namespace: Namespace) -> None:
    assert replay("scenario-shell-spawn", "KEEP=1", program=MAKE).code == 0
    assert replay("cleanup", program=MAKE).code == 0
    until(lambda: namespace.api.read(namespace.path) is None, "the namespace to go")


def test_a_dry_run_does_nothing(replay: Replay, namespace: Namespace) -> None:
    replayed = replay("scenario-shell-spawn", "JSON=1", "DRY_RUN=1", program=MAKE)
    assert (replayed.code, replayed.document["overall"]) == (0, "dry_run")
    assert namespace.api.read(namespace.path) is None
