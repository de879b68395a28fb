"""What must hold between the fields of a scenario, and between a scenario and its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kubectl_replay.scenario import keys, placeholders
from kubectl_replay.scenario.declaration import declared
from kubectl_replay.scenario.evidence import EvidenceKinds
from kubectl_replay.scenario.notes import name
from kubectl_replay.scenario.spec import RESERVED_IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_replay.scenario.notes import Notes, Where
    from kubectl_replay.scenario.spec import Scenario

    Complaint = tuple[Where, str]

SCRIPTS: Final = ("trigger.sh", "verify.sh", "cleanup.sh")


def check(scenario: Scenario, notes: Notes) -> None:
    """Note what is wrong; what is broken already is not complained about twice."""
    complaints = [
        (where, message)
        for rule in _RULES
        if all(notes.whole(need) if rule.deep else notes.sound(need) for need in rule.needs)
        for where, message in rule.complaints(scenario)
        if notes.sound(where)
    ]
    for where, message in complaints:
        notes.complain(where, message)


def unused_scripts(scenario: Scenario) -> tuple[str, ...]:
    """Give the one notice about scripts that lie in the folder and that no run executes, or nothing."""
    hooks = scenario.hooks
    used = {hooks.trigger, hooks.verify, hooks.cleanup}
    unused = [script for script in SCRIPTS if script not in used and (scenario.folder / script).is_file()]
    if not unused:
        return ()
    return (f"{scenario.id}: a run executes only what 'hooks' names, and so not {', '.join(unused)}",)


def _id(scenario: Scenario) -> Iterator[Complaint]:
    here = scenario.folder
    folder = here.name if here.name not in ("", "..") else here.resolve().name
    if scenario.id in RESERVED_IDS:
        yield ("id",), f"id is '{scenario.id}', which is the name of a command"
    elif scenario.id != folder:
        yield ("id",), f"id is '{scenario.id}', but the folder is '{folder}': they must be the same"


def _files(scenario: Scenario) -> Iterator[Complaint]:
    for index, manifest in enumerate(scenario.deploy.manifests):
        yield from _file(scenario, ("deploy", "manifests", index, "path"), manifest.path)
    for hook in declared(type(scenario.hooks)):
        path = getattr(scenario.hooks, hook.name)
        if path is not None:
            yield from _file(scenario, ("hooks", hook.name), path)


def _file(scenario: Scenario, where: Where, path: str) -> Iterator[Complaint]:
    folder = scenario.folder.resolve()
    try:
        target = (folder / path).resolve()
        inside, exists = target.is_relative_to(folder), target.is_file()
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a symlink to itself
        yield where, f"{name(where)} cannot be looked at: {error}"
        return
    if path.startswith("/") or not inside or ".." in path.split("/"):
        yield where, f"{name(where)} must lie in the scenario's folder, found '{path}'"
    elif not exists:
        yield where, f"{name(where)}: there is no file '{path}' in the scenario's folder"


def _when(scenario: Scenario) -> Iterator[Complaint]:
    for index, manifest in enumerate(scenario.deploy.manifests):
        parameter = (manifest.when or "").partition("=")[0]
        if manifest.when and parameter not in scenario.parameters:
            where = ("deploy", "manifests", index, "when")
            yield where, f"{name(where)}: {_undeclared(parameter, scenario)}"


def _trigger(scenario: Scenario) -> Iterator[Complaint]:
    kind, command = scenario.trigger.kind, scenario.trigger.command
    if kind == "script" and command:
        yield (
            ("trigger", "command"),
            "trigger.command is not used with kind script, which runs hooks.trigger",
        )
    if kind != "script" and not command:
        yield ("trigger", "command"), f"trigger.command is what kind {kind} runs: name its words"
    if kind != "script" and scenario.hooks.trigger:
        yield ("hooks", "trigger"), f"hooks.trigger is run only with trigger.kind script, found kind {kind}"


def _placeholders(scenario: Scenario) -> Iterator[Complaint]:
    for where, words in filled_texts(scenario):
        for stranger in placeholders.unknown_names(words):
            yield where, f"{name(where)}: {_no_placeholder(stranger, scenario)}"


def _settings(scenario: Scenario) -> Iterator[Complaint]:
    for where, words in filled_texts(scenario):
        for known in placeholders.names(words):
            family, _, parameter = known.partition(".")
            if family == "set" and parameter not in scenario.parameters:
                yield where, f"{name(where)}: {_undeclared(parameter, scenario)}"


def _proof(scenario: Scenario) -> Iterator[Complaint]:
    words = "\0".join([*scenario.trigger.command, scenario.trigger.stdin or ""])
    for index, evidence in enumerate(scenario.behavior.evidence):
        if evidence.kind != "proof" or scenario.trigger.kind == "script":
            continue
        where = ("behavior", "evidence", index, "proof")
        if not {"proof_a", "proof_b"} <= set(placeholders.names(words)):
            yield (
                where,
                "proof needs {{replay.proof_a}} and {{replay.proof_b}} in the trigger's words",
            )
        elif "{{replay.proof_a}}{{replay.proof_b}}" in words:
            yield (
                where,
                "proof_a and proof_b stand joined in the trigger's words: the container must join them",
            )


def filled_texts(scenario: Scenario) -> Iterator[Complaint]:
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


def _texts(where: Where, value: object) -> Iterator[Complaint]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, tuple):
        yield from (((*where, index), words) for index, words in enumerate(value))
    elif isinstance(value, dict):
        yield from (((*where, key), words) for key, words in value.items())


def _no_placeholder(stranger: str, scenario: Scenario) -> str:
    known = [*placeholders.NAMES, *(f"set.{parameter}" for parameter in scenario.parameters), "pod_ip.NAME"]
    word = stranger.strip().removeprefix("replay.").strip()
    meant = word if word in known else keys.nearest(word, known)
    advice = f"did you mean {{{{replay.{meant}}}}}?" if meant else f"the names are {', '.join(known)}"
    return f"{{{{{stranger}}}}} is no placeholder; {advice}"


def _undeclared(parameter: str, scenario: Scenario) -> str:
    known = ", ".join(scenario.parameters) or "none"
    return f"'{parameter}' is no parameter of this scenario (declared under 'parameters': {known})"


class _Rule(NamedTuple):
    """`needs` must be sound for the rule to make sense; deep: with everything below."""

    complaints: Callable[[Scenario], Iterator[Complaint]]
    needs: tuple[Where, ...] = ()
    deep: bool = False


_RULES: Final = (
    _Rule(_id),
    _Rule(_files),
    _Rule(_when, needs=(("parameters",),)),
    _Rule(_trigger, needs=(("trigger", "kind"),)),
    _Rule(_placeholders),
    _Rule(_settings, needs=(("parameters",),)),
    _Rule(_proof, needs=(("trigger", "kind"), ("trigger", "command"), ("trigger", "stdin")), deep=True),
)
