"""The kinds of evidence, each declared once."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read at run time through typing.get_type_hints
from dataclasses import dataclass
from typing import Literal

from kubectl_replay.scenario.declaration import declared, spec


@dataclass(frozen=True)
class EvidenceKinds:
    """An item of behavior.evidence is a mapping with exactly one of these keys."""

    exit_code: int | None = spec(
        "The trigger ended with this exit code", example=0, default=None, minimum=0, maximum=255
    )
    output_contains: str | None = spec(
        "The trigger's output has this text", example="uid=65534", default=None, placeholders=True
    )
    output_matches: str | None = spec(
        "The trigger's output matches this regular expression (Python's syntax, searched line by line)",
        example="^uid=[0-9]+",
        default=None,
        format="regex",
        placeholders=True,
    )
    proof: Literal[True] | None = spec(
        "The trigger's output has proof_a and proof_b joined, which only the container could have done",
        example=True,
        default=None,
    )
    pod: Mapping[str, str] | None = spec(
        "The API server shows these values in the pod, each key a path from the pod's root",
        example={"spec.hostNetwork": "true"},
        default=None,
        placeholders=True,
    )
    exec_succeeded: Literal[True] | None = spec(
        "The trigger's command ended with exit code 0", example=True, default=None, weak=True
    )
    process_contains: str | None = spec(
        "The trigger ran this program and it answered", example="/bin/sh", default=None, weak=True
    )
    file_readable: str | None = spec(
        "The trigger read this file", example="/etc/hostname", default=None, weak=True
    )
    network_request: str | None = spec(
        "The trigger's request to this address was answered",
        example="https://example.com",
        default=None,
        weak=True,
    )
    api_call: str | None = spec(
        "The API server answered the trigger's request to this path",
        example="/api/v1/namespaces/k8s-replay/secrets",
        default=None,
        weak=True,
    )


@dataclass(frozen=True)
class Evidence:
    """One thing that must hold for the behavior to count as observed."""

    kind: str
    value: bool | int | str | Mapping[str, str]

    @property
    def weak(self) -> bool:
        """Whether this shows only that something ran (the predecessor's kinds)."""
        return any(key.declaration.weak for key in declared(EvidenceKinds) if key.name == self.kind)
