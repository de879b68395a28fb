"""Deploy: create the run's objects, with the watch over its pods opened beside."""

from __future__ import annotations

import re
import shlex
import time
from typing import TYPE_CHECKING

from kubectl_replay import clocks, manifests, ownership, words
from kubectl_replay.errors import Failure
from kubectl_replay.interruption import INTERRUPTION
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Status
from kubectl_replay.reuse import reuse
from kubectl_replay.watch import PodWatch
from kubectl_replay.words import Word

if TYPE_CHECKING:
    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run

SERVICE_ACCOUNT_SECONDS = 10.0
"""A new namespace has its `default` service account about a second after it exists."""


def deploy(run: Run) -> Status:
    """Create everything the scenario describes, and the namespace if there is none."""
    if run.request.detection and run.cluster:
        from kubectl_replay.backends.detectors import Detectors  # noqa: PLC0415 - who asks none need not wait

        run.detectors = Detectors(run.kubectl, run.cluster, run.request, run.scenario)
    if run.request.fast:
        starts = run.scenario.trigger.kind == "pod-start"  # then a new start is the behavior
        if not starts and reuse(run):
            return Status.SKIP
        run.notices.append("there is nothing to reuse: a new workload is deployed, and kept")
    run.watch = PodWatch(run.kubectl, ownership.selector(scenario=run.scenario.id))
    run.watch.open()
    _create(run)
    if run.rendered:
        run.rendered.cleanup()  # a killed run leaves no folder behind from here on
    return Status.PASS


def _create(run: Run) -> None:
    """Create the objects; where the namespace or its service account is missing, see to it and try again."""
    namespace_made = False
    deadline = time.monotonic() + SERVICE_ACCOUNT_SECONDS
    while True:
        answer = _try_to_create(run)
        meaning = words.read(answer.err)
        if answer.code == 0 or _exist_already(answer, run):
            return
        if meaning is Word.NAMESPACE_MISSING and not namespace_made:
            _create_namespace(run)
            namespace_made = True
        elif meaning is Word.SERVICE_ACCOUNT_MISSING and time.monotonic() < deadline:
            time.sleep(0.2)
        else:
            raise _failure(run, answer)


def _try_to_create(run: Run) -> Completed:
    """Ask once. Until the answer is there, and where it leaves doubt, anything may have been made."""
    INTERRUPTION.check()
    run.created.sent = True
    run.created_at = run.created_at or clocks.now()
    before, run.created.certain = run.created.certain, False
    answer = run.kubectl.create(run.folder, len(run.objects), validate=run.needs_validation)
    made = re.findall(r"^(\S+) created$", answer.out, re.MULTILINE)
    run.created.names = (*run.created.names, *made)
    refused = bool(words.errors(answer.err)) and words.are_refusals(answer.err)
    run.created.certain = before and not answer.late and (answer.code == 0 or refused)
    unreachable = answer.late or words.read(answer.err) is Reason.CLUSTER_UNREACHABLE
    run.server_answered = run.server_answered or bool(made) or not unreachable
    INTERRUPTION.check()
    return answer


def _exist_already(answer: Completed, run: Run) -> bool:
    """Whether a second try met only what the first one made: no one else knows this run's names."""
    return bool(run.created.names) and words.are_all(Word.ALREADY_EXISTS, answer.err)


def _create_namespace(run: Run) -> None:
    """Create the namespace as ours; another run may just have done the same."""
    privileged = run.scenario.safety == "privileged"
    labels = ownership.MANAGED_BY | (ownership.PRIVILEGED if privileged else {})
    answer = run.kubectl.create_namespace(run.namespace, labels)
    INTERRUPTION.check()
    if answer.code and words.read(answer.err) is not Word.ALREADY_EXISTS:
        raise _failure(run, answer)


def _failure(run: Run, answer: Completed) -> Failure:
    """Say why nothing could be created; the command to paste asks the same and changes nothing."""
    meaning = words.read(answer.err)
    reason = meaning if isinstance(meaning, Reason) else Reason.CREATE_FAILED
    if answer.late or meaning is Reason.CLUSTER_UNREACHABLE:
        reason = Reason.CONNECTION_LOST if run.server_answered else Reason.CLUSTER_UNREACHABLE
    return Failure.of(reason, answer, command=_same_question(run))


def _same_question(run: Run) -> str:
    """Return a command that asks the API server for the same objects without creating them."""
    asked = run.request.change_words
    if asked:
        ours = shlex.join(["kubectl", "replay", run.scenario.id, *asked, *run.kubectl.pinned])
        return f"{ours} --dry-run | {run.kubectl.try_create(['-'])}"
    files = manifests.paths(run.scenario, run.settings)
    return run.kubectl.try_create([str(run.scenario.folder / path) for path in files])
