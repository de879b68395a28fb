"""The JSON document of a run: the predecessor's eleven keys first, always strings, then additions only."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from kubectl_replay.output import detected
from kubectl_replay.reasons import Phase

if TYPE_CHECKING:
    from datetime import datetime

    from kubectl_replay.result import PhaseResult, Proof, Result

SCHEMA_VERSION = "1"


def render(result: Result) -> str:
    """Return the document as text."""
    return json.dumps(build(result), indent=2, ensure_ascii=False) + "\n"


def build(result: Result) -> dict[str, object]:
    """Return the document as data; docs/result.schema.json describes it."""
    return {
        **_first_eleven(result),
        "schema_version": SCHEMA_VERSION,
        "run_id": result.run_id,
        "namespace": result.namespace,
        "pod": result.pod,
        "node": result.node,
        "started_at": _time(result.started_at),
        "duration_seconds": round(result.duration_seconds, 3),
        "phases": [_phase(item) for item in result.phases],
        "evidence": [_proof(proof) for proof in result.proofs],
        "detection": detected.document(result.detection),
        "cleanup": {
            "status": result.cleanup.status,
            "left": list(result.cleanup.left),
            "command": result.cleanup.command,
            "message": result.cleanup.message,
        },
        "attack": [asdict(technique) for technique in result.attack],
        "plan": asdict(result.plan) if result.plan else {},
    }


def _first_eleven(result: Result) -> dict[str, str]:
    status = {phase: str(result.phase(phase).status) for phase in Phase}
    if status[Phase.DETECTION] == "fail":  # a signal came while the detectors were asked
        status[Phase.DETECTION] = "pending"
    return {
        "scenario": result.scenario,
        "context": result.context,
        "environment_check": status[Phase.PREFLIGHT],
        "deploy": status[Phase.DEPLOY],
        "ready": status[Phase.READY],
        "trigger": status[Phase.TRIGGER],
        "behavior_verification": status[Phase.BEHAVIOR],
        "detection_backend": result.detection.backend,
        "detection_verification": status[Phase.DETECTION],
        "overall": str(result.overall),
        "failure_reason": result.failure_reason,
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _phase(item: PhaseResult) -> dict[str, object]:
    return {
        "name": item.name,
        "status": item.status,
        "duration_seconds": round(item.duration_seconds, 3),
        "reason": item.reason,
        "message": item.message,
    }


def _proof(proof: Proof) -> dict[str, object]:
    return {
        "kind": proof.kind,
        "wanted": proof.wanted,
        "held": proof.held,
        "weak": proof.weak,
        "shown": dict(proof.shown),
    }
