"""What must hold for the placeholders of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kubectl_replay.scenario import keys, placeholders
from kubectl_replay.scenario.declaration import declared
from kubectl_replay.scenario.evidence import EvidenceKinds
from kubectl_replay.scenario.notes import name
from kubectl_replay.scenario.problem import short, some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.scenario.notes import Where
    from kubectl_replay.scenario.spec import Scenario

_GUESSES: Final = 20
_JOINED: Final = "{{replay.proof_a}}{{replay.proof_b}}"


def filled_texts(scenario: Scenario) -> Iterator[tuple[Where, str]]:
    """Give each text that placeholders are filled into, with its place."""
    for key in ("trigger", "control"):
        part = getattr(scenario, key)
        for field in declared(type(part)) if part else ():
            if field.declaration.placeholders:
                yield from _texts((key, field.name), getattr(part, field.name))
    filled = {kind.name for kind in declared(EvidenceKinds) if kind.declaration.placeholders}
    for index, evidence in enumerate(scenario.behavior.evidence):
        if evidence.kind in filled:
            yield from _texts(("behavior", "evidence", index, evidence.kind), evidence.value)


def are_known(scenario: Scenario) -> Iterator[tuple[Where, str]]:
    """Complain about what looks like a placeholder and is none."""
    known = [*placeholders.NAMES, *(f"set.{parameter}" for parameter in scenario.parameters), "pod_ip.NAME"]
    strangers = (
        (where, word) for where, words in filled_texts(scenario) for word in placeholders.unknown_names(words)
    )
    for number, (where, stranger) in enumerate(strangers):
        advice = _advice(stranger, known) if number < _GUESSES else ""
        yield where, f"{name(where)}: {{{{{short(stranger)}}}}} is no placeholder{advice}"


def are_declared(scenario: Scenario) -> Iterator[tuple[Where, str]]:
    """Complain about settings that are no parameters."""
    for where, words in filled_texts(scenario):
        for known in placeholders.names(words):
            family, _, parameter = known.partition(".")
            if family == "set" and parameter not in scenario.parameters:
                yield where, f"{name(where)}: {undeclared(parameter, scenario)}"


def prove(scenario: Scenario) -> Iterator[tuple[Where, str]]:
    """Complain about a proof that the trigger cannot give, or that its own words give away."""
    words = "\0".join([*scenario.trigger.command, scenario.trigger.stdin or ""])
    for index, evidence in enumerate(scenario.behavior.evidence):
        where = ("behavior", "evidence", index, "proof")
        if evidence.kind != "proof" or scenario.trigger.kind == "script":
            continue
        if not {"proof_a", "proof_b"} <= set(placeholders.names(words)):
            yield where, "proof needs {{replay.proof_a}} and {{replay.proof_b}} in the trigger's words"
        elif _JOINED in words:
            yield (
                where,
                "proof_a and proof_b stand joined in the trigger's words; the container must join them",
            )


def undeclared(parameter: str, scenario: Scenario) -> str:
    """Say that a scenario has no such parameter."""
    known = some(scenario.parameters) or "none"
    return f"'{short(parameter)}' is no parameter of this scenario (declared under 'parameters': {known})"


def _texts(where: Where, value: object) -> Iterator[tuple[Where, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, tuple):
        yield from (((*where, index), words) for index, words in enumerate(value))
    elif isinstance(value, dict):
        yield from (((*where, key), words) for key, words in value.items())


def _advice(stranger: str, known: list[str]) -> str:
    word = stranger.strip().removeprefix("replay.").strip()
    meant = word if word in known else keys.nearest(word, known)
    return f"; did you mean {{{{replay.{meant}}}}}?" if meant else f"; the names are {some(known)}"
