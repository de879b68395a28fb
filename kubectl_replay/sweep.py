"""The `cleanup` command's work: remove what earlier runs left in a namespace, and an empty one of ours."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kubectl_replay import ownership, words
from kubectl_replay.errors import Failure
from kubectl_replay.leftovers import Leftover, Life, foreign, group
from kubectl_replay.reasons import Reason
from kubectl_replay.removal import remove

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed


@dataclass
class Sweep:
    """A sweep of one namespace: `lines` tell what was done, `left` whether anything of ours stays."""

    kubectl: Kubectl
    force: bool = False
    lines: list[str] = field(default_factory=list)
    left: bool = False

    @property
    def namespace(self) -> str:
        """The namespace that is swept."""
        return self.kubectl.connection.namespace

    def say(self, what: str, line: str) -> None:
        """Tell one thing that was done or found."""
        self.lines.append(f"{what:<9} {line}")


def list_kinds(kubectl: Kubectl) -> tuple[str, ...]:
    """List the kinds an object of ours may have; events are nobody's and go by themselves."""
    named = _checked(kubectl.kinds()).out.split()
    return tuple(kind for kind in named if not kind.startswith("events"))


def sweep(work: Sweep, kinds: Sequence[str], scenario: str | None = None) -> None:
    """Remove finished, kept and overdue objects of one scenario or of all, live ones only by force.

    For all scenarios the namespace goes too, if it is ours and nothing foreign is in it. Raises `Failure`
    when the API server does not answer or does not say what there is.
    """
    for leftover in _leftovers(work, kinds, scenario):
        _remove(work, leftover)
    if scenario is None and not work.left:
        _remove_namespace(work, kinds)


def _checked(answer: Completed) -> Completed:
    if answer.code == 0 and not answer.late:
        return answer
    meaning = words.read(answer.err)
    raise Failure.of(meaning if isinstance(meaning, Reason) else Reason.CLUSTER_UNREACHABLE, answer)


def _leftovers(work: Sweep, kinds: Sequence[str], scenario: str | None) -> tuple[Leftover, ...]:
    """List what is ours; kinds that this user may not list are named, pods are not optional."""
    answer = work.kubectl.objects(kinds, ownership.selector(scenario=scenario or ""))
    refused = sorted(_forbidden(answer.err))
    only_refused = not answer.late and len(words.errors(answer.err)) == len(refused)
    if answer.code and ("pods" in refused or not only_refused):
        _checked(answer)
    if refused:
        work.say("unseen", f"not allowed to list {', '.join(refused)} in {work.namespace}")
    items = json.loads(answer.out)["items"] if answer.out.strip() else []
    return group(items, datetime.now(UTC))


def _forbidden(stderr: str) -> Iterator[str]:
    yield from re.findall(r"\(Forbidden\): (\S+) is forbidden", stderr)


def _remove(work: Sweep, leftover: Leftover) -> None:
    what = f"run {leftover.run} of {leftover.scenario}: {', '.join(leftover.names)}"
    if leftover.life is Life.LIVE and not work.force:
        work.left = True
        work.say("live", f"{what} (--force removes it)")
        return
    command = shlex.join(work.kubectl.argv("delete", *leftover.names))
    done = remove(work.kubectl, leftover.names, command)
    work.left = work.left or done.status != "clean"
    work.say("removed" if done.status == "clean" else done.status, what)
    if done.status != "clean":
        work.lines += [f"  {line}" for line in [*done.message.splitlines(), f"to remove it: {done.command}"]]


def _remove_namespace(work: Sweep, kinds: Sequence[str]) -> None:
    """Delete the namespace if it carries our label and holds nothing but what every namespace has."""
    answer = work.kubectl.read_namespace(work.namespace)
    if answer.code or not answer.out.strip():
        if answer.code:
            work.say("kept", f"namespace {work.namespace}: {_why(answer)}")
        return
    labels = json.loads(answer.out)["metadata"].get("labels", {})
    if not ownership.MANAGED_BY.items() <= labels.items():
        work.say("kept", f"namespace {work.namespace}: kubectl-replay did not create it")
        return
    inside = work.kubectl.everything(kinds)
    others = foreign(inside.out.split())
    if inside.code or others:
        why = ", ".join(others) or _why(inside)
        work.say("kept", f"namespace {work.namespace}: {why}")
        return
    _delete_namespace(work)


def _why(answer: Completed) -> str:
    return f"what it is could not be read: {' '.join(answer.err.split()) or 'no answer'}"


def _delete_namespace(work: Sweep) -> None:
    name = f"namespace/{work.namespace}"
    command = shlex.join(work.kubectl.argv("delete", name))
    done = remove(work.kubectl, [name], command)
    work.left = done.status != "clean"
    work.say("removed" if done.status == "clean" else done.status, f"namespace {work.namespace}")
    work.lines += [f"  {line}" for line in done.message.splitlines()]
