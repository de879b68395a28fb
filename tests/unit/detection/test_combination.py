"""Which detectors decide, and what they say together."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from kubectl_replay.detection.combination import AUDIT, FALCO, combine, deciding
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.detection.verdict import Verdict, Word, inconclusive, skipped
from tests.unit.detection.samples import ALERT, OTHER_RULE, RECORD, RULE

OTHER_ALERT = replace(ALERT, rule=OTHER_RULE)

SEEN = Verdict(
    "detected",
    FALCO,
    rule=RULE,
    alerts=(ALERT, OTHER_ALERT),
    latency_seconds=0.25,
    readable_seconds=1.0,
    counted=1,
    noise=2,
)
LOGGED = Verdict(
    "detected",
    AUDIT,
    rule="create pods/exec",
    alerts=(RECORD,),
    latency_seconds=0.5,
    readable_seconds=0.75,
    counted=1,
    noise=3,
)
MISSED = Verdict("not_detected", FALCO, Missed.RULE_NOT_LOADED, "load it", noise=1)
BLIND = inconclusive(AUDIT, Missed.LOGS_DENIED)
OTHER = Verdict("detected_by_other_rule", FALCO, Missed.OTHER_RULE, "name it", "Other", (ALERT,))
UNASKED = skipped(FALCO, Missed.NO_EXPECTATION)


@pytest.mark.parametrize("falco", [True, None])
@pytest.mark.parametrize(("own", "expected"), list(product([True, False], repeat=2)))
def test_falco_decides_where_it_is_or_may_be(falco: bool | None, own: bool, expected: bool) -> None:
    assert deciding((), falco=falco, own_audit_log=own, audit_expected=expected) == (FALCO,)


@pytest.mark.parametrize(
    ("own", "expected", "decide"),
    [(True, True, (AUDIT,)), (True, False, ()), (False, True, ()), (False, False, ())],
)
def test_without_falco_the_local_clusters_own_audit_log_decides(
    own: bool, expected: bool, decide: tuple[str, ...]
) -> None:
    assert deciding((), falco=False, own_audit_log=own, audit_expected=expected) == decide


@pytest.mark.parametrize("falco", [True, False, None])
@pytest.mark.parametrize(
    ("named", "decide"), [([AUDIT], (AUDIT,)), ([FALCO], (FALCO,)), ([AUDIT, FALCO], (FALCO, AUDIT))]
)
def test_those_that_are_named_decide(named: list[str], decide: tuple[str, ...], falco: bool | None) -> None:
    assert deciding(named, falco=falco, own_audit_log=True, audit_expected=True) == decide


def test_nobody_to_decide_is_no_backend() -> None:
    assert combine([]) == skipped("none", Missed.NO_BACKEND)


@pytest.mark.parametrize("verdict", [SEEN, LOGGED, MISSED, BLIND, OTHER, UNASKED])
def test_one_speaks_for_itself(verdict: Verdict) -> None:
    assert combine([verdict]) == verdict


def test_several_must_all_say_detected() -> None:
    assert combine([SEEN, LOGGED]) == Verdict(
        "detected",
        f"{FALCO} + {AUDIT}",
        rule=f"{RULE}, create pods/exec",
        alerts=(ALERT, RECORD, OTHER_ALERT),
        latency_seconds=0.5,
        readable_seconds=1.0,
        counted=2,
        noise=5,
    )


@pytest.mark.parametrize("missing", [MISSED, BLIND, OTHER, skipped(AUDIT, Missed.NO_BACKEND)])
def test_one_that_does_not_say_so_decides_for_all(missing: Verdict) -> None:
    for pair in ([LOGGED, missing], [missing, LOGGED]):
        together = combine(pair)
        assert (together.verdict, together.reason, together.next_step) == (
            missing.verdict, missing.reason, missing.next_step,
        )  # fmt: skip
        assert RECORD in together.alerts
        assert together.counted == 0


def test_one_that_is_absent_is_not_named() -> None:
    absent = skipped(AUDIT, Missed.NO_BACKEND)
    together = combine([SEEN, absent])
    assert (together.verdict, together.reason, together.backend) == ("skipped", Missed.NO_BACKEND, FALCO)
    assert combine([absent]).backend == "none"
    assert combine([skipped(FALCO, Missed.NO_BACKEND), absent]).backend == "none"


def test_one_that_expects_nothing_does_not_count() -> None:
    together = combine([UNASKED, LOGGED])
    assert (together.verdict, together.rule, together.latency_seconds) == (
        "detected", "create pods/exec", 0.5,
    )  # fmt: skip
    assert together.backend == f"{FALCO} + {AUDIT}"
    assert combine([UNASKED, BLIND]).reason is Missed.LOGS_DENIED
    assert combine([UNASKED, skipped(AUDIT, Missed.NO_EXPECTATION)]).reason is Missed.NO_EXPECTATION


def test_the_gravest_stands() -> None:
    assert combine([BLIND, MISSED]).reason is Missed.RULE_NOT_LOADED
    assert combine([OTHER, BLIND]).reason is Missed.LOGS_DENIED
    assert combine([skipped(AUDIT, Missed.NO_BACKEND), OTHER]).reason is Missed.OTHER_RULE


def test_a_time_that_one_does_not_know_is_unknown() -> None:
    together = combine([SEEN, Verdict("detected", AUDIT)])
    assert (together.latency_seconds, together.readable_seconds) == (None, None)
    assert combine([SEEN, Verdict("detected", AUDIT, weak=True)]).weak


WORDS: tuple[Word, ...] = ("detected", "detected_by_other_rule", "not_detected", "inconclusive", "skipped")


@pytest.mark.parametrize(("one", "two"), list(product(WORDS, repeat=2)))
def test_nothing_upgrades_to_detected(one: Word, two: Word) -> None:
    together = combine([Verdict(one, FALCO), Verdict(two, AUDIT)])
    assert (together.verdict == "detected") is (one == two == "detected")
