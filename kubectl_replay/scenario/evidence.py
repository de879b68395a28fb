"""The kinds of evidence, each declared once."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read at run time through typing.get_type_hints
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kubectl_replay.scenario.declaration import declared, spec

if TYPE_CHECKING:
    from kubectl_replay.scenario.declaration import Declaration


@dataclass(frozen=True)
class EvidenceKinds:
    """An item of behavior.evidence is a mapping with exactly one of these keys; this class is never made."""

    exit_code: int = spec("The trigger ended with this exit code", example=0, minimum=0, maximum=255)
    output_contains: str = spec("The trigger's output has this text", example="uid=65534", placeholders=True)
    output_matches: str = spec(
        "The trigger's output matches this regular expression (Python's syntax, searched line by line); "
        "what its named groups match is shown",
        example="^uid=[0-9]+",
        format="regex",
        placeholders=True,
    )
    proof: Literal[True] = spec(
        "The trigger's output has proof_a and proof_b joined; they were sent apart, so only the container "
        "can have joined them",
        example=True,
    )
    pod: Mapping[str, str] = spec(
        "The API server shows these values in the pod, each key a path from the pod's root",
        example={"spec.hostNetwork": "true"},
        placeholders=True,
    )
    exec_succeeded: Literal[True] = spec(
        "The trigger's command ended with exit code 0", example=True, weak=True
    )
    process_contains: str = spec(
        "The trigger ran this program and it answered", example="/bin/sh", placeholders=True, weak=True
    )
    file_readable: str = spec(
        "The trigger read this file", example="/etc/hostname", placeholders=True, weak=True
    )
    network_request: str = spec(
        "The trigger's request to this address was answered",
        example="https://example.com",
        placeholders=True,
        weak=True,
    )
    api_call: str = spec(
        "The API server answered the trigger's request to this path",
        example="/api/v1/namespaces/k8s-replay/secrets",
        placeholders=True,
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
        return self._declaration.weak

    @property
    def meaning(self) -> str:
        """What must be so for this kind to hold, as a sentence without its period."""
        return self._declaration.meaning

    @property
    def _declaration(self) -> Declaration:
        return next(key.declaration for key in declared(EvidenceKinds) if key.name == self.kind)
