"""The JSON Schema of a result document, built from the same tables that fill one."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args, get_type_hints

from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import Word
from kubectl_replay.reasons import Phase, Reason
from kubectl_replay.result import Cleanup, Overall, Status

if TYPE_CHECKING:
    from enum import StrEnum

Schema = dict[str, object]

_TEXT: Schema = {"type": "string"}
_SECONDS: Schema = {"type": "number", "minimum": 0}
_NAMES: Schema = {"type": "array", "items": _TEXT}
_ALWAYS = ("pass", "fail", "skip", "pending")


def build() -> Schema:
    """Return the schema of a document: of one run, or of several."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kubectl replay result",
        "description": "What runs ended as. New keys may come; these stay as they are.",
        "anyOf": [{"$ref": "#/$defs/run"}, {"$ref": "#/$defs/batch"}],
        "$defs": {"run": _object({**_first_eleven(), **_additions()}), "batch": _batch()},
    }


def _batch() -> Schema:
    count: Schema = {"type": "integer", "minimum": 0}
    summary = _object(
        {
            "total": count,
            "passed": count,
            "failed": count,
            "overall": {"type": "object", "propertyNames": _one_of(Overall), "additionalProperties": count},
            "exit_code": count,
            "duration_seconds": _SECONDS,
            "not_run": {"type": "array", "items": _object({"id": _TEXT, "reason": _one_of(Reason)})},
        }
    )
    results: Schema = {"type": "array", "items": {"$ref": "#/$defs/run"}}
    return _object({"schema_version": {"const": "1"}, "summary": summary, "results": results})


def _first_eleven() -> dict[str, Schema]:
    """Return the predecessor's keys: always strings."""
    status: Schema = {"enum": list(_ALWAYS)}
    return {
        "scenario": _TEXT,
        "context": _TEXT,
        "environment_check": status,
        "deploy": status,
        "ready": status,
        "trigger": status,
        "behavior_verification": status,
        "detection_backend": _TEXT,
        "detection_verification": {"enum": ["pass", "skip", "not_verified", "pending"]},
        "overall": _one_of(Overall),
        "failure_reason": {"enum": ["", *Reason]},
    }


def _additions() -> dict[str, Schema]:
    return {
        "schema_version": {"const": "1"},
        "run_id": _TEXT,
        "namespace": _TEXT,
        "pod": _TEXT,
        "node": _TEXT,
        "started_at": {"type": "string", "format": "date-time"},
        "duration_seconds": _SECONDS,
        "phases": {"type": "array", "items": _phase(), "minItems": len(Phase), "maxItems": len(Phase)},
        "evidence": {"type": "array", "items": _evidence()},
        "detection": _detection(),
        "cleanup": _cleanup(),
        "attack": {"type": "array", "items": _technique()},
        "plan": {"type": "object"},
    }


def _phase() -> Schema:
    return _object(
        {
            "name": _one_of(Phase),
            "status": _one_of(Status),
            "duration_seconds": _SECONDS,
            "reason": _or_null(_one_of(Reason)),
            "message": _TEXT,
        }
    )


def _evidence() -> Schema:
    truth: Schema = {"type": "boolean"}
    shown: Schema = {"type": "object", "additionalProperties": _TEXT}
    return _object({"kind": _TEXT, "wanted": _TEXT, "held": truth, "weak": truth, "shown": shown})


def _detection() -> Schema:
    return _object(
        {
            "verdict": _or_null({"enum": list(get_args(Word))}),
            "reason": _or_null(_one_of(Missed)),
            "rule": _TEXT,
            "weak": {"type": "boolean"},
            "backends": {"type": "array", "items": _backend()},
            "alerts": {"type": "array", "items": _alert()},
            "latency_seconds": _or_null(_SECONDS),
            "readable_seconds": _or_null(_SECONDS),
            "noise": {"type": "integer", "minimum": 0},
            "next_step": _TEXT,
        }
    )


def _backend() -> Schema:
    passed = _or_null({"type": "boolean"})
    check = _object({"about": _one_of(Missed), "passed": passed, "words": _TEXT})
    return _object(
        {
            "name": _TEXT,
            "verdict": {"enum": list(get_args(Word))},
            "reason": _or_null(_one_of(Missed)),
            "rule": _TEXT,
            "latency_seconds": _or_null(_SECONDS),
            "readable_seconds": _or_null(_SECONDS),
            "checks": {"type": "array", "items": check},
            "next_step": _TEXT,
        }
    )


def _alert() -> Schema:
    time = _or_null({"type": "string", "format": "date-time"})
    where = {"namespace": _or_null(_TEXT)}
    return _object({"backend": _TEXT, "rule": _TEXT, "expected": {"type": "boolean"}, "time": time, **where})


def _cleanup() -> Schema:
    status: Schema = {"enum": list(get_args(get_type_hints(Cleanup)["status"]))}
    return _object({"status": status, "left": _NAMES, "command": _TEXT, "message": _TEXT})


def _technique() -> Schema:
    return _object({"id": _TEXT, "name": _TEXT, "tactics": _NAMES, "version": _TEXT, "source": _TEXT})


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _one_of(words: type[StrEnum]) -> Schema:
    return {"enum": [str(word) for word in words]}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}
