"""Several runs: the table and the one document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubectl_replay.batch import Batch, NotRun
from kubectl_replay.detection.verdict import Verdict
from kubectl_replay.output import document
from kubectl_replay.output.summary import build, render, render_document
from kubectl_replay.reasons import Phase, Reason
from kubectl_replay.result import Detection, Plan
from tests.unit.output.test_document import validate
from tests.unit.samples import phases, result

PASSED = result(scenario="shell-spawn")
DETECTED = result(scenario="curl-egress", run_id="r2", detection=Detection(Verdict("detected", "Falco")))
FAILED = result(
    scenario="sa-token-read", run_id="r3", phases=phases(Phase.READY, Reason.IMAGE_PULL_FAILED, "no")
)
REFUSED = result(scenario="broken", run_id="", phases=phases(Phase.PREFLIGHT, Reason.SCENARIO_INVALID, "no"))
PLANNED = result(scenario="shell-spawn", plan=Plan(("x",), ""), detection=Detection())
LEFT_OUT = NotRun("privileged-start", Reason.PRIVILEGED_NOT_ALLOWED)

BATCH = Batch((PASSED, DETECTED, FAILED, REFUSED), (LEFT_OUT,), 12.345, 20)


def test_the_table_names_every_run_and_what_was_left_out() -> None:
    assert render(BATCH) == (
        "4 runs in 12.3 s: 2 passed, 2 failed, 1 not run\n"
        "  shell-spawn       r1        SCENARIO PASS\n"
        "  curl-egress       r2        SCENARIO PASS\n"
        "  sa-token-read     r3        READY TIMEOUT  image_pull_failed\n"
        "  broken                      PREFLIGHT FAILED  scenario_invalid\n"
        "  privileged-start  not run: privileged_not_allowed\n"
    )


def test_dry_runs_have_neither_passed_nor_failed_and_below_plans_the_table_is_a_comment() -> None:
    assert render(Batch((PLANNED,), (LEFT_OUT,), 1, 0)) == (
        "# 1 runs in 1.0 s: 0 passed, 0 failed, 1 not run\n"
        "#   shell-spawn       r1        DRY RUN\n"
        "#   privileged-start  not run: privileged_not_allowed\n"
    )


def test_nothing_was_run() -> None:
    assert render(Batch((), (), 0, 0)) == "0 runs in 0.0 s: 0 passed, 0 failed, 0 not run\n"


def test_the_document_has_a_summary_and_every_result() -> None:
    found: Any = build(BATCH)
    assert list(found) == ["schema_version", "summary", "results"]
    assert found["summary"] == {
        "total": 4,
        "passed": 2,
        "failed": 2,
        "overall": {
            "scenario_passed_detection_skipped": 1,
            "scenario_passed_detection_verified": 1,
            "ready_timeout": 1,
            "preflight_failed": 1,
        },
        "exit_code": 20,
        "duration_seconds": 12.345,
        "not_run": [{"id": "privileged-start", "reason": "privileged_not_allowed"}],
    }
    assert found["results"] == [document.build(one) for one in BATCH.results]


def test_it_is_written_for_people_too() -> None:
    lines = render_document(Batch((), (NotRun("ä", Reason.INTERRUPTED),), 0, 0)).splitlines()
    assert lines[:3] == ["{", '  "schema_version": "1",', '  "summary": {']
    assert '        "id": "ä",' in lines


@pytest.mark.parametrize("batch", [BATCH, Batch((), (), 0, 0), Batch((PLANNED, PLANNED), (), 1, 0)])
def test_it_is_one_document_of_the_schema(batch: Batch) -> None:
    text = render_document(batch)
    assert text.endswith("\n}\n")
    validate(json.loads(text))
