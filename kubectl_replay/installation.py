"""A Falco of our own: installed by helm with a mark among its values, changed only where the mark is."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kubectl_replay import guard, words
from kubectl_replay.chart import Chart, Values
from kubectl_replay.cluster import IN_CLUSTER
from kubectl_replay.detection import agents
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason
from kubectl_replay.rollout import waiting
from kubectl_replay.rollout.explanation import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.helm import Helm
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.rollout.state import Rollout

VARIABLE: Final = "FALCO_NAMESPACE"
NAMESPACE: Final = "falco"
RELEASE: Final = "falco"
SELECTOR: Final = f"app.kubernetes.io/instance={RELEASE}"
"""What Falco's chart, and most others, label the objects of a release with."""

PUBLISHED: Final = Chart("falco", "9.1.0", "https://falcosecurity.github.io/charts")
"""The chart, with Falco 0.44.1 in it."""

DEFAULTS: Final[Mapping[str, object]] = {
    "driver": {"kind": "modern_ebpf"},
    "tty": True,
    "falco": {"json_output": True},
}
"""The driver that needs nothing built, alerts without delay, and alerts that name their rule."""

MARK: Final = ("kubectl-replay/setup", "falco")
"""Among the values, where helm 3 and 4 both keep it and give it back; no chart knows it."""


def namespace(environ: Mapping[str, str]) -> str:
    """Return the namespace that Falco is in, or is to be in."""
    return environ.get(VARIABLE) or NAMESPACE


@dataclass(frozen=True)
class Installation:
    """Falco in one namespace of a cluster, installed or not; kubectl and helm are pinned to both."""

    kubectl: Kubectl
    helm: Helm

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.kubectl.connection.namespace

    @property
    def removal(self) -> str:
        """The command with which a person removes it."""
        return self.helm.removal(RELEASE)

    def prepare(self, *, yes: bool) -> frozenset[str]:
        """Return the names of the pods that it has already; changes nothing.

        Raises `Failure` where nothing may be installed, or where that cannot be known.
        """
        self.helm.require()
        self._confirm(yes=yes)
        return self._check()

    def _confirm(self, *, yes: bool) -> None:
        context = self.kubectl.connection.context
        if not yes and not guard.is_local(context):
            sentence = (
                f'The context "{context or IN_CLUSTER}" is not a local cluster\'s, and Falco is privileged'
                " on every node. Nothing was changed."
            )
            raise Failure(Reason.SETUP_NOT_CONFIRMED, sentence)

    def _check(self) -> frozenset[str]:
        """Look for any Falco that is not ours; return the pods of the one that is."""
        found = _find(self.kubectl.within(""))
        values = self.helm.values(RELEASE)
        marked = values is not None and values.get(MARK[0]) == MARK[1]
        foreign = [agent for agent in found if not (marked and self._is_of_release(agent))]
        if foreign:
            ours = f'the one that `kubectl replay setup falco` has in the namespace "{self.namespace}"'
            sentence = f"A Falco is there already, and it is not {ours}."
            raise _present(sentence, _places(foreign), foreign[0].namespace)
        if values is not None and not marked:
            where = f'The Helm release "{RELEASE}" in the namespace "{self.namespace}"'
            raise _present(f"{where} is not of `kubectl replay setup falco`.", [], self.namespace)
        return frozenset(agent.pod for agent in found)

    def _is_of_release(self, agent: Agent) -> bool:
        return (agent.namespace, agent.release) == (self.namespace, RELEASE)

    def install(self, chart: Chart, values: Values) -> None:
        """Install it, or make it what it would be if it were installed now. Raises `Failure`."""
        if not chart.repository:
            return self.helm.install(RELEASE, chart, values)
        with tempfile.TemporaryDirectory(prefix="kubectl-replay-") as folder:
            return self.helm.install(RELEASE, self.helm.fetch(chart, Path(folder)), values)

    def wait(self, seconds: float, tell: Callable[[str], None], known: Collection[str] = ()) -> Rollout:
        """Wait until its agents are ready. Raises `Failure`, with the reasons, where they are not."""
        found = waiting.wait(self.kubectl, SELECTOR, seconds, tell, known)
        if not found.steady:
            raise explain(self.kubectl, SELECTOR, found, seconds)
        return found


def _find(kubectl: Kubectl) -> tuple[Agent, ...]:
    """Find the agents among all pods: an operator's have no label of the chart's, and must not be missed."""
    with kubectl.list_pods() as answer:
        answered = answer()
    if answered.code or answered.late:
        meaning = words.read(answered.err)
        if meaning is Reason.RBAC_DENIED:
            meaning = Reason.BACKEND_DISCOVERY_DENIED
        raise Failure.of(meaning if isinstance(meaning, Reason) else Reason.CLUSTER_UNREACHABLE, answered)
    return agents.find(json.loads(answered.out)["items"])


def _places(foreign: Iterable[Agent]) -> Iterator[str]:
    """Say where agents are and what made them, a line for each of those."""
    places = Counter((agent.namespace, agent.owner or f"Pod/{agent.pod}", agent.release) for agent in foreign)
    for (where, owner, release), count in places.items():
        told = f", Helm release {release}" if release else ""
        yield f"namespace {where}: {owner}{told}, {count} pod{'s' if count > 1 else ''}"


def _present(sentence: str, places: Iterable[str], where: str) -> Failure:
    return Failure(
        Reason.FALCO_ALREADY_INSTALLED,
        f"{sentence} Nothing was changed.",
        words="\n".join(places),
        next_step=f"use it as it is, with {VARIABLE}={where}; or uninstall it, and run this again",
    )
