"""What Falco answers when it is asked: its rules and its configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kubectl_replay.doctor.finding import Finding, explain, fail, not_made, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_replay.backends.agent_log import Reading
    from kubectl_replay.backends.diagnosis import Answer
    from kubectl_replay.detection.falco_rules import Configuration
    from kubectl_replay.detection.fleet import Fleet

EXEC_ROLE: Final = "ask for a Role in the namespace {}: pods/exec create, get"
NOTICE: Final = "Notice"
"""The priority of most of Falco's own rules for containers."""


@dataclass(frozen=True)
class Asked:
    """What one agent answered for all that have its configuration, and what the logs of these told."""

    fleet: Fleet
    answer: Answer
    readings: Sequence[Reading]

    @property
    def name(self) -> str:
        """The agent that was asked."""
        return f"{self.fleet.spokesman.namespace}/{self.fleet.spokesman.pod}"

    @property
    def printed(self) -> str:
        """How the alerts of the logs were printed, empty where there was none."""
        return next((reading.log.mode for reading in self.readings if reading.log.mode), "")

    @property
    def alerts(self) -> int:
        """How many alerts the logs have."""
        return sum(reading.alerts for reading in self.readings)


def examine(asked: Asked) -> Iterator[Finding]:
    """Look at the rules and the configuration."""
    yield judge_rules(asked)
    yield judge_output(asked)
    yield judge_stdout(asked)
    configuration = asked.answer.configuration
    if configuration:
        yield judge_priority(asked, configuration)
        yield judge_matching(configuration)
    else:
        yield not_made("minimum priority", *_unread(asked))
        yield not_made("rule_matching", *_unread(asked))


def judge_rules(asked: Asked) -> Finding:
    """Say how many rules Falco has loaded."""
    answer = asked.answer
    if answer.failed:
        return not_made("rules", *_unread(asked))
    if not answer.rules:
        return not_made("rules", "the answer of `falco -L` names no rule", "try it in the agent's container")
    off = sum(rule.enabled is False for rule in answer.rules)
    means = f"as `falco -L` in {asked.name} says, which may raise alerts of its own"
    return ok("rules", f"{len(answer.rules)} loaded{f', {off} of them disabled' if off else ''}, {means}")


def judge_output(asked: Asked) -> Finding:
    """Say how alerts are printed: as they are in the log, else as the configuration has it."""
    configuration = asked.answer.configuration
    said = {True: "json", False: "text", None: ""}[configuration.json if configuration else None]
    mode = asked.printed or said
    if mode == "json":
        return ok("output", "JSON, which names the rule")
    fix = "set json_output: true in falco.yaml (chart: --set falco.json_output=true)"
    if mode == "text":
        return warn("output", "text, which cannot name the rule: alerts are known by how they begin", fix)
    if configuration:
        return warn("output", "text, because falco.yaml says nothing else: it cannot name the rule", fix)
    return not_made("output", *_unread(asked))


def judge_stdout(asked: Asked) -> Finding:
    """Say whether alerts are printed to stdout, where `kubectl logs` finds them."""
    configuration, fix = asked.answer.configuration, "set stdout_output.enabled: true in falco.yaml"
    if configuration and configuration.stdout is False:
        return fail("stdout_output", "it is switched off, so that no log shows an alert", fix)
    if configuration and configuration.stdout:
        return ok("stdout_output", "alerts are printed to stdout")
    if asked.alerts:
        return ok("stdout_output", "alerts are printed to stdout: the log has some")
    if configuration:
        return not_made("stdout_output", "falco.yaml says nothing of it", fix)
    return not_made("stdout_output", *_unread(asked))


def judge_priority(asked: Asked, configuration: Configuration) -> Finding:
    """Say whether the minimum priority silences rules."""
    least, fix = configuration.priority or "debug", "lower priority in falco.yaml"
    hidden = [rule for rule in asked.answer.rules if configuration.hides(rule.priority)]
    if hidden:
        message = f"{least}: {len(hidden)} of {len(asked.answer.rules)} rules are below it and never speak"
        return warn("minimum priority", message, fix)
    if configuration.hides(NOTICE):
        return warn("minimum priority", f"{least}: rules of the priority {NOTICE} never speak", fix)
    return ok("minimum priority", least)


def judge_matching(configuration: Configuration) -> Finding:
    """Say which rules speak of an event that several match."""
    if configuration.matching == "all":
        return ok("rule_matching", "all: every rule that matches an event speaks")
    return ok("rule_matching", "first: of the rules that match an event only the first speaks")


def _unread(asked: Asked) -> tuple[str, str]:
    """Return why something is not known, and what to do."""
    if asked.answer.failed:
        why = f"{asked.name} could not be asked: {explain(asked.answer.failed)}"
        return why, EXEC_ROLE.format(asked.fleet.spokesman.namespace)
    return f"the configuration of {asked.name} could not be read", "see that its container has falco.yaml"
