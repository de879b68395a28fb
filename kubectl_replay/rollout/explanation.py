"""What is said of agents that did not get ready: what is in their way, and what to do about it."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Final

from kubectl_replay.errors import Failure
from kubectl_replay.reasons import REASONS, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.rollout.state import Rollout
    from kubectl_replay.rollout.stuck import Stuck

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


def explain(kubectl: Kubectl, selector: str, found: Rollout, seconds: float) -> Failure:
    """Say why the agents are not ready, in the words of the pods' own logs where those have some."""
    told = [line for pod in found.stuck or found.restarted for line in _tell(kubectl, pod)]
    refused = list(refusals(kubectl)) if found.incomplete else []
    kind = "pods" if found.created else "daemonsets,deployments"
    advice = [*_advise(found), *([_let_in(kubectl)] if refused else [])] or [_LOOK]
    return Failure(
        Reason.FALCO_NOT_READY,
        _sentence(found, seconds),
        command=shlex.join(kubectl.argv("describe", kind, "--selector", selector)),
        words="\n".join([*told, *refused]),
        next_step="; ".join([*advice, "then run this again"]),
    )


def _sentence(found: Rollout, seconds: float) -> str:
    if not found.workloads:
        return "Nothing that the chart has installed runs Falco."
    if not found.seen:
        return f"Falco was installed, but its agents were not created within {seconds:g} s."
    if not found.wanted:
        return "Falco was installed, but no node takes its agents."
    if found.complete:
        return f"Falco was installed, but its agents do not stay ready (waited {seconds:g} s)."
    when = "" if found.hopeless else f" after {seconds:g} s"
    return f"Falco was installed, but only {found.ready} of {found.wanted} agents are ready{when}."


def _advise(found: Rollout) -> Iterator[str]:
    if not found.workloads:
        yield "name Falco's own chart with --chart"
    elif found.seen and not found.wanted:
        yield "look at nodeSelector, affinity and tolerations in the values"
    for reason in dict.fromkeys(pod.reason for pod in found.stuck or found.restarted):
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


def refusals(kubectl: Kubectl) -> Iterator[str]:
    """Give what controllers say of pods that they cannot create, each once."""
    answer = kubectl.warnings(_NOT_CREATED)
    events = json.loads(answer.out)["items"] if not answer.code and not answer.late else []
    yield from dict.fromkeys(f"{event['involvedObject']['name']}: {event['message']}" for event in events)
