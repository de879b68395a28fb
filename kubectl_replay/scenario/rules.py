"""What must hold between the fields of a scenario, and between a scenario and its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kubectl_replay.scenario import filling
from kubectl_replay.scenario.declaration import declared
from kubectl_replay.scenario.notes import name
from kubectl_replay.scenario.spec import RESERVED_IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kubectl_replay.scenario.notes import Notes, Where
    from kubectl_replay.scenario.spec import Scenario

    Complaint = tuple[Where, str]

CONNECTION_FLAGS: Final = frozenset(
    {
        "--as", "--as-group", "--as-uid", "--certificate-authority", "--client-certificate", "--client-key",
        "--cluster", "--context", "--insecure-skip-tls-verify", "--kubeconfig", "--namespace", "-n",
        "--password", "--server", "-s", "--tls-server-name", "--token", "--user", "--username",
    }
)  # fmt: skip

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
            yield where, f"{name(where)}: {filling.undeclared(parameter, scenario)}"


def _trigger(scenario: Scenario) -> Iterator[Complaint]:
    kind, command = scenario.trigger.kind, scenario.trigger.command
    if kind == "script" and command:
        yield (
            ("trigger", "command"),
            "trigger.command is not used with kind script, which runs hooks.trigger",
        )
    if kind != "script" and not command:
        yield ("trigger", "command"), f"trigger.command is what kind {kind} runs: name its words"
    if scenario.trigger.stdin is not None and (scenario.trigger.tty or kind in {"pod-start", "script"}):
        what = "a terminal (nobody could end the input)" if scenario.trigger.tty else f"kind {kind}"
        yield ("trigger", "stdin"), f"trigger.stdin cannot be used with {what}"
    if scenario.trigger.tty and kind in {"pod-start", "kubectl", "script"}:
        yield ("trigger", "tty"), f"trigger.tty is for a command in the container, found kind {kind}"
    if kind == "kubectl":
        yield from _connection_flags(command)
    if kind != "script" and scenario.hooks.trigger:
        yield ("hooks", "trigger"), f"hooks.trigger is run only with trigger.kind script, found kind {kind}"


def _connection_flags(command: tuple[str, ...]) -> Iterator[Complaint]:
    """Refuse what would part the cluster that was judged from the one that is contacted."""
    mine = command[: command.index("--")] if "--" in command else command
    for index, word in enumerate(mine):
        if word.partition("=")[0] in CONNECTION_FLAGS:
            yield (
                ("trigger", "command", index),
                f"trigger.command: {word} is set by the run, not by a scenario",
            )


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
    _Rule(filling.are_known),
    _Rule(filling.are_declared, needs=(("parameters",),)),
    _Rule(
        filling.prove, needs=(("trigger", "kind"), ("trigger", "command"), ("trigger", "stdin")), deep=True
    ),
)
