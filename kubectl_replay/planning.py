"""The plan of a run: its calls and its objects, built by what builds them for the run itself."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from kubectl_replay import ownership
from kubectl_replay.errors import Failure
from kubectl_replay.kubectl.workload import create_words, delete_words, watch_words
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Plan, Status
from kubectl_replay.scenario.placeholders import fill
from kubectl_replay.triggers.exec import exec_call

if TYPE_CHECKING:
    from kubectl_replay.run import Run

FOLDER = "FOLDER"
"""Stands for the folder that would hold the kustomization."""


def plan(run: Run) -> Status:
    """Write down what the phases after preflight would do."""
    answer = run.kubectl.kustomize(run.folder)
    if answer.code or answer.late:
        raise Failure.of(Reason.MANIFEST_REFUSED, answer)
    kubectl = run.kubectl
    made = [f"{item.kind.lower()}/{item.name}-{run.identity.run}" for item in run.objects]
    calls = (
        kubectl.argv(*watch_words(ownership.selector(scenario=run.scenario.id))),
        kubectl.request(*create_words(FOLDER, validate=run.needs_validation)),
        *_trigger(run),
        *_scripts(run, run.scenario.hooks.verify, run.scenario.hooks.cleanup),
        kubectl.request(*delete_words(made)),
    )
    run.plan = Plan(tuple(map(shlex.join, calls)), without_secrets(answer.out))
    return Status.PASS


def without_secrets(manifests: str) -> str:
    """Take the values out of the Secrets among rendered manifests."""
    documents = re.split(r"^---\n", manifests, flags=re.MULTILINE)
    return "---\n".join(map(_masked, documents))


def _masked(text: str) -> str:
    import yaml  # noqa: PLC0415 - 30 ms

    body = yaml.safe_load(text)
    if not isinstance(body, dict) or body.get("kind") != "Secret":
        return text
    for key in {"data", "stringData"} & body.keys():
        body[key] = dict.fromkeys(body[key] or {}, "(not shown)")
    return str(yaml.safe_dump(body, sort_keys=False))


def _trigger(run: Run) -> list[tuple[str, ...]]:
    """Give the call that sets the behavior off; a pod's start needs none but a look at its log."""
    trigger, kubectl = run.scenario.trigger, run.kubectl
    if trigger.kind == "script":
        return _scripts(run, run.scenario.hooks.trigger)
    if trigger.kind == "kubectl":
        return [kubectl.argv(*(fill(word, run.values) for word in trigger.command))]
    if trigger.kind == "pod-start":
        return [kubectl.argv("logs", "--follow", run.pod, "-c", run.scenario.workload.container)]
    return [kubectl.exec_argv(exec_call(run))]


def _scripts(run: Run, *names: str | None) -> list[tuple[str, ...]]:
    return [(str(run.scenario.folder / name),) for name in names if name]
