"""Evidence: what is wanted, whether it held, and what of it is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kubectl_replay.evidence import Trace, judge, looks_at_code
from kubectl_replay.reasons import REASONS, Phase, Reason
from kubectl_replay.result import Proof
from kubectl_replay.scenario.evidence import Evidence, EvidenceKinds
from kubectl_replay.scenario.spec import declared
from tests.unit.samples import ready_pod

PROOF = "bcdfghjklmnp"
TRACE = Trace(("sh", "-c", "printf %s%s bcdfgh jklmnp", ""), 0, f"{PROOF}\nuid=0(root)\n", PROOF, ready_pod())


def holds(kind: str, value: bool | int | str | dict[str, str], trace: Trace = TRACE) -> bool:
    return judge(Evidence(kind, value), trace).held


def after(*, code: int = 0, output: str = "", sent: tuple[str, ...] = ()) -> Trace:
    return replace(TRACE, code=code, output=output, sent=sent)


def test_a_proof_says_what_was_wanted_and_never_what_was_found() -> None:
    assert judge(Evidence("exit_code", 1), TRACE) == Proof(
        kind="exit_code", wanted="exit_code: 1", held=False, weak=False, reason=Reason.EXEC_NOT_CONFIRMED
    )


@pytest.mark.parametrize(
    ("evidence", "wanted"),
    [
        (Evidence("proof", True), "proof"),
        (Evidence("exec_succeeded", True), "exec_succeeded"),
        (Evidence("exit_code", 0), "exit_code: 0"),
        (Evidence("output_contains", "uid="), "output_contains: uid="),
        (Evidence("pod", {"status.phase": "Running", "spec.x": "1"}), "pod: status.phase=Running, spec.x=1"),
    ],
)
def test_what_was_wanted_is_named_as_in_the_scenario(evidence: Evidence, wanted: str) -> None:
    assert judge(evidence, TRACE).wanted == wanted


WEAK = {"exec_succeeded", "process_contains", "file_readable", "network_request", "api_call"}
KINDS = sorted(kind.name for kind in declared(EvidenceKinds))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_judged_with_a_reason_of_its_own_phase(kind: str) -> None:
    proof = judge(Evidence(kind, {} if kind == "pod" else "x"), TRACE)
    assert REASONS[proof.reason].phases == (Phase.BEHAVIOR,)
    assert proof.weak is (kind in WEAK)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("file_readable", Reason.FILE_READ_NOT_CONFIRMED),
        ("network_request", Reason.NETWORK_REQUEST_FAILED),
        ("api_call", Reason.API_CALL_NOT_CONFIRMED),
        ("pod", Reason.POD_STATE_NOT_CONFIRMED),
        ("proof", Reason.EXEC_NOT_CONFIRMED),
    ],
)
def test_a_kind_that_does_not_hold_has_its_reason(kind: str, reason: Reason) -> None:
    assert judge(Evidence(kind, "x"), after(code=1)).reason == reason


def test_only_the_named_groups_of_an_expression_are_shown() -> None:
    proof = judge(Evidence("output_matches", r"^uid=(?P<uid>\d+)\((?P<name>\w+)\)(?P<rest>x)?"), TRACE)
    assert proof.shown == {"uid": "0", "name": "root"}
    assert proof.wanted == r"output_matches: ^uid=(\d+)\((\w+)\)(x)?"


@pytest.mark.parametrize(
    "evidence",
    [Evidence("output_matches", r"uid=(\d+)"), Evidence("output_contains", "uid"), Evidence("proof", True)],
)
def test_nothing_else_of_the_output_is_shown(evidence: Evidence) -> None:
    assert judge(evidence, TRACE).shown == {}


def test_what_does_not_hold_shows_nothing() -> None:
    assert judge(Evidence("output_matches", r"^(?P<secret>uid=1)"), TRACE).shown == {}


@pytest.mark.parametrize("kind", KINDS)
def test_an_exit_code_is_waited_for_where_a_kind_looks_at_it(kind: str) -> None:
    assert looks_at_code(Evidence(kind, "x")) is (kind in {*WEAK, "exit_code"})
