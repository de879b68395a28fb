"""What was asked for, frozen: after this nothing knows flags or variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kubectl_replay.images import Replacements
from kubectl_replay.kubectl import Connection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_replay.scenario.spec import Scenario

DEFAULT_NAMESPACE = "k8s-replay"


@dataclass(frozen=True)
class RunRequest:
    """How to run a scenario: the cluster, the switches, and the values of the environment that count."""

    connection: Connection = field(default_factory=Connection)
    environ: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    detection: bool = True
    backends: tuple[str, ...] = ()
    """The detectors that must be asked, as `--backend` names them; none: whichever is there."""
    audit_log: str = ""
    """The file that holds the API server's audit log."""
    detect_seconds: float | None = None
    diagnose: bool = False
    canary: bool = False
    allow_privileged: bool = False
    fast: bool = False
    keep: bool = False
    dry_run: bool = False
    ready_seconds: float | None = None
    node: str = ""
    pod_patch: Mapping[str, Any] = field(default_factory=dict)
    change_words: tuple[str, ...] = ()
    """The flags that change what is created, as they were given."""
    replacements: Replacements = field(default_factory=Replacements)

    def namespace(self, scenario: Scenario) -> str:
        """Return the namespace of a run: what was asked for, else what the scenario says."""
        base = self.connection.namespace or scenario.namespace or DEFAULT_NAMESPACE
        return f"{base}-privileged" if scenario.safety == "privileged" else base

    def detect_timeout(self, scenario: Scenario) -> float:
        """Return how many seconds a detector's alert may take."""
        return self.detect_seconds or scenario.timeouts.detect_seconds

    def ready_timeout(self, scenario: Scenario) -> float:
        """Return how many seconds the workload may take to become ready."""
        return self.ready_seconds or scenario.timeouts.ready_seconds
