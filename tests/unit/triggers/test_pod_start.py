"""The pod's own start: its log is the output, and the end of a stream is no answer."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Left
from kubectl_replay.kubectl import Kubectl
from kubectl_replay.reasons import Reason
from kubectl_replay.scenario.spec import Behavior, Evidence, Timeouts, Trigger
from kubectl_replay.triggers.pod_start import ended_with, read_start
from tests.unit.fakes import Line, ScriptedKubectl, ScriptedStream, Silence
from tests.unit.runs import POD, PROOF, pinned_run, watched
from tests.unit.samples import (
    FORBIDDEN,
    RUNNING,
    UNREACHABLE,
    answer,
    container,
    pod,
    scenario,
    terminated,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.pods import Pod
    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run

RUNS = pod(phase="Running", containers=(container(RUNNING),))
DONE = pod(phase="Succeeded", containers=(container(terminated(0)),))
SENT = ("sh", "-c", "printf %s%s bcdf ghjk")
PROVEN = Evidence("proof", True)
EXIT_0 = Evidence("exit_code", 0)


class Start:
    """A run whose pod has started, with logs and events that are written down."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *evidence: Evidence) -> None:
        self.run: Run = pinned_run(
            scenario(
                trigger=Trigger(kind="pod-start", command=("sh", "-c", "printf %s%s bcdf ghjk")),
                behavior=Behavior("it starts", evidence),
                timeouts=Timeouts(trigger_seconds=30),
            )
        )
        self.kubectl: ScriptedKubectl = watched(self.run)
        self.clock = self.kubectl.clock
        self.clock.rule(monkeypatch, "watch", "triggers.pod_start")
        self.run.watch.pods[POD] = RUNS
        self.logs: list[ScriptedStream] = []
        self.read: list[tuple[str, str]] = []
        monkeypatch.setattr(Kubectl, "follow_log", self._follow_log)

    def will_log(self, *lines: Line, end: Completed | None = None) -> ScriptedStream:
        stream = ScriptedStream(self.clock, list(lines), end)
        self.logs.append(stream)
        return stream

    def will_happen(self, *lines: Line) -> None:
        self.kubectl.will_watch(*lines)
        self.run.watch.open()

    @contextlib.contextmanager
    def _follow_log(self, name: str, container_name: str) -> Iterator[ScriptedStream]:
        self.read.append((name, container_name))
        yield self.logs.pop(0)


def event(kind: str, of: Pod) -> str:
    return json.dumps({"type": kind, "object": of}) + "\n"


def test_the_log_is_read_until_it_proves_what_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Start(monkeypatch, PROVEN, Evidence("pod", {"status.phase": "Running"}))
    start.will_log("begin\n", Silence(2), f"{PROOF}\n", "never read\n")
    assert read_start(start.run) == Left(SENT, None, f"begin\n{PROOF}\n")
    assert start.read == [(POD, "target")]
    assert start.clock.now == 1002
    assert start.kubectl.calls == []


def test_a_pod_s_state_alone_needs_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Start(monkeypatch, Evidence("pod", {"spec.hostNetwork": "true"}))
    start.will_log("begin\n")
    assert read_start(start.run) == Left(SENT, None, "")
    assert start.clock.now == 1000


@pytest.mark.parametrize(
    "evidence", [EXIT_0, Evidence("exec_succeeded", True), Evidence("file_readable", "/x")]
)
def test_evidence_that_looks_at_the_exit_code_waits_for_it(
    monkeypatch: pytest.MonkeyPatch, evidence: Evidence
) -> None:
    start = Start(monkeypatch, PROVEN, evidence)
    start.will_log(f"{PROOF}\n", Silence(3), "end\n", end=answer())
    start.will_happen(Silence(0.5), event("MODIFIED", DONE))
    assert read_start(start.run) == Left(SENT, 0, f"{PROOF}\nend\n")
    assert start.clock.now == pytest.approx(1003.5)


def test_a_stream_that_ends_while_the_container_runs_is_read_again_from_the_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = Start(monkeypatch, PROVEN)
    start.will_log("begin\n", end=answer(err=UNREACHABLE, code=1))
    start.will_log("begin\n", f"{PROOF}\n")
    start.will_happen()
    assert read_start(start.run).output == f"begin\n{PROOF}\n"
    assert len(start.read) == 2


def test_a_container_that_ended_without_the_proof_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Start(monkeypatch, PROVEN)
    start.will_log("sh: not found\n", end=answer())
    start.will_happen(event("MODIFIED", DONE))
    assert read_start(start.run) == Left(SENT, 0, "sh: not found\n")
    assert start.clock.now == 1000


def test_a_log_that_came_only_after_the_container_s_end_is_read_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = Start(monkeypatch, PROVEN)
    start.will_log(end=answer())
    start.will_log("sh: not found\n", end=answer())
    start.will_happen(event("MODIFIED", DONE))
    assert read_start(start.run) == Left(SENT, 0, "sh: not found\n")
    assert start.read == [(POD, "target")] * 2


def test_a_container_that_never_proves_anything_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Start(monkeypatch, PROVEN)
    start.will_log("begin\n")
    start.will_happen()
    assert read_start(start.run) == Left(SENT, None, "begin\n")
    assert 1030 <= start.clock.now < 1031


def test_a_pod_that_somebody_deletes_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Start(monkeypatch, PROVEN)
    start.will_log(end=answer(err='Error from server (NotFound): pods "x" not found\n', code=1))
    start.will_happen(event("DELETED", RUNS))
    with pytest.raises(Failure) as raised:
        read_start(start.run)
    assert raised.value.reason is Reason.POD_DELETED


def test_a_log_that_may_not_be_read_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Start(monkeypatch, PROVEN)
    start.will_log(end=answer(err=FORBIDDEN, code=1))
    with pytest.raises(Failure) as raised:
        read_start(start.run)
    assert (raised.value.reason, raised.value.words) == (Reason.RBAC_DENIED, FORBIDDEN.strip())


@pytest.mark.parametrize(
    ("of", "code"),
    [
        ({}, None),
        (pod(), None),
        (RUNS, None),
        (DONE, 0),
        (pod(containers=(container(terminated(3), "side"), container(terminated(7)))), 7),
        (pod(containers=(container(terminated(3), "side"),)), None),
    ],
)
def test_a_container_s_exit_code_is_in_its_pod_s_status(of: Any, code: int | None) -> None:  # noqa: ANN401 - JSON
    assert ended_with(of, "target") == code
