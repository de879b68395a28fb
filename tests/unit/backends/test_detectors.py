"""Which detectors are asked, what they say together, and whether their clocks are ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_replay import clocks
from kubectl_replay.backends.detectors import Detectors
from kubectl_replay.cluster import Cluster
from kubectl_replay.detection.combination import AUDIT, FALCO
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import Verdict, skipped
from kubectl_replay.request import RunRequest
from kubectl_replay.scenario.detection import AuditExpectation, Detection, FalcoExpectation
from tests.unit.backends.samples import HEALTHY, NODE, QUESTION, agent_pod, cluster, listing
from tests.unit.detection.samples import AUDIT_EXPECTATION, EXPECTATION, audit_event, falco_json
from tests.unit.samples import answer, refused, scenario

if TYPE_CHECKING:
    from pathlib import Path

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed
    from tests.unit.fakes import ScriptedKubectl

ALERT = falco_json() + "\n"
EXEC = json.dumps(audit_event()) + "\n"
BOOT = "5a1e6c1c-1a52-4a0a-9f43-a0b3a2e6d6a1"


@pytest.fixture(autouse=True)
def _boot_id(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "boot_id"
    path.write_text(f"{BOOT}\n")
    monkeypatch.setattr(clocks, "BOOT_ID", path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "audit.log"
    found.touch()
    return found


@pytest.fixture
def kubectl(monkeypatch: pytest.MonkeyPatch) -> ScriptedKubectl:
    found = cluster(monkeypatch, agent_pod())
    found.boots = [answer(f"{BOOT} {BOOT}")]
    return found


class Asked:
    """Detectors that were followed, and what they said."""

    def __init__(self, together: Verdict, each: tuple[Verdict, ...]) -> None:
        self.together, self.each = together, each
        self.outcome = (together.verdict, together.reason)
        self.names = [verdict.backend for verdict in each]


def detectors(
    kubectl: ScriptedKubectl,
    *backends: str,
    own_log: Path | None = None,
    context: str = "kind-a",
    falco: FalcoExpectation = EXPECTATION,
    audit: AuditExpectation = AUDIT_EXPECTATION,
    **asked: Any,  # noqa: ANN401 - the fields of a request
) -> Detectors:
    where = Cluster(context, context, "https://127.0.0.1:6443", audit_log=str(own_log or ""))
    of = scenario(detection=Detection(falco=falco, audit=audit))
    return Detectors(cast("Kubectl", kubectl), where, RunRequest(backends=backends, **asked), of)


def ask(
    kubectl: ScriptedKubectl,
    *backends: str,
    own_log: Path | None = None,
    lines: str = "",
    **asked: Any,  # noqa: ANN401 - what `detectors` takes
) -> Asked:
    """Look, follow, write lines into the audit log, and ask."""
    found = detectors(kubectl, *backends, own_log=own_log, **asked)
    found.follow(NODE, 995.0)
    log = own_log or asked.get("audit_log")
    if log:
        with open(log, "a", encoding="utf-8") as file:  # noqa: PTH123 - a path of either kind
            file.write(lines)
    try:
        return Asked(*found.ask(QUESTION))
    finally:
        found.close()
        assert all(stream.closed for stream in kubectl.read)


def places(kubectl: ScriptedKubectl) -> list[object]:
    return [call[:2] for call in kubectl.asked]


def test_falco_decides_alone_where_it_is(kubectl: ScriptedKubectl, path: Path) -> None:
    kubectl.will_log("falco-a", ALERT)
    said = ask(kubectl, own_log=path)
    assert (said.outcome, said.names) == (("detected", None), [FALCO])
    assert said.together == said.each[0]


def test_a_falco_that_says_nothing_is_not_replaced_by_the_audit_log(
    kubectl: ScriptedKubectl, path: Path
) -> None:
    kubectl.will_log("falco-a", *HEALTHY, how="whole")
    said = ask(kubectl, own_log=path, lines=EXEC)
    assert (said.outcome, said.names) == (("not_detected", Missed.NO_ALERT), [FALCO])


def test_a_falco_that_may_not_be_looked_for_is_not_replaced_either(
    kubectl: ScriptedKubectl, path: Path
) -> None:
    kubectl.listings = [refused()]
    said = ask(kubectl, own_log=path, lines=EXEC)
    assert (said.outcome, said.names) == (("inconclusive", Missed.BACKEND_DISCOVERY_DENIED), [FALCO])


def test_without_falco_the_cluster_s_own_audit_log_decides(kubectl: ScriptedKubectl, path: Path) -> None:
    kubectl.listings = [listing(), listing()]
    said = ask(kubectl, own_log=path, lines=EXEC)
    assert (said.outcome, said.names) == (("detected", None), [AUDIT])


@pytest.mark.parametrize(
    "asked", [{}, {"audit": AuditExpectation()}, {"audit": AuditExpectation(), "falco": FalcoExpectation()}]
)
def test_without_falco_and_without_anything_to_expect_of_the_log_there_is_nobody(
    kubectl: ScriptedKubectl, path: Path, asked: dict[str, Any]
) -> None:
    kubectl.listings = [listing(), listing()]
    said = ask(kubectl, own_log=path if asked else None, **asked)
    assert (said.together, said.each) == (skipped("none", Missed.NO_BACKEND), ())


def test_the_audit_log_decides_where_it_is_named_and_falco_is_not_looked_for(
    kubectl: ScriptedKubectl, path: Path
) -> None:
    said = ask(kubectl, "audit", audit_log=str(path), lines=EXEC)
    assert (said.outcome, said.names) == (("detected", None), [AUDIT])
    assert places(kubectl) == [("boot ids",)]


def test_a_named_file_is_read_in_place_of_the_cluster_s_own(kubectl: ScriptedKubectl, path: Path) -> None:
    own = path.with_name("own.log")
    own.touch()
    found = detectors(kubectl, "audit", own_log=own, audit_log=str(path))
    found.follow(NODE, 995.0)
    path.write_text(EXEC)
    assert found.ask(QUESTION)[0].verdict == "detected"
    found.close()


def test_an_audit_log_without_a_file_is_looked_for_in_the_cluster(kubectl: ScriptedKubectl) -> None:
    kubectl.listings = [listing()]
    said = ask(kubectl, "audit")
    assert said.outcome == ("skipped", Missed.NO_BACKEND)
    assert said.together.backend == "none"
    assert places(kubectl) == [("list", "kube-system"), ("boot ids",)]


def test_several_that_are_named_must_all_say_it(kubectl: ScriptedKubectl, path: Path) -> None:
    kubectl.will_log("falco-a", ALERT)
    said = ask(kubectl, "audit", "falco", audit_log=str(path), lines=EXEC)
    assert (said.outcome, said.names) == (("detected", None), [FALCO, AUDIT])
    assert said.together.backend == f"{FALCO} + {AUDIT}"


def test_one_of_several_that_does_not_say_it_decides(kubectl: ScriptedKubectl, path: Path) -> None:
    kubectl.will_log("falco-a", ALERT)
    said = ask(kubectl, "falco", "audit", audit_log=str(path))
    assert said.outcome == ("inconclusive", Missed.LOG_SILENT)
    assert [verdict.verdict for verdict in said.each] == ["detected", "inconclusive"]


def test_one_of_several_that_is_absent_makes_the_whole_skipped(kubectl: ScriptedKubectl, path: Path) -> None:
    kubectl.listings = [listing(), listing()]
    said = ask(kubectl, "falco", "audit", audit_log=str(path), lines=EXEC)
    assert said.outcome == ("skipped", Missed.NO_BACKEND)
    assert [(verdict.backend, verdict.verdict) for verdict in said.each] == [
        (FALCO, "skipped"), (AUDIT, "detected"),
    ]  # fmt: skip
    assert said.together.backend == AUDIT


@pytest.mark.parametrize("answers", [[listing(), listing()], [refused()], [listing(agent_pod())]])
def test_one_of_several_of_which_nothing_is_expected_does_not_count(
    kubectl: ScriptedKubectl, path: Path, answers: list[Completed]
) -> None:
    kubectl.listings = answers
    said = ask(kubectl, "falco", "audit", audit_log=str(path), falco=FalcoExpectation(), lines=EXEC)
    assert said.outcome == ("detected", None)
    assert said.each[0] == skipped(FALCO, Missed.NO_EXPECTATION)


def test_an_audit_log_of_which_nothing_is_expected_does_not_count_either(kubectl: ScriptedKubectl) -> None:
    kubectl.listings = [listing(agent_pod()), refused()]
    kubectl.will_log("falco-a", ALERT)
    said = ask(kubectl, "falco", "audit", audit=AuditExpectation())
    assert said.outcome == ("detected", None)
    assert said.each[1] == skipped(AUDIT, Missed.NO_EXPECTATION)


def test_several_of_which_nothing_is_expected_are_skipped(kubectl: ScriptedKubectl) -> None:
    kubectl.listings = [listing(agent_pod()), listing()]
    said = ask(kubectl, "falco", "audit", falco=FalcoExpectation(), audit=AuditExpectation())
    assert said.outcome == ("skipped", Missed.NO_EXPECTATION)


def test_the_namespace_of_falco_is_a_variable(kubectl: ScriptedKubectl) -> None:
    found = detectors(kubectl, environ={"FALCO_NAMESPACE": "security"})
    found.close()
    assert kubectl.asked == [("list", "security", "")]


def test_where_only_a_named_namespace_was_looked_into_the_next_step_is_its_name(
    kubectl: ScriptedKubectl,
) -> None:
    kubectl.listings = [listing()]
    said = ask(kubectl, environ={"FALCO_NAMESPACE": "secrity"})
    assert said.outcome == ("skipped", Missed.NO_BACKEND)
    assert said.together.next_step == (
        "Falco was looked for in the namespace secrity alone: see FALCO_NAMESPACE"
    )


def test_what_may_be_done_to_falco_is_handed_on(kubectl: ScriptedKubectl) -> None:
    kubectl.execs = [answer(err="no\n", code=1)]
    kubectl.will_log("falco-a", *HEALTHY, how="whole")
    ask(kubectl, diagnose=True)
    assert [call[2] for call in kubectl.asked if call[0] == "exec"] == ["falco-a"]


@pytest.mark.parametrize(
    ("nodes", "shared"),
    [
        (answer(BOOT), True),
        (answer(f"{BOOT} {BOOT}\n"), True),
        (answer(f"{BOOT} other"), False),
        (answer("other"), False),
        (answer(""), False),
        (answer(BOOT, code=1), False),
        (refused(), False),
    ],
)
def test_nodes_share_our_clock_where_all_run_on_our_kernel(
    kubectl: ScriptedKubectl, nodes: Completed, shared: bool
) -> None:
    kubectl.boots = [nodes]
    found = detectors(kubectl)
    found.follow(NODE, 995.0)
    assert found.share_our_clock() is shared
    found.close()


def test_a_cluster_elsewhere_is_not_asked_for_its_kernels(kubectl: ScriptedKubectl) -> None:
    found = detectors(kubectl, context="far")
    found.follow(NODE, 995.0)
    assert not found.share_our_clock()
    assert ("boot ids",) not in kubectl.asked
    found.close()


def test_a_machine_that_does_not_tell_its_kernel_shares_no_clock(
    kubectl: ScriptedKubectl, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(clocks, "BOOT_ID", tmp_path / "nowhere")
    found = detectors(kubectl)
    found.follow(NODE, 995.0)
    assert not found.share_our_clock()
    assert ("boot ids",) not in kubectl.asked
    found.close()


@pytest.mark.usefixtures("nothing_is_left")
def test_closing_early_leaves_nothing_open(kubectl: ScriptedKubectl, path: Path) -> None:
    found = detectors(kubectl, own_log=path)
    found.close()
    found.close()


def test_one_that_takes_all_the_time_leaves_what_the_other_has_to_be_read(
    kubectl: ScriptedKubectl, path: Path
) -> None:
    kubectl.will_log("falco-a", *HEALTHY, how="whole")
    said = ask(kubectl, "falco", "audit", audit_log=str(path), lines=EXEC)
    assert said.outcome == ("not_detected", Missed.NO_ALERT)
    assert [verdict.verdict for verdict in said.each] == ["not_detected", "detected"]
