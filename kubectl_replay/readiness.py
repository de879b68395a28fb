"""Waiting until the agents of a release are ready, and what keeps them from it."""

from __future__ import annotations

import json
import shlex
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kubectl_replay import rollout, words
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import REASONS, Reason
from kubectl_replay.removal import patiently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.rollout import Rollout, Stuck

PAUSE_SECONDS: Final = 0.5
TELL_SECONDS: Final = 10.0
"""How long nothing is said while nothing changes."""

STEADY_SECONDS: Final = 3.0
"""How long agents must stay ready. Without probes a container is ready as soon as it runs, and a Falco whose
driver does not load ends a moment later."""

_NOT_CREATED: Final = "FailedCreate"
"""Why the event is written with which a controller says that it cannot create a pod."""

_ADVICE: Final = {
    Reason.IMAGE_PULL_FAILED: "let the nodes reach the images, or name a registry that they reach with"
    " --values FILE or --set image.registry=HOST",
    Reason.POD_ENDED: "where it is the driver that does not load, try another one: --set driver.kind=auto",
    Reason.READY_TIMEOUT: "allow more time with --ready-timeout",
}
"""What to do about an agent, where it is not what to do about a scenario's pod."""

_LOOK: Final = "see what the command says"


def wait(kubectl: Kubectl, selector: str, seconds: float, tell: Callable[[str], None]) -> Rollout:
    """Wait so long at most until the agents are ready and stay so, or never will be; tell how far they are.

    Raises `Failure` where that cannot be read.
    """
    vigil = _Vigil(kubectl, tell, time.monotonic())
    while True:
        found = _look(kubectl, selector)
        vigil.note(found)
        if vigil.is_over(found, seconds):
            return found
        time.sleep(PAUSE_SECONDS)


@dataclass
class _Vigil:
    """A wait for agents: what was told of it and when, and since when they are ready, if they are."""

    kubectl: Kubectl
    tell: Callable[[str], None]
    began: float
    told: str = ""
    told_at: float = 0.0
    ready_at: float | None = None

    def note(self, found: Rollout) -> None:
        """Tell what has changed, and now and then that nothing has."""
        now = time.monotonic()
        overdue = bool(self.told) and now >= self.told_at + TELL_SECONDS
        if found.state != self.told or overdue:
            self.told, self.told_at = found.state, now
            refusals = list(_refusals(self.kubectl))[:1] if overdue and found.incomplete else []
            state = "; ".join([found.state, *refusals])
            self.tell(f"waiting for Falco: {state} ({now - self.began:.0f} s)")

    def is_over(self, found: Rollout, seconds: float) -> bool:
        """Whether the agents have been ready for a while, cannot be, or have had their time."""
        now = time.monotonic()
        if not found.complete:
            self.ready_at = None
            return found.hopeless or now >= self.began + seconds
        self.ready_at = now if self.ready_at is None else self.ready_at
        return now >= self.ready_at + STEADY_SECONDS


def _look(kubectl: Kubectl, selector: str) -> Rollout:
    answer = patiently(lambda: kubectl.objects(rollout.KINDS, selector))
    if answer.code or answer.late:
        raise Failure(
            Reason.FALCO_NOT_READY,
            "Falco was installed, but whether it is ready could not be read.",
            command=answer.command,
            words="\n".join(words.errors(answer.err)) or answer.err,
            next_step="ask for a Role there: pods, daemonsets, deployments list; then run this again",
        )
    return rollout.read(json.loads(answer.out)["items"] if answer.out.strip() else [])


def explain(kubectl: Kubectl, selector: str, found: Rollout, seconds: float) -> Failure:
    """Say why the agents are not ready, in the words of the pods' own logs where those have some."""
    told = [line for pod in found.stuck for line in _tell(kubectl, pod)]
    refusals = list(_refusals(kubectl)) if found.incomplete else []
    kind = "pods" if found.created else "daemonsets,deployments"
    advice = [*_advise(found), *([_let_in(kubectl)] if refusals else [])] or [_LOOK]
    return Failure(
        Reason.FALCO_NOT_READY,
        _sentence(found, seconds),
        command=shlex.join(kubectl.argv("describe", kind, "--selector", selector)),
        words="\n".join([*told, *refusals]),
        next_step="; ".join([*advice, "then run this again"]),
    )


def _sentence(found: Rollout, seconds: float) -> str:
    if not found.workloads:
        return "Nothing that the chart has installed runs Falco."
    if not found.seen:
        return f"Falco was installed, but its agents were not created within {seconds:g} s."
    if not found.wanted:
        return "Falco was installed, but no node takes its agents."
    when = "" if found.hopeless else f" after {seconds:g} s"
    return f"Falco was installed, but only {found.ready} of {found.wanted} agents are ready{when}."


def _advise(found: Rollout) -> Iterator[str]:
    if not found.workloads:
        yield "name Falco's own chart with --chart"
    elif found.seen and not found.wanted:
        yield "look at nodeSelector, affinity and tolerations in the values"
    for reason in dict.fromkeys(pod.reason for pod in found.stuck):
        yield _ADVICE.get(reason) or REASONS[reason].advice or _LOOK


def _let_in(kubectl: Kubectl) -> str:
    name = kubectl.connection.namespace
    words = ("label", "namespace", name, "pod-security.kubernetes.io/enforce=privileged", "--overwrite")
    command = shlex.join(kubectl.within("").argv(*words))
    return f"mend what refuses the pods; where it is Pod Security, Falco's need: {command}"


def _tell(kubectl: Kubectl, pod: Stuck) -> Iterator[str]:
    """Say what is in a pod's way, and the last line of the container that has something to say about it."""
    yield pod.sentence
    if pod.container:
        answer = kubectl.end_of_log(pod.pod, pod.container, previous=pod.previous)
        lines = [line for line in answer.out.splitlines() if line.strip()]
        if lines:
            yield f"  the last line of its container {pod.container}: {lines[-1].strip()}"


def _refusals(kubectl: Kubectl) -> Iterator[str]:
    """Give what controllers say of pods that they cannot create, each once."""
    answer = kubectl.warnings(_NOT_CREATED)
    events = json.loads(answer.out)["items"] if not answer.code and not answer.late else []
    yield from dict.fromkeys(f"{event['involvedObject']['name']}: {event['message']}" for event in events)
