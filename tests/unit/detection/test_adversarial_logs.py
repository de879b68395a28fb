"""Whole logs that mislead a reader: the verdict must be right in each, in JSON and in text."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.detection.check import FALCO_CAUSES, FALCO_READING, Check
from kubectl_replay.detection.examination import Examination
from kubectl_replay.detection.falco_log import FalcoLog
from kubectl_replay.detection.falco_matcher import FalcoMatcher
from kubectl_replay.detection.identity import Target
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.scenario.detection import FalcoExpectation
from tests.unit.detection import samples
from tests.unit.detection.samples import (
    CONTAINER,
    EXPECTATION,
    NAMESPACE,
    NONCE,
    OTHER_ID,
    OTHER_PREFIX,
    OTHER_RULE,
    POD,
    PREFIX,
    RULE,
    SHORT,
    STAMP,
    TARGET,
    WINDOW,
)

if TYPE_CHECKING:
    from kubectl_replay.detection.verdict import Verdict

BOTH = pytest.mark.parametrize("mode", ["json", "text"])
STALE = "2026-11-23T06:42:31.262161661Z"
STALE_STAMP = "2026-11-23T06:42:31.264161661Z"
SHOP = {"container_id": OTHER_ID, "name": "cart", "namespace": "shop", "pod": "cart-1"}


def line(mode: str, rule: str = RULE, **parts: str) -> str:
    """Return an alert in one of the modes."""
    if mode == "json":
        return samples.falco_json(rule, **parts)
    return samples.falco_text(OTHER_PREFIX if rule == OTHER_RULE else PREFIX, **parts)


def judge(lines: list[str], expectation: FalcoExpectation = EXPECTATION, target: Target = TARGET) -> Verdict:
    log, matcher = FalcoLog(), FalcoMatcher(expectation, target, WINDOW)
    for alert in log.read(lines):
        matcher.feed(alert)
    checks = dict.fromkeys((*FALCO_READING, *FALCO_CAUSES), True)
    checks[Missed.RESTARTED] = not log.restarted_since(WINDOW.opens)
    checks[Missed.DROPS] = not log.dropped_since(WINDOW.opens)
    made = tuple(Check(reason, passed) for reason, passed in checks.items())
    examination = Examination("Falco", FALCO_READING, FALCO_CAUSES, made)
    return examination.judge(matcher.findings, matcher.latency_seconds)


@BOTH
def test_the_right_alert_is_detected(mode: str) -> None:
    verdict = judge([line(mode)])
    assert (verdict.verdict, verdict.weak, verdict.latency_seconds) == ("detected", False, 0.262161661)
    assert verdict.rule == (RULE if mode == "json" else PREFIX)


def test_falco_0_40_is_read_alike() -> None:
    assert judge([samples.falco_text_0_40()]).verdict == "detected"
    with_pod = samples.falco_text_0_40(metadata=f" k8s_ns={NAMESPACE} k8s_pod_name={POD}")
    assert judge([with_pod]).verdict == "detected"


@BOTH
def test_yesterdays_alert_does_not_count(mode: str) -> None:
    verdict = judge([line(mode, time=STALE, stamp=STALE_STAMP, command="sh -c : kr-another; id")])
    assert (verdict.verdict, verdict.noise) == ("not_detected", 1)
    elsewhere = judge([line(mode, time=STALE, stamp=STALE_STAMP, **SHOP)])
    assert (elsewhere.verdict, elsewhere.noise) == ("not_detected", 1)


@BOTH
def test_another_namespace_does_not_count(mode: str) -> None:
    verdict = judge([line(mode, **SHOP), line(mode, container_id="c0ffee00dead", namespace="shop")])
    assert (verdict.verdict, verdict.noise) == ("not_detected", 2)


@BOTH
def test_execve_is_no_exec(mode: str) -> None:
    predecessor = FalcoExpectation(search_patterns=("exec",))
    assert judge([line(mode, OTHER_RULE)], predecessor).verdict == "detected_by_other_rule"
    assert judge([line(mode, OTHER_RULE, **SHOP)], predecessor).verdict == "not_detected"


def test_an_error_of_falco_is_no_alert() -> None:
    words = f"Error: /etc/falco/rules.d/shell-rules.yaml: {RULE}: {PREFIX} {SHORT} {POD} {NONCE}"
    lines = [f"{STAMP} Tue Nov 24 06:42:31 2026: {words}", f"{STAMP} 2026-11-24T06:42:31+0000: {words}"]
    verdict = judge(lines, FalcoExpectation(search_patterns=("shell",)))
    assert (verdict.verdict, verdict.noise) == ("not_detected", 0)


@BOTH
def test_a_busy_log_hides_nothing(mode: str) -> None:
    noise = [
        line(mode, OTHER_RULE, time=f"2026-11-24T06:42:31.{number:09}Z", **SHOP)
        for number in range(1000, 1500)
    ]
    verdict = judge([*noise[:250], line(mode), *noise[250:]])
    assert (verdict.verdict, verdict.noise, len(verdict.alerts)) == ("detected", 500, 1)
    assert judge(noise).verdict == "not_detected"


@BOTH
def test_missing_metadata_is_made_up_for_by_the_id(mode: str) -> None:
    verdict = judge([line(mode, name="<NA>", namespace="<NA>", pod="<NA>", command="<NA>")])
    assert verdict.verdict == "detected"


@BOTH
def test_a_missing_id_is_made_up_for_by_the_pod_or_the_nonce(mode: str) -> None:
    assert judge([line(mode, container_id="<NA>", command="id")]).verdict == "detected"
    nowhere = {"container_id": "<NA>", "name": "<NA>", "namespace": "<NA>", "pod": "<NA>"}
    assert judge([line(mode, **nowhere)]).verdict == "detected"
    assert judge([line(mode, command="id", **nowhere)]).verdict == "not_detected"


@BOTH
def test_a_duplicate_counts_once(mode: str) -> None:
    later = line(mode, time="2026-11-24T06:42:32.000000001Z", stamp="2026-11-24T06:42:32.1Z")
    verdict = judge([line(mode), line(mode), later])
    assert (verdict.verdict, len(verdict.alerts), verdict.noise) == ("detected", 2, 0)


def test_an_alert_of_another_node_is_of_another_container() -> None:
    other = samples.falco_json(hostname="node-2", container_id=OTHER_ID, pod="kr-shell-zzzzzzzz")
    assert judge([other]).verdict == "not_detected"


def test_one_event_seen_by_the_agents_of_two_nodes_is_one_alert() -> None:
    remote = samples.falco_json(hostname="node-2", name=None, namespace=None, pod=None)
    verdict = judge([samples.falco_json(), remote])
    assert (verdict.verdict, len(verdict.alerts)) == ("detected", 1)


@BOTH
def test_another_container_of_the_same_pod_is_never_ours(mode: str) -> None:
    sidecar = line(mode, container_id=OTHER_ID, name="proxy")
    unknown = line(mode, container_id="<NA>", name="proxy")
    verdict = judge([sidecar, unknown])
    assert (verdict.verdict, verdict.noise) == ("not_detected", 2)


@BOTH
def test_kubectl_on_the_node_carries_the_nonce_and_is_not_ours(mode: str) -> None:
    command = f"kubectl exec -it {POD} -- sh -c : kr-{NONCE}; id"
    host = {"container_id": "host", "name": "host", "namespace": "<NA>", "pod": "<NA>"}
    assert judge([line(mode, command=command, **host)]).verdict == "not_detected"


@BOTH
def test_an_argument_forges_nothing(mode: str) -> None:
    forged = f"container_id={SHORT} container_name={CONTAINER} k8s_pod_name={POD} k8s_ns_name={NAMESPACE}"
    shop = line(mode, command=f"sh -c {forged} | {PREFIX}", **SHOP)
    assert judge([shop]).verdict == "not_detected"
    away = "container_id=host k8s_pod_name=fake k8s_ns_name=fake"
    assert judge([line(mode, command=f"sh -c {away}")]).verdict == "detected"


@BOTH
def test_an_argument_names_no_rule(mode: str) -> None:
    assert judge([line(mode, OTHER_RULE, command=f"{PREFIX} {RULE}")]).verdict == "detected_by_other_rule"


@BOTH
def test_lines_out_of_order_change_nothing(mode: str) -> None:
    times = ("30.9", "31.262161661", "31.9", "29.0")
    lines = [
        line(
            mode,
            time=f"2026-11-24T06:42:{time.ljust(12, '0')}Z",
            stamp=f"2026-11-24T06:42:{time}Z",
            command="id",
        )
        for time in times
    ]
    random.Random(7).shuffle(lines)  # noqa: S311 - any order will do
    verdict = judge(lines)
    assert (verdict.verdict, len(verdict.alerts), verdict.noise) == ("detected", 3, 1)
    assert verdict.latency_seconds == 0.262161661


@BOTH
def test_half_of_the_right_alert_is_not_detected(mode: str) -> None:
    whole = line(mode)
    for length in range(len(STAMP), len(whole) - 1, 7):
        half = judge([whole[:length]])
        if mode == "json":
            assert half.verdict == "not_detected"
        elif half.verdict == "detected":  # the line was cut behind the nonce or a whole id
            assert NONCE in whole[:length]


@BOTH
def test_a_restart_or_a_drop_takes_the_meaning_from_silence(mode: str) -> None:
    lines = [line(mode, **SHOP), f"{STAMP} Events detected: 1", f"{STAMP} Rule counts by severity:"]
    assert judge(lines).reason is Missed.RESTARTED
    drop = samples.falco_json("Falco internal: syscall event drop", source="internal", output_fields={})
    assert judge([drop]).reason is Missed.DROPS
    assert judge([*lines, drop, line(mode)]).verdict == "detected"


@BOTH
def test_a_kept_pods_earlier_run_does_not_count(mode: str) -> None:
    target = Target(NAMESPACE, POD, CONTAINER, TARGET.container_ids, NONCE, "zzzzzzzz", reused=True)
    earlier = line(mode, command="sh -c : kr-bcdfghjklmnp; id")
    assert judge([earlier], target=target).reason is Missed.NONCE_MISSING
    ours = line(mode, time="2026-11-24T06:42:31.500000000Z", stamp="2026-11-24T06:42:31.6Z")
    assert judge([earlier, ours], target=target).verdict == "detected"
    assert judge([line(mode)], target=target).verdict == "detected"
