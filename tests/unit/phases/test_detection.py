"""Detection: what the detectors are asked, and what their answer makes of the phase."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_replay.backends.question import UNKNOWN_SKEW
from kubectl_replay.clocks import Moment
from kubectl_replay.detection.identity import Target
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.timestamp import SECOND
from kubectl_replay.detection.verdict import Verdict, Word, inconclusive, skipped
from kubectl_replay.detection.window import Window
from kubectl_replay.evidence import Trace
from kubectl_replay.phases.detection import detection
from kubectl_replay.result import Detection, Status
from kubectl_replay.scenario.spec import Trigger
from tests.unit.detection.samples import at
from tests.unit.fakes import Clock
from tests.unit.runs import IDENTITY, POD, pinned_run, watched
from tests.unit.samples import container, pod, scenario

if TYPE_CHECKING:
    from kubectl_replay.backends.detectors import Detectors
    from kubectl_replay.backends.question import Question
    from kubectl_replay.pods import Pod
    from kubectl_replay.run import Run

STARTED = "2026-11-24T08:00:03Z"
WALL = at("2026-11-24T07:00:00Z")
"""This machine's clock is an hour behind the cluster's."""


class Oracle:
    """Detectors that say what they are told to say, and remember the question."""

    def __init__(self, *each: Verdict, local: bool = False, error: Exception | None = None) -> None:
        self.each = each
        self.local = local
        self.error = error
        self.closed = 0
        self.questions: list[Question] = []

    def ask(self, question: Question) -> tuple[Verdict, tuple[Verdict, ...]]:
        self.questions.append(question)
        assert not self.closed
        if self.error:
            raise self.error
        return self.each[0], self.each

    def share_our_clock(self) -> bool:
        return self.local

    def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    now = Clock(wall=WALL)
    now.rule(monkeypatch, "clocks")
    now.now = 13.0
    return now


def moment(seconds: float) -> Moment:
    return Moment(WALL + round(seconds * SECOND), seconds)


def target_pod(started: str = STARTED, **more: Any) -> Pod:  # noqa: ANN401 - JSON
    status = container({"running": {"startedAt": started}}, containerID="containerd://first", **more)
    sidecar = container({"running": {"startedAt": started}}, "sidecar", containerID="containerd://sidecar")
    found = pod(containers=(sidecar, status), startTime="2026-11-24T08:00:02Z")
    found["metadata"]["creationTimestamp"] = "2026-11-24T08:00:01Z"
    return found


def triggered(oracle: Oracle, of: Trigger | None = None, *, sent: str = "id nnnn") -> Run:
    """Return a run whose trigger was set off: created at 1, ready at 4, triggered at 8, and now it is 13."""
    run = pinned_run(scenario(trigger=of) if of else scenario(), detection=True)
    watched(run)
    run.detectors = cast("Detectors", oracle)
    run.created_at, run.ready_at, run.triggered_at = moment(1), moment(4), moment(8)
    run.ready_pod = target_pod()
    run.trace = Trace(("sh", "-c", sent), 0, "", IDENTITY.proof, run.ready_pod)
    return run


def asked(run: Run, oracle: Oracle) -> Question:
    detection(run)
    (question,) = oracle.questions
    return question


SAID = Verdict("detected", "Falco")


def test_nobody_is_asked_when_it_is_switched_off() -> None:
    run = pinned_run()
    assert detection(run) is Status.SKIP
    assert run.detection == Detection(skipped("disabled", Missed.DISABLED))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("detected", Status.PASS),
        ("skipped", Status.SKIP),
        ("not_detected", Status.NOT_VERIFIED),
        ("inconclusive", Status.NOT_VERIFIED),
        ("detected_by_other_rule", Status.NOT_VERIFIED),
    ],
)
def test_only_detected_passes(word: Word, status: Status) -> None:
    oracle = Oracle(Verdict(word, "Falco"), inconclusive("Audit", Missed.LOGS_DENIED))
    run = triggered(oracle)
    assert detection(run) is status
    assert run.detection == Detection(oracle.each[0], oracle.each)
    assert oracle.closed == 1


def test_nobody_listens_any_longer_when_asking_failed() -> None:
    oracle = Oracle(error=KeyError("oops"))
    with pytest.raises(KeyError):
        detection(triggered(oracle))
    assert oracle.closed == 1


@pytest.mark.parametrize("missing", ["trace", "triggered_at"])
def test_without_a_trigger_nobody_can_be_asked(missing: str) -> None:
    oracle = Oracle(SAID)
    run = triggered(oracle)
    setattr(run, missing, None)
    with pytest.raises(LookupError):
        detection(run)
    assert oracle.closed == 1


def test_the_target_is_the_container_that_the_trigger_acted_on() -> None:
    oracle = Oracle(SAID)
    assert asked(triggered(oracle), oracle).target == Target(
        namespace="k8s-replay",
        pod=POD,
        container="target",
        container_ids=("containerd://first",),
        nonce="nnnn",
        run="r1",
        nonce_sent=True,
        reused=False,
    )


def test_a_trigger_that_carries_no_nonce_says_so() -> None:
    oracle = Oracle(SAID)
    assert not asked(triggered(oracle, sent="id"), oracle).target.nonce_sent


def test_a_container_that_was_restarted_has_several_ids() -> None:
    oracle = Oracle(SAID)
    run = triggered(oracle)
    later = target_pod(
        "2026-11-24T08:00:11Z", lastState={"terminated": {"containerID": "containerd://second"}}
    )
    later["status"]["containerStatuses"][1]["containerID"] = "containerd://third"
    run.watch.pods[POD] = later
    assert asked(run, oracle).target.container_ids == (
        "containerd://first", "containerd://third", "containerd://second",
    )  # fmt: skip


def test_a_container_without_an_id_yet_has_none() -> None:
    oracle = Oracle(SAID)
    run = triggered(oracle)
    run.ready_pod = pod(containers=(container({"waiting": {}}),))
    assert asked(run, oracle).target.container_ids == ()


def test_the_windows_are_on_the_clocks_of_the_node_and_the_server() -> None:
    oracle = Oracle(SAID)
    question = asked(triggered(oracle), oracle)
    passed, doubt = 4 * SECOND, 4 * SECOND  # from readiness to the trigger; a second and from create to ready
    assert question.window == Window(at(STARTED) + passed + doubt, resolution=doubt, same_clock=False)
    assert question.request_window.opens == at("2026-11-24T08:00:01Z") + passed
    assert (question.asked, question.triggered) == (moment(13), moment(8))
    assert (question.seconds, question.tty) == (20, False)


def test_a_restart_since_the_trigger_does_not_move_the_window() -> None:
    oracle = Oracle(SAID)
    run = triggered(oracle)
    before = asked(run, oracle).window
    run.watch.pods[POD] = target_pod("2026-11-24T08:59:59Z")
    oracle.closed = 0
    detection(run)
    assert oracle.questions[1].window == before


def test_on_nodes_that_share_our_clock_the_window_opens_at_the_trigger() -> None:
    oracle = Oracle(SAID, local=True)
    question = asked(triggered(oracle), oracle)
    assert question.window == question.request_window == Window(moment(8).wall)
    assert question.deadline(question.window) == moment(13).wall + 20 * SECOND


@pytest.mark.parametrize("local", [False, True])
def test_a_pod_s_own_start_is_triggered_by_its_create(local: bool) -> None:
    oracle = Oracle(SAID, local=local)
    question = asked(triggered(oracle, Trigger("pod-start", ("id",))), oracle)
    assert question.triggered == moment(1)
    ends = question.deadline(question.window)
    assert ends is not None
    if local:
        assert question.window == question.request_window == Window(moment(1).wall)
        assert ends == moment(13).wall + 20 * SECOND
    else:
        assert question.window.opens == at("2026-11-24T08:00:02Z")
        assert question.request_window.opens <= at("2026-11-24T08:00:01Z") - 3 * SECOND
        assert ends >= at("2026-11-24T08:00:33Z")


def test_in_a_kept_pod_only_the_nonce_or_our_own_clock_is_sure() -> None:
    oracle = Oracle(SAID)
    run = triggered(oracle)
    run.created_at, run.reused = None, True
    question = asked(run, oracle)
    assert question.target.reused
    assert question.window.skew == question.request_window.skew == UNKNOWN_SKEW


def test_how_long_is_waited_can_be_asked_for_and_a_terminal_is_told() -> None:
    oracle = Oracle(SAID)
    run = triggered(oracle, Trigger("kubectl-exec", ("id",), tty=True))
    run.request = replace(run.request, detect_seconds=1.5)
    question = asked(run, oracle)
    assert (question.seconds, question.tty) == (1.5, True)


def test_a_pod_whose_readiness_nobody_waited_for_was_ready_when_it_was_triggered() -> None:
    oracle = Oracle(SAID)
    run = triggered(oracle)
    run.ready_at = None
    question = asked(run, oracle)
    assert question.window.opens == at(STARTED)
