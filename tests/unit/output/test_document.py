"""The JSON document: its keys, its strings, its round trip, its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.verdict import Verdict
from kubectl_replay.output import schema
from kubectl_replay.output.document import build, render
from kubectl_replay.reasons import Phase, Reason
from kubectl_replay.result import Cleanup, Detection, Plan
from tests.unit.output.test_box import ENDS
from tests.unit.samples import phases, result

DOCS = Path(__file__).parents[3] / "docs"

ELEVEN = [
    "scenario", "context", "environment_check", "deploy", "ready", "trigger", "behavior_verification",
    "detection_backend", "detection_verification", "overall", "failure_reason",
]  # fmt: skip


SCHEMA: dict[str, Any] = schema.build()
ONE_RUN = {**SCHEMA["$defs"]["run"], "$defs": SCHEMA["$defs"]}


def validate(document: object, against: dict[str, Any] = SCHEMA) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(against, format_checker=checker).validate(document)


def test_a_passed_run_is_this_document() -> None:
    assert build(result()) == {
        "scenario": "shell-spawn",
        "context": "kind-k8s-replay",
        "environment_check": "pass",
        "deploy": "pass",
        "ready": "pass",
        "trigger": "pass",
        "behavior_verification": "pass",
        "detection_backend": "none",
        "detection_verification": "skip",
        "overall": "scenario_passed_detection_skipped",
        "failure_reason": "",
        "schema_version": "1",
        "run_id": "r1",
        "namespace": "k8s-replay",
        "pod": "shell-spawn-target-r1",
        "node": "node-1",
        "started_at": "2026-11-24T08:00:00.123Z",
        "duration_seconds": 2.346,
        "phases": [
            {
                "name": phase,
                "status": "skip" if phase == "detection" else "pass",
                "duration_seconds": 0.0 if phase == "detection" else 0.25,
                "reason": None,
                "message": "",
            }
            for phase in ["preflight", "deploy", "ready", "trigger", "behavior", "detection", "cleanup"]
        ],
        "evidence": [{"kind": "proof", "wanted": "proof", "held": True, "weak": False, "shown": {}}],
        "detection": {
            "verdict": "skipped",
            "reason": "no_backend",
            "rule": "",
            "weak": False,
            "backends": [],
            "alerts": [],
            "latency_seconds": None,
            "readable_seconds": None,
            "noise": 0,
            "next_step": (
                "install Falco with `kubectl replay setup falco`, or name the API server's audit log with "
                "--audit-log"
            ),
        },
        "cleanup": {"status": "clean", "left": [], "command": "", "message": ""},
        "attack": [
            {
                "id": "T1059.004",
                "name": "Unix Shell",
                "tactics": ("Execution",),
                "version": "18",
                "source": "https://attack.mitre.org/",
            }
        ],
        "plan": {},
    }


@pytest.mark.parametrize("name", ENDS)
def test_the_predecessor_s_eleven_keys_come_first_and_are_strings(name: str) -> None:
    document = json.loads(render(ENDS[name]))
    assert list(document)[:11] == ELEVEN
    assert [key for key in ELEVEN if not isinstance(document[key], str)] == []


@pytest.mark.parametrize("name", ENDS)
def test_every_end_is_a_document_of_the_schema(name: str) -> None:
    validate(json.loads(render(ENDS[name])))


@pytest.mark.parametrize("reason", [Reason.INTERRUPTED, Reason.INTERNAL_ERROR])
def test_a_run_that_stopped_while_detectors_were_asked_is_a_document_too(reason: Reason) -> None:
    validate(json.loads(render(result(phases=phases(Phase.DETECTION, reason), detection=Detection()))))


@pytest.mark.parametrize("name", ENDS)
def test_the_text_is_one_object_with_a_newline(name: str) -> None:
    text = render(ENDS[name])
    assert text.endswith("\n}\n")
    assert json.loads(text) == json.loads(json.dumps(build(ENDS[name])))


def test_what_failed_is_told_with_its_phase() -> None:
    document = build(result(phases=phases(Phase.READY, Reason.POD_ENDED, "It ended.\nnext: look")))
    assert document["phases"][2] == {  # type: ignore[index]
        "name": "ready",
        "status": "fail",
        "duration_seconds": 1.5,
        "reason": "pod_ended",
        "message": "It ended.\nnext: look",
    }
    assert document["failure_reason"] == "pod_ended"


def test_times_are_told_to_the_millisecond() -> None:
    found = replace(phases()[0], duration_seconds=0.123456)
    document: Any = build(result(phases=(found, *phases()[1:]), duration_seconds=1.23456))
    assert (document["phases"][0]["duration_seconds"], document["duration_seconds"]) == (0.123, 1.235)


def test_it_is_written_for_people_too() -> None:
    lines = render(result(context="kind-クラスター")).splitlines()
    assert lines[:3] == ["{", '  "scenario": "shell-spawn",', '  "context": "kind-クラスター",']


def test_what_is_left_and_the_plan_are_told() -> None:
    document: Any = build(
        result(
            cleanup=Cleanup("incomplete", ("pod/a",), "kubectl x", "no"), plan=Plan(("a", "b"), "kind: Pod")
        )
    )
    assert document["cleanup"] == {
        "status": "incomplete", "left": ["pod/a"], "command": "kubectl x", "message": "no",
    }  # fmt: skip
    assert document["plan"] == {"commands": ("a", "b"), "manifests": "kind: Pod"}


@given(st.text(), st.text(), st.text())
def test_any_words_survive_the_round_trip(context: str, message: str, backend: str) -> None:
    found = result(
        context=context,
        phases=phases(Phase.TRIGGER, Reason.EXEC_FAILED, message),
        detection=Detection(Verdict("detected", backend)),
    )
    document = json.loads(render(found))
    validate(document)
    assert (document["context"], document["detection_backend"]) == (context, backend)
    assert document["phases"][3]["message"] == message


def test_the_published_schema_is_the_code_s() -> None:
    assert json.loads((DOCS / "result.schema.json").read_text("utf-8")) == SCHEMA


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("overall", "fine"),
        ("deploy", "not_verified"),
        ("detection_verification", "fail"),
        ("failure_reason", "unheard_of"),
        ("failure_reason", None),
        ("scenario", 1),
        ("schema_version", "2"),
        ("duration_seconds", -1),
        ("phases", []),
        ("started_at", 0),
        ("plan", None),
    ],
)
def test_the_schema_refuses_another_value(key: str, value: object) -> None:
    document = json.loads(render(result())) | {key: value}
    with pytest.raises(jsonschema.ValidationError):
        validate(document)
    with pytest.raises(jsonschema.ValidationError):
        validate(document, ONE_RUN)


@pytest.mark.parametrize("key", json.loads(render(result())))
def test_the_schema_misses_every_key(key: str) -> None:
    document = json.loads(render(result()))
    del document[key]
    with pytest.raises(jsonschema.ValidationError, match=f"^'{key}' is a required property"):
        validate(document, ONE_RUN)
    with pytest.raises(jsonschema.ValidationError):
        validate(document)
