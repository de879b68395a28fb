"""The audit log: a file that grows, or the output of the API servers, and every verdict that it can give."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_replay.backends.audit import Audit
from kubectl_replay.detection.check import Check
from kubectl_replay.detection.combination import AUDIT
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.detection.verdict import Verdict, inconclusive, skipped
from kubectl_replay.interruption import Interrupted
from kubectl_replay.scenario.detection import AuditExpectation
from tests.unit.backends.samples import QUESTION, cluster, listing
from tests.unit.detection.samples import AUDIT_EXPECTATION, NONCE, POD, RECORD, TARGET, audit_event
from tests.unit.fakes import Signal, Silence
from tests.unit.samples import UNREACHABLE, answer, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed
    from tests.unit.fakes import ScriptedKubectl


def written(**changes: Any) -> str:  # noqa: ANN401 - any key of the event
    return json.dumps(audit_event(**changes)) + "\n"


EXEC = written()
GET = written(
    verb="get", auditID="2", requestURI=f"/api/v1/namespaces/k8s-replay/pods/{POD}", stage="ResponseComplete",
    objectRef={"resource": "pods", "namespace": "k8s-replay", "name": POD},
)  # fmt: skip
"""A request of this run that nobody expects."""
FOREIGN = written(auditID="3", objectRef={"resource": "pods", "subresource": "exec", "name": "shop-0"})
AFTER = written(stageTimestamp="2026-11-24T06:42:54.000000Z")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "audit.log"
    found.write_text(EXEC)  # what was there before is not read
    return found


@pytest.fixture
def kubectl(monkeypatch: pytest.MonkeyPatch) -> ScriptedKubectl:
    return cluster(monkeypatch)


def server(name: str = "kube-apiserver-cp") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": "kube-system"},
        "spec": {"containers": [{"name": "kube-apiserver"}]},
    }


def add(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        file.writelines(lines)


def ask(
    kubectl: ScriptedKubectl,
    path: Path | None = None,
    *lines: str,
    expectation: AuditExpectation = AUDIT_EXPECTATION,
    do: Callable[[], object] = lambda: None,
    **changes: Any,  # noqa: ANN401 - the fields of a question
) -> Verdict:
    """Open the log, follow it, write lines into the file, and ask."""
    log = Audit(cast("Kubectl", kubectl), expectation, path)
    log.follow()
    if path:
        add(path, *lines)
    do()
    try:
        return log.ask(replace(QUESTION, **changes))
    finally:
        log.close()
        assert all(stream.closed for stream in kubectl.read)


def outcome(verdict: Verdict) -> tuple[str, Missed | None]:
    return verdict.verdict, verdict.reason


def test_a_request_in_the_file_is_the_answer(kubectl: ScriptedKubectl, path: Path) -> None:
    assert ask(kubectl, path, FOREIGN, GET, EXEC, "never read") == Verdict(
        "detected",
        AUDIT,
        rule="create pods/exec",
        alerts=(RECORD,),
        latency_seconds=0.3,
        readable_seconds=2.0,
        counted=1,
        noise=2,
    )
    assert kubectl.asked == []
    assert kubectl.clock.now == 1002


def test_what_was_in_the_file_before_the_run_is_not_read(kubectl: ScriptedKubectl, path: Path) -> None:
    verdict = ask(kubectl, path)
    assert outcome(verdict) == ("inconclusive", Missed.LOG_SILENT)
    assert verdict.checks == (Check(Missed.LOG_SILENT, passed=False),)
    assert verdict.next_step == MEANINGS[Missed.LOG_SILENT].advice
    assert kubectl.clock.now == pytest.approx(1022, abs=0.1)


def test_a_log_of_foreign_requests_alone_may_be_another_server_s(
    kubectl: ScriptedKubectl, path: Path
) -> None:
    verdict = ask(kubectl, path, FOREIGN)
    assert (outcome(verdict), verdict.noise) == (("inconclusive", Missed.LOG_SILENT), 1)


def test_a_log_with_other_requests_of_this_run_has_a_policy_that_leaves_it_out(
    kubectl: ScriptedKubectl, path: Path
) -> None:
    verdict = ask(kubectl, path, GET)
    seen = "1 requests of this run, none of them the expected one"
    assert verdict == Verdict(
        "not_detected",
        AUDIT,
        Missed.AUDIT_POLICY_SILENT,
        MEANINGS[Missed.AUDIT_POLICY_SILENT].advice,
        noise=1,
        checks=(Check(Missed.AUDIT_POLICY_SILENT, passed=False, words=seen),),
    )


def test_a_refused_request_is_not_the_expected_one(kubectl: ScriptedKubectl, path: Path) -> None:
    verdict = ask(kubectl, path, written(responseStatus={"code": 403}))
    assert outcome(verdict) == ("not_detected", Missed.AUDIT_POLICY_SILENT)


@pytest.mark.parametrize(
    ("line", "changes", "reason"),
    [
        (AFTER, {}, Missed.ALERT_LATE),
        (written(requestReceivedTimestamp="", stageTimestamp=""), {}, Missed.TIME_UNKNOWN),
        (
            EXEC.replace(NONCE, "x"),
            {"target": replace(TARGET, reused=True)},
            Missed.NONCE_MISSING,
        ),
    ],
)
def test_a_request_that_is_not_quite_the_expected_one_says_why(
    kubectl: ScriptedKubectl, path: Path, line: str, changes: dict[str, Any], reason: Missed
) -> None:
    assert outcome(ask(kubectl, path, line, **changes)) == ("inconclusive", reason)


def test_a_request_from_before_the_trigger_is_not_of_this_trigger(
    kubectl: ScriptedKubectl, path: Path
) -> None:
    early = written(
        requestURI="/exec", requestReceivedTimestamp="2026-11-24T06:42:29.000000Z", auditID="early"
    )
    assert outcome(ask(kubectl, path, early)) == ("not_detected", Missed.AUDIT_POLICY_SILENT)


def test_a_file_that_is_rotated_by_a_move_is_read_on(kubectl: ScriptedKubectl, path: Path) -> None:
    def rotate() -> None:
        path.rename(path.with_suffix(".1"))
        path.write_text(EXEC)

    assert outcome(ask(kubectl, path, GET, do=rotate)) == ("detected", None)


def test_a_file_that_was_cut_may_have_lost_it(kubectl: ScriptedKubectl, path: Path) -> None:
    verdict = ask(kubectl, path, do=lambda: path.write_text(""))
    assert outcome(verdict) == ("inconclusive", Missed.LOG_ROTATED)


@pytest.mark.parametrize("named", ["nowhere", ""])
def test_a_file_that_cannot_be_read_is_inconclusive(
    kubectl: ScriptedKubectl, tmp_path: Path, named: str
) -> None:
    log = Audit(cast("Kubectl", kubectl), AUDIT_EXPECTATION, tmp_path / named)
    log.follow()
    verdict = log.ask(QUESTION)
    log.close()
    assert outcome(verdict) == ("inconclusive", Missed.LOG_UNREADABLE)
    assert str(tmp_path) in verdict.checks[0].words
    assert kubectl.clock.now == 1002


@pytest.mark.parametrize("expectation", [AuditExpectation(), AuditExpectation(())])
def test_a_log_of_which_nothing_is_expected_is_skipped(
    kubectl: ScriptedKubectl, path: Path, expectation: AuditExpectation
) -> None:
    assert ask(kubectl, path, EXEC, expectation=expectation) == skipped(AUDIT, Missed.NO_EXPECTATION)
    assert kubectl.clock.now == 1002


def test_without_a_file_the_output_of_every_api_server_is_followed(kubectl: ScriptedKubectl) -> None:
    kubectl.listings = [listing(server(), server("kube-apiserver-cp2"))]
    kubectl.will_log("kube-apiserver-cp2", Silence(1), f"2026-11-24T06:42:31.4Z {EXEC}")
    verdict = ask(kubectl)
    assert (outcome(verdict), verdict.latency_seconds) == (("detected", None), 0.3)
    assert kubectl.asked == [
        ("list", "kube-system", "component=kube-apiserver"),
        ("follow", "kube-system", "kube-apiserver-cp", "kube-apiserver", 2),
        ("follow", "kube-system", "kube-apiserver-cp2", "kube-apiserver", 2),
    ]
    assert verdict.readable_seconds == pytest.approx(3.0, abs=0.2)


def test_what_the_api_servers_said_since_the_run_began_is_read(kubectl: ScriptedKubectl) -> None:
    kubectl.listings = [listing(server())]
    log = Audit(cast("Kubectl", kubectl), AUDIT_EXPECTATION, None)
    kubectl.clock.now += 30
    log.follow()
    log.close()
    assert kubectl.asked[-1][-1] == 32


def test_an_output_of_other_words_is_no_audit_log(kubectl: ScriptedKubectl) -> None:
    """What kubeadm sets up writes no audit log unless it is told to."""
    kubectl.listings = [listing(server())]
    kubectl.will_log("kube-apiserver-cp", "I1124 06:42:31 httplog.go:132] HTTP verb=POST\n")
    assert outcome(ask(kubectl)) == ("inconclusive", Missed.LOG_SILENT)


def test_an_output_that_ended_meanwhile_may_have_lost_it(kubectl: ScriptedKubectl) -> None:
    kubectl.listings = [listing(server())]
    kubectl.will_log("kube-apiserver-cp", GET, Silence(1), end=answer())
    verdict = ask(kubectl)
    assert outcome(verdict) == ("inconclusive", Missed.LOG_ROTATED)


def test_nobody_waits_for_an_output_that_may_not_be_read(kubectl: ScriptedKubectl) -> None:
    kubectl.listings = [listing(server())]
    denied = refused()
    kubectl.will_log("kube-apiserver-cp", end=denied)
    verdict = ask(kubectl)
    assert outcome(verdict) == ("inconclusive", Missed.LOGS_DENIED)
    assert verdict.checks[0] == Check(Missed.LOGS_DENIED, passed=False, words=denied.err.strip())
    assert kubectl.clock.now < 1003


@pytest.mark.parametrize(
    ("failed", "reason"),
    [
        (refused(), Missed.BACKEND_DISCOVERY_DENIED),
        (answer(err=UNREACHABLE, code=1), Missed.BACKEND_DISCOVERY_FAILED),
        (answer(late=True), Missed.BACKEND_DISCOVERY_FAILED),
    ],
)
def test_a_search_for_api_servers_that_failed_is_inconclusive(
    kubectl: ScriptedKubectl, failed: Completed, reason: Missed
) -> None:
    kubectl.listings = [failed]
    told = inconclusive(AUDIT, reason, failed.err.strip())
    rights = (
        "ask for a Role in kube-system: pods list and pods/log get; or name the log's file with --audit-log"
    )
    is_denied = reason is Missed.BACKEND_DISCOVERY_DENIED
    assert ask(kubectl) == (replace(told, next_step=rights) if is_denied else told)
    assert kubectl.clock.now == 1002


def test_a_cluster_whose_api_servers_are_no_pods_has_no_log_to_read(kubectl: ScriptedKubectl) -> None:
    kubectl.listings = [listing()]
    assert ask(kubectl) == skipped(AUDIT, Missed.NO_BACKEND)


def test_a_signal_ends_the_waiting(kubectl: ScriptedKubectl) -> None:
    kubectl.listings = [listing(server())]
    kubectl.will_log("kube-apiserver-cp", Signal(signal.SIGTERM))
    with pytest.raises(Interrupted):
        ask(kubectl)
