"""The fields of scenario.yaml that say what a detector is expected to report."""

# ruff: noqa: RUF009 - `spec` makes a dataclass field, as dataclasses.field does
from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read at run time through typing.get_type_hints
from dataclasses import dataclass
from typing import Final

from kubectl_replay.scenario.declaration import spec

ATTACK_SOURCE: Final = "https://attack.mitre.org/"


@dataclass(frozen=True)
class FalcoExpectation:
    """What Falco is expected to report."""

    enabled: bool = spec("`false`: nothing is expected of Falco", example=True, default=True)
    rules: tuple[str, ...] = spec(
        "Names of the rules, any of which will do (Falco's JSON output)",
        example=["Terminal shell in container"],
        default=(),
    )
    output_prefixes: tuple[str, ...] = spec(
        "How the rule's message begins (Falco's text output names no rule)",
        example=["A shell was spawned in a container with an attached terminal"],
        default=(),
    )
    source: str = spec(
        "The event source that the rules belong to, such as syscall or k8s_audit",
        example="k8s_audit",
        default="syscall",
    )
    rules_file: str = spec(
        "The file of Falco's project that has the rules; README.md: only the scenario's page has them",
        example="falco-incubating_rules.yaml",
        default="",
    )
    search_patterns: tuple[str, ...] = spec(
        "Words in the alert's message, used only where no rule and no prefix is named",
        example=["shell"],
        default=(),
    )
    output_patterns: tuple[str, ...] = spec("As search_patterns", example=["shell"], default=())
    correlation: Mapping[str, object] = spec(
        "Read for compatibility and not needed: an alert belongs to a run by its container",
        example={"namespace": "k8s-replay", "workload_selector": "scenario=shell-spawn"},
        factory=dict,
    )


@dataclass(frozen=True)
class AuditEvent:
    """One request in the API server's audit log."""

    verb: str = spec("The request's verb", example="create")
    resource: str = spec("The plural resource", example="pods")
    subresource: str | None = spec("The subresource", example="exec", default=None)

    def __str__(self) -> str:
        """Return the request in short, such as `create pods/exec`, as records are named."""
        return f"{self.verb} {self.resource}" + (f"/{self.subresource}" if self.subresource else "")


@dataclass(frozen=True)
class AuditExpectation:
    """What the API server's audit log is expected to show."""

    events: tuple[AuditEvent, ...] = spec(
        "Requests, any of which will do",
        example=[{"verb": "create", "resource": "pods", "subresource": "exec"}],
        default=(),
    )


@dataclass(frozen=True)
class Detection:
    """What a detector is expected to say."""

    semantics: tuple[str, ...] = spec(
        "What an alert would mean, in plain words and without rule names",
        example=["shell execution in container"],
        default=(),
    )
    falco: FalcoExpectation = spec(
        "What Falco is expected to report",
        example={"rules": ["Terminal shell in container"]},
        factory=FalcoExpectation,
    )
    audit: AuditExpectation = spec(
        "What the audit log is expected to show",
        example={"events": [{"verb": "create", "resource": "pods", "subresource": "exec"}]},
        default=AuditExpectation(),
    )


@dataclass(frozen=True)
class Technique:
    """A MITRE ATT&CK technique."""

    id: str = spec(
        "The technique's id",
        example="T1059.004",
        pattern=r"T[0-9]{4}(\.[0-9]{3})?",
        pattern_means="like T1059 or T1059.004",
    )
    name: str = spec("The technique's own name", example="Unix Shell")
    tactics: tuple[str, ...] = spec("The tactics it serves here", example=["Execution"])
    version: str = spec("The version of MITRE ATT&CK that was looked at, in quotes", example="18")
    source: str = spec("Where that was looked up", example=ATTACK_SOURCE, default=ATTACK_SOURCE)
