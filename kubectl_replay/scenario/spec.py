"""The fields of scenario.yaml, declared once."""

# ruff: noqa: RUF009 - `spec` makes a dataclass field, as dataclasses.field does
from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read at run time through typing.get_type_hints
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from kubectl_replay.scenario.declaration import Declaration, Declared, declared, spec
from kubectl_replay.scenario.detection import (
    AuditEvent,
    AuditExpectation,
    Detection,
    FalcoExpectation,
    Technique,
)
from kubectl_replay.scenario.evidence import Evidence, EvidenceKinds
from kubectl_replay.scenario.parts import (
    DNS_LABEL,
    DNS_LABEL_MEANS,
    PARAMETER_NAME,
    Behavior,
    Cleanup,
    Control,
    Deploy,
    Hooks,
    Manifest,
    Parameter,
    Requires,
    Timeouts,
    Trigger,
    TriggerKind,
    Workload,
)

__all__ = [
    "RESERVED_IDS",
    "AuditEvent",
    "AuditExpectation",
    "Behavior",
    "Cleanup",
    "Control",
    "Declaration",
    "Declared",
    "Deploy",
    "Detection",
    "Evidence",
    "EvidenceKinds",
    "FalcoExpectation",
    "Hooks",
    "Manifest",
    "Parameter",
    "Requires",
    "Safety",
    "Scenario",
    "Technique",
    "Timeouts",
    "Trigger",
    "TriggerKind",
    "Workload",
    "declared",
    "spec",
]

# The first word of the command line that is no command is an id, so no command's name can be one.
RESERVED_IDS: Final = frozenset(
    {
        "cleanup", "completion", "doctor", "explain", "help", "images", "lint", "list", "logs", "new",
        "reset", "rules", "run", "schema", "setup", "show", "version",
    }
)  # fmt: skip

Safety = Literal["safe", "privileged"]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One scenario folder."""

    id: str = spec(
        "The scenario's name, the same as its folder's",
        example="shell-spawn",
        pattern="[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?",
        pattern_means="lower-case letters, digits and inner hyphens, at most 42",
    )
    version: str = spec("The scenario's own version, in quotes", example="1.0")
    title: str = spec("What it is, in a few words", example="Shell in a container")
    goal: str = spec(
        "What a reader learns from a run", example="See whether a terminal shell raises an alert"
    )
    safety: Safety = spec(
        "`privileged` where the behavior needs root, capabilities or the host",
        example="safe",
    )
    namespace: str = spec(
        "Namespace of the run, unless the user names one",
        example="k8s-replay",
        default="k8s-replay",
        pattern=DNS_LABEL,
        pattern_means=DNS_LABEL_MEANS,
    )
    tags: tuple[str, ...] = spec(
        "Words that `--tag` selects by", example=["falco-stable", "execution"], default=()
    )
    parameters: Mapping[str, Parameter] = spec(
        "What `--set` may set",
        example={"target": {"default": "https://example.com", "help": "address that the request goes to"}},
        factory=dict,
        pattern=PARAMETER_NAME,
        pattern_means="lower-case letters, digits, hyphens and underscores",
    )
    deploy: Deploy = spec("What is created", example={"manifests": ["manifests/pod.yaml"]})
    workload: Workload = spec(
        "Where it happens", example={"selector": "scenario=shell-spawn", "pod_name": "shell-spawn-target"}
    )
    trigger: Trigger = spec(
        "What sets the behavior off", example={"kind": "kubectl-exec", "command": ["sh", "-c", "id"]}
    )
    behavior: Behavior = spec(
        "What happens, and what proves it",
        example={"description": "shell execution in container", "evidence": [{"exit_code": 0}]},
    )
    detection: Detection = spec(
        "What a detector is expected to say",
        example={"semantics": ["shell execution in container"]},
        default=Detection(),
    )
    control: Control | None = spec("The benign twin", example={"command": ["id"]}, default=None)
    attack: tuple[Technique, ...] = spec(
        "The MITRE ATT&CK techniques that the behavior is an example of",
        example=[{"id": "T1059.004", "name": "Unix Shell", "tactics": ["Execution"], "version": "18"}],
        default=(),
    )
    requires: Requires = spec("What a run needs", example={"images": ["busybox:1.36"]}, default=Requires())
    timeouts: Timeouts = spec(
        "How long phases may take, in seconds", example={"ready_seconds": 60}, default=Timeouts()
    )
    hooks: Hooks = spec("Scripts that a run executes", example={"verify": "verify.sh"}, default=Hooks())
    cleanup: Cleanup = spec("Read for compatibility", example={"script": "cleanup.sh"}, default=Cleanup())

    # Not keys of the file: the loader sets them.
    folder: Path = field(default=Path())
    notices: tuple[str, ...] = field(default=())
