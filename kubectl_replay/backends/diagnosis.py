"""Asking Falco itself, by a command in its container: that raises alerts of its own, so only on request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.check import Check
from kubectl_replay.detection.falco_rules import Configuration, parse_configuration, parse_rules
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.rules_file import DISABLED
from kubectl_replay.kubectl import Exec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_replay.detection.agents import Agent
    from kubectl_replay.detection.falco_rules import Rule
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed
    from kubectl_replay.scenario.detection import FalcoExpectation

ASK_SECONDS: Final = 30.0
"""How long Falco may take to load its rules once more."""

LIST_RULES: Final = ("falco", "-L", "-o", "json_output=true")
CONFIGURATION: Final = "/etc/falco/falco.yaml"


@dataclass(frozen=True)
class Answer:
    """What Falco said of itself; `failed` is kubectl's answer where it could not be asked.

    `configuration` is None where one of its files could not be read.
    """

    rules: tuple[Rule, ...] = ()
    configuration: Configuration | None = None
    failed: Completed | None = None


def ask(kubectl: Kubectl, agent: Agent, more: Sequence[str] = ()) -> Answer:
    """Ask an agent for its rules and its configuration; `more` are files that add to falco.yaml."""
    listed = _run(kubectl, agent, LIST_RULES)
    if listed.code or listed.late:
        return Answer(failed=listed)
    return Answer(parse_rules(listed.out), _configuration(kubectl, agent, (CONFIGURATION, *more)))


def _configuration(kubectl: Kubectl, agent: Agent, files: Sequence[str]) -> Configuration | None:
    """Read files, of which each later one is stronger."""
    whole = Configuration()
    for file in files:
        read = _run(kubectl, agent, ("cat", file))
        found = None if read.code or read.late else parse_configuration(read.out)
        if found is None:
            return None
        whole = whole.under(found)
    return whole


def _run(kubectl: Kubectl, agent: Agent, words: tuple[str, ...]) -> Completed:
    return kubectl.within(agent.namespace).exec(Exec(agent.pod, agent.container, words, ASK_SECONDS))


def checks(answer: Answer, expectation: FalcoExpectation) -> Iterator[Check]:
    """Say what explains silence: the rule, its source, the minimum priority, the output."""
    if answer.failed or not answer.rules:
        said = answer.failed.err.strip() if answer.failed else "the answer of `falco -L` names no rule"
        yield Check(Missed.RULE_NOT_LOADED, passed=None, words=said)
    if answer.failed or not answer.rules or not expectation.rules:
        return
    loaded = [rule for rule in answer.rules if rule.name in expectation.rules]
    enabled = [rule for rule in loaded if rule.enabled is not False]
    said = DISABLED if loaded else f"not among the {len(answer.rules)} rules that are loaded"
    yield Check(Missed.RULE_NOT_LOADED, passed=bool(enabled), words="" if enabled else said)
    if enabled:  # Falco leaves the rules out whose source no plugin has
        yield Check(Missed.SOURCE_NOT_LOADED, passed=True)
    configuration = answer.configuration
    if configuration is None:
        yield Check(Missed.MINIMUM_PRIORITY, passed=None, words=f"{CONFIGURATION} cannot be read")
        return
    if configuration.stdout is False:
        yield Check(Missed.STDOUT_OUTPUT_OFF, passed=False, words="stdout_output.enabled: false")
    hidden = [configuration.hides(rule.priority) for rule in enabled]
    if enabled:
        least = f"minimum {configuration.priority or '?'}, the rule has {enabled[0].priority or '?'}"
        known = None not in hidden
        yield Check(Missed.MINIMUM_PRIORITY, passed=not all(hidden) if known else None, words=least)
