"""One run of one scenario: its identity, and what each phase leaves for the later ones."""

from __future__ import annotations

import contextlib
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_replay.result import Cleanup, Detection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from tempfile import TemporaryDirectory

    from kubectl_replay.backends.detectors import Detectors
    from kubectl_replay.clocks import Moment
    from kubectl_replay.cluster import Cluster, View
    from kubectl_replay.evidence import Trace
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.manifests import Object
    from kubectl_replay.pods import Pod
    from kubectl_replay.reasons import Phase
    from kubectl_replay.request import RunRequest
    from kubectl_replay.result import PhaseResult, Plan, Proof
    from kubectl_replay.scenario.spec import Scenario
    from kubectl_replay.watch import PodWatch

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""No vowels, so no words; no digits that look like letters. Kubernetes' own generated names use it."""


RUN_LENGTH = 8
"""How long a run's id is."""


def token(length: int) -> str:
    """Draw a random word that may stand in names, labels and shell commands."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


@dataclass(frozen=True)
class Identity:
    """What is unique to a run: its id, the nonce its command carries, and the two halves of its proof."""

    run: str = field(default_factory=lambda: token(RUN_LENGTH))
    nonce: str = field(default_factory=lambda: token(12))
    proof_a: str = field(default_factory=lambda: token(12))
    proof_b: str = field(default_factory=lambda: token(12))

    @property
    def proof(self) -> str:
        """Both halves joined, as only the container joins them."""
        return self.proof_a + self.proof_b


@dataclass
class Created:
    """What the API server said it made; `certain` is False when its answer to a create was lost."""

    names: tuple[str, ...] = ()
    sent: bool = False
    certain: bool = True


@dataclass
class Run:
    """A run under way. A phase reads what earlier ones left here and leaves what later ones need."""

    request: RunRequest
    scenario: Scenario
    view: View
    hooks_allowed: bool = True
    built_in: bool = False
    """Whether the scenario came with kubectl-replay."""
    identity: Identity = field(default_factory=Identity)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=time.monotonic)
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    phases: dict[Phase, PhaseResult] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    cluster: Cluster | None = None
    server_answered: bool = False
    described: tuple[Object, ...] = ()
    """Everything that the scenario's manifests describe."""
    objects: tuple[Object, ...] = ()
    """What this run creates of it, under its parameters."""
    digest: str = ""
    """What a workload is known by that this run may reuse."""
    rendered: TemporaryDirectory[str] | None = None
    """Where kubectl finds the rendered manifests."""
    created: Created = field(default_factory=Created)
    reused: bool = False
    """Whether the workload is one that an earlier run kept."""
    node: str = ""
    created_at: Moment | None = None
    """Before the create was sent; None where a kept workload is reused."""
    ready_at: Moment | None = None
    triggered_at: Moment | None = None
    ready_pod: Pod = field(default_factory=dict)
    """The target pod as it was when it became ready."""
    trace: Trace | None = None
    proofs: tuple[Proof, ...] = ()
    detection: Detection = field(default_factory=Detection)
    cleanup: Cleanup = field(default_factory=Cleanup)
    plan: Plan | None = None
    signum: int | None = None
    bug: Exception | None = None

    _kubectl: Kubectl | None = None
    _watch: PodWatch | None = None
    _detectors: Detectors | None = None

    @property
    def namespace(self) -> str:
        """The namespace of everything this run makes."""
        return self.request.namespace(self.scenario)

    @property
    def needs_validation(self) -> bool:
        """Whether kubectl must look for unknown fields; the tests do that for our own manifests."""
        return not self.built_in or bool(self.request.pod_patch)

    @property
    def folder(self) -> Path:
        """The folder of the rendered manifests."""
        if self.rendered is None:
            raise LookupError("preflight has not rendered the manifests yet")
        return Path(self.rendered.name)

    @property
    def pod(self) -> str:
        """The name of the target pod."""
        return f"{self.scenario.workload.pod_name}-{self.identity.run}"

    @property
    def pods(self) -> tuple[str, ...]:
        """The names of all pods that the manifests describe."""
        return tuple(f"{item.name}-{self.identity.run}" for item in self.objects if item.kind == "Pod")

    @property
    def kubectl(self) -> Kubectl:
        """kubectl, pinned by preflight."""
        if self._kubectl is None:
            raise LookupError("preflight has not pinned kubectl yet")
        return self._kubectl

    @kubectl.setter
    def kubectl(self, pinned: Kubectl) -> None:
        self._kubectl = pinned

    @property
    def watch(self) -> PodWatch:
        """The watch over this run's pods, opened by deploy: the first of the futures a phase leaves."""
        if self._watch is None:
            raise LookupError("deploy has not opened the watch yet")
        return self._watch

    @watch.setter
    def watch(self, opened: PodWatch) -> None:
        self._watch = opened
        self.stack.callback(opened.close)

    @property
    def detectors(self) -> Detectors | None:
        """The detectors that deploy began to look for; None where none is to be asked."""
        return self._detectors

    @detectors.setter
    def detectors(self, looked_for: Detectors) -> None:
        self._detectors = looked_for
        self.stack.callback(looked_for.close)

    @property
    def values(self) -> Mapping[str, str]:
        """What the placeholders of the scenario stand for in this run."""
        settings = {f"set.{name}": value for name, value in self.settings.items()}
        addresses = {
            f"pod_ip.{item.name}": self._address(item) for item in self.described if item.kind == "Pod"
        }
        return {
            "nonce": self.identity.nonce,
            "proof_a": self.identity.proof_a,
            "proof_b": self.identity.proof_b,
            "run": self.identity.run,
            "namespace": self.namespace,
            "pod": self.pod,
            "node": self.node,
            **addresses,
            **settings,
        }

    def _address(self, pod: Object) -> str:
        """Return the address of a pod; empty while it has none, or if this run did not create it."""
        seen = self._watch.pods.get(f"{pod.name}-{self.identity.run}", {}) if self._watch else {}
        return str(seen.get("status", {}).get("podIP", ""))

    @property
    def settings(self) -> Mapping[str, str]:
        """The value of each parameter: as asked for, else from its variable, else its default."""
        declared = self.scenario.parameters.items()
        environ = self.request.environ
        defaults = {name: environ.get(item.env or "", "") or item.default for name, item in declared}
        return {name: self.request.settings.get(name, value) for name, value in defaults.items()}
