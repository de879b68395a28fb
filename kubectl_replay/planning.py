"""The plan of a run: its calls and its objects, built by what builds them for the run itself."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from kubectl_replay import ownership
from kubectl_replay.errors import Failure
from kubectl_replay.kubectl import create_words, delete_words, watch_words
from kubectl_replay.phases.deploy import rendered
from kubectl_replay.phases.trigger import exec_call
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Plan, Status

if TYPE_CHECKING:
    from kubectl_replay.run import Run

FOLDER = "FOLDER"
"""Stands for the folder that would hold the kustomization."""


def plan(run: Run) -> Status:
    """Write down what the phases after preflight would do."""
    with rendered(run) as folder:
        answer = run.kubectl.kustomize(folder)
    if answer.code or answer.late:
        raise Failure.of(Reason.MANIFEST_REFUSED, answer)
    kubectl = run.kubectl
    made = [f"{item.kind.lower()}/{item.name}-{run.identity.run}" for item in run.objects]
    calls = (
        kubectl.argv(*watch_words(ownership.selector(run=run.identity.run))),
        kubectl.request(*create_words(FOLDER)),
        kubectl.exec_argv(exec_call(run)),
        kubectl.request(*delete_words(made)),
    )
    run.plan = Plan(tuple(map(shlex.join, calls)), answer.out)
    return Status.PASS
