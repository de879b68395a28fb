"""Falco: every verdict, from pods and logs that are written down."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_replay.backends.falco import MOST_OTHERS, Falco, Options
from kubectl_replay.detection.check import Check
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.detection.verdict import Verdict, inconclusive, skipped
from kubectl_replay.interruption import Interrupted
from kubectl_replay.scenario.detection import FalcoExpectation
from tests.unit.backends.samples import (
    HEALTHY,
    NODE,
    NOISE,
    QUESTION,
    agent_pod,
    ask,
    cluster,
    listing,
    single,
)
from tests.unit.detection.samples import (
    EXPECTATION,
    NONCE,
    OTHER_RULE,
    PREFIX,
    RULE,
    TARGET,
    falco_json,
    falco_text,
)
from tests.unit.fakes import Signal, Silence
from tests.unit.samples import FORBIDDEN, UNREACHABLE, answer, refused

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed
    from tests.unit.fakes import ScriptedKubectl

ALERT = falco_json() + "\n"
OTHER = falco_json(OTHER_RULE) + "\n"
AFTER = "2026-11-24T06:42:54.000000000Z"
"""After the deadline."""


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> ScriptedKubectl:
    """A cluster with one agent, on the pod's node, whose whole log says that it can be heard."""
    kubectl = cluster(monkeypatch, agent_pod())
    kubectl.will_log("falco-a", *HEALTHY, how="whole")
    return kubectl


def kinds(kubectl: ScriptedKubectl) -> list[object]:
    return [call[0] for call in kubectl.asked]


def outcome(verdict: Verdict) -> tuple[str, Missed | None]:
    return verdict.verdict, verdict.reason


def test_an_alert_that_is_there_already_is_the_answer(one: ScriptedKubectl) -> None:
    one.will_log("falco-a", ALERT)
    verdict = ask(one)
    assert (outcome(verdict), verdict.backend, verdict.rule) == (("detected", None), "Falco", RULE)
    assert (verdict.latency_seconds, verdict.readable_seconds) == (0.262161661, 2.0)
    assert (verdict.next_step, verdict.checks, verdict.counted, verdict.noise) == ("", (), 1, 0)
    assert one.asked == [
        ("list", "", "app.kubernetes.io/name=falco"),
        ("follow", "falco", "falco-a", "falco", 9),
    ]
    assert one.clock.now == 1002


def test_the_answer_is_given_as_soon_as_the_alert_is_read(one: ScriptedKubectl) -> None:
    one.will_log("falco-a", NOISE, Silence(3), OTHER, ALERT, Silence(5), "never read")
    verdict = ask(one)
    assert (outcome(verdict), verdict.readable_seconds) == (("detected", None), 5.0)
    assert (len(verdict.alerts), verdict.counted, verdict.noise) == (2, 1, 1)
    assert one.clock.now == 1005
    assert kinds(one) == ["list", "follow"]


def test_a_word_of_the_output_is_a_weak_answer(one: ScriptedKubectl) -> None:
    one.will_log("falco-a", ALERT)
    verdict = ask(one, FalcoExpectation(search_patterns=("shell",)))
    assert (outcome(verdict), verdict.weak) == (("detected", None), True)


def test_many_lines_hide_nothing(one: ScriptedKubectl) -> None:
    noise = [
        falco_json(OTHER_RULE, container_id="0ddba11dad99", time=f"2026-11-24T06:42:31.{number:09d}Z") + "\n"
        for number in range(2500)
    ]
    one.will_log("falco-a", *noise, ALERT)
    verdict = ask(one)
    assert (outcome(verdict), verdict.noise) == (("detected", None), 2500)


def test_silence_of_a_falco_that_can_be_heard_is_not_detected(one: ScriptedKubectl) -> None:
    verdict = ask(one)
    unmade = (Check(Missed.RULE_NOT_LOADED, passed=None), Check(Missed.MINIMUM_PRIORITY, passed=None))
    assert verdict == Verdict(
        "not_detected",
        "Falco",
        Missed.NO_ALERT,
        "run again with --diagnose, which asks Falco itself; not checked: rule_not_loaded, minimum_priority",
        checks=unmade,
    )
    assert one.clock.now == pytest.approx(1022)
    assert kinds(one) == ["list", "follow", "whole", "pod"]
    assert one.asked[2:] == [
        ("whole", "falco", "falco-a", "falco", None),
        ("pod", "falco", "falco-a"),
    ]


def test_an_alert_after_the_deadline_is_not_waited_for(one: ScriptedKubectl) -> None:
    one.will_log("falco-a", Silence(20.5), ALERT)
    assert outcome(ask(one)) == ("not_detected", Missed.NO_ALERT)
    assert one.clock.now < 1023


def test_what_the_stream_did_not_bring_is_found_in_the_whole_log(monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = cluster(monkeypatch, agent_pod())
    kubectl.will_log("falco-a", *HEALTHY, ALERT, how="whole")
    verdict = ask(kubectl)
    assert outcome(verdict) == ("detected", None)
    assert (verdict.latency_seconds, verdict.readable_seconds) == (0.262161661, None)
    assert verdict.noise == 0  # what is older than the window is not even noise


@pytest.mark.parametrize(
    ("line", "expectation", "changes", "expected"),
    [
        (OTHER, EXPECTATION, {}, ("detected_by_other_rule", Missed.OTHER_RULE)),
        (falco_json(stamp=AFTER), EXPECTATION, {}, ("inconclusive", Missed.ALERT_LATE)),
        (
            falco_json(command="sh -c id"),
            EXPECTATION,
            {"target": replace(TARGET, reused=True)},
            ("inconclusive", Missed.NONCE_MISSING),
        ),
        (falco_text(), FalcoExpectation(rules=(RULE,)), {}, ("inconclusive", Missed.RULE_NOT_NAMED)),
        (
            falco_text(command="id", time="2026-11-24T18:42:31.262161661Z"),
            EXPECTATION,
            {},
            ("inconclusive", Missed.TIME_UNKNOWN),
        ),
        (falco_json(container_id="host"), EXPECTATION, {}, ("not_detected", Missed.NO_ALERT)),
        (ALERT, EXPECTATION, {"target": replace(TARGET, container_ids=())},
         ("inconclusive", Missed.CONTAINER_UNKNOWN)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["follow", "whole"])
def test_an_alert_that_is_not_quite_the_expected_one_says_why(
    monkeypatch: pytest.MonkeyPatch,
    *,
    line: str,
    expectation: FalcoExpectation,
    changes: dict[str, Any],
    expected: tuple[str, Missed],
    how: str,
) -> None:
    kubectl = cluster(monkeypatch, agent_pod())
    kubectl.will_log("falco-a", *([line] if how == "follow" else []))
    kubectl.will_log("falco-a", *HEALTHY, *([line] if how == "whole" else []), how="whole")
    verdict = ask(kubectl, expectation, **changes)
    assert outcome(verdict) == expected
    assert verdict.readable_seconds is None
    assert kubectl.clock.now == pytest.approx(1022)


def test_in_a_kept_pod_the_nonce_counts_however_far_off_its_node_s_clock_is(one: ScriptedKubectl) -> None:
    line = falco_json(time="2026-11-24T01:00:00.000000000Z", stamp="2026-11-24T01:00:00.100000000Z")
    one.will_log("falco-a", line)
    assert outcome(ask(one, target=replace(TARGET, reused=True))) == ("detected", None)


@pytest.mark.parametrize(
    ("failed", "reason"),
    [
        (refused(), Missed.BACKEND_DISCOVERY_DENIED),
        (answer(err=UNREACHABLE, code=1), Missed.BACKEND_DISCOVERY_FAILED),
        (answer(code=-9, late=True), Missed.BACKEND_DISCOVERY_FAILED),
    ],
)
@pytest.mark.parametrize("before", [[], [listing()]])
def test_a_search_that_failed_is_inconclusive(
    one: ScriptedKubectl, before: list[Completed], failed: Completed, reason: Missed
) -> None:
    one.listings = [*before, failed]
    verdict = ask(one)
    assert verdict == inconclusive("Falco", reason, failed.err.strip())
    assert kinds(one) == ["list"] * (len(before) + 1)
    assert one.clock.now == 1002


def test_no_agent_anywhere_is_skipped(one: ScriptedKubectl) -> None:
    one.listings = [listing(), listing()]
    assert ask(one) == skipped("Falco", Missed.NO_BACKEND)
    assert one.asked == [("list", "", "app.kubernetes.io/name=falco"), ("list", "", "")]
    assert one.clock.now == 1002


def test_a_namespace_that_is_named_is_the_only_one_looked_into(one: ScriptedKubectl) -> None:
    one.listings = [listing()]
    assert ask(one, namespace="security") == skipped("Falco", Missed.NO_BACKEND)
    assert one.asked == [("list", "security", "")]


@pytest.mark.parametrize("expectation", [FalcoExpectation(), FalcoExpectation(enabled=False, rules=(RULE,))])
def test_a_falco_of_which_nothing_is_expected_is_not_listened_to(
    one: ScriptedKubectl, expectation: FalcoExpectation
) -> None:
    assert ask(one, expectation) == skipped("Falco", Missed.NO_EXPECTATION)
    assert kinds(one) == ["list"]
    assert one.clock.now == 1002


@pytest.mark.parametrize(
    ("pods", "present"), [([], False), ([agent_pod()], True), ([agent_pod(node="node-b")], True)]
)
def test_falco_is_present_wherever_it_runs(
    one: ScriptedKubectl, pods: list[dict[str, Any]], present: bool
) -> None:
    one.listings = [listing(*pods), listing()]
    falco = Falco(cast("Kubectl", one), EXPECTATION)
    assert falco.present is present
    falco.close()


def test_where_looking_is_forbidden_nobody_knows_whether_falco_is_present(one: ScriptedKubectl) -> None:
    one.listings = [answer(err=FORBIDDEN, code=1)]
    assert Falco(cast("Kubectl", one), EXPECTATION).present is None


def test_an_agent_of_another_node_cannot_have_seen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = cluster(monkeypatch, agent_pod("falco-b", "node-b"))
    verdict = ask(kubectl)
    assert outcome(verdict) == ("inconclusive", Missed.NO_AGENT_ON_NODE)
    assert verdict.next_step == MEANINGS[Missed.NO_AGENT_ON_NODE].advice
    assert verdict.checks[0] == Check(Missed.NO_AGENT_ON_NODE, passed=False)
    assert kinds(kubectl) == ["list", "follow"]


def test_the_agent_of_the_node_is_heard_first_and_some_of_the_others_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = [agent_pod(f"falco-{number}", f"node-{number}") for number in range(MOST_OTHERS + 3)]
    kubectl = cluster(monkeypatch, *others, agent_pod())
    kubectl.singles = [single(agent_pod())]
    kubectl.will_log("falco-a", *HEALTHY, how="whole")
    assert outcome(ask(kubectl)) == ("not_detected", Missed.NO_ALERT)
    followed = [call[2] for call in kubectl.asked if call[0] == "follow"]
    assert followed == ["falco-a", *(f"falco-{number}" for number in range(MOST_OTHERS))]
    assert [call[2] for call in kubectl.asked if call[0] == "whole"] == ["falco-a"]


def test_an_alert_about_a_request_may_come_from_any_node(monkeypatch: pytest.MonkeyPatch) -> None:
    request = falco_json(
        "Attach/Exec Pod", source="k8s_audit", container_id=None, name=None, prefix="Attach/Exec to pod"
    )
    kubectl = cluster(monkeypatch, agent_pod(), agent_pod("falco-b", "node-b"))
    kubectl.will_log("falco-b", Silence(1), request)
    verdict = ask(kubectl, FalcoExpectation(rules=("Attach/Exec Pod",), source="k8s_audit"))
    assert outcome(verdict) == ("detected", None)
    assert kubectl.clock.now < 1004


def test_an_alert_that_two_agents_print_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = cluster(monkeypatch, agent_pod(), agent_pod("falco-b", "node-b"))
    kubectl.will_log("falco-a", OTHER)
    kubectl.will_log("falco-b", OTHER)
    kubectl.will_log("falco-a", *HEALTHY, OTHER, how="whole")
    verdict = ask(kubectl)
    assert (outcome(verdict)[1], len(verdict.alerts)) == (Missed.OTHER_RULE, 1)


def test_where_the_search_takes_long_the_log_is_read_from_the_same_moment(one: ScriptedKubectl) -> None:
    """Only the search by label is waited for before the trigger."""
    one.listings = [listing(), listing(agent_pod())]
    falco = Falco(cast("Kubectl", one), EXPECTATION)
    falco.follow(NODE, 995.0)
    assert kinds(one) == ["list", "list"]
    one.clock.now += 3
    one.will_log("falco-a", ALERT)
    assert outcome(falco.ask(QUESTION)) == ("detected", None)
    assert one.asked[2] == ("follow", "falco", "falco-a", "falco", 12)
    falco.close()


def test_a_log_that_was_rotated_before_it_was_found_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = cluster(monkeypatch)
    kubectl.listings = [listing(), listing(agent_pod())]
    kubectl.singles = [single(agent_pod())]
    fresh = falco_json(OTHER_RULE, container_id="0ddba11dad99", time="2026-11-24T06:42:33.000000000Z")
    kubectl.will_log("falco-a", fresh.replace("06:42:31.264", "06:42:33.264"), how="whole")
    assert outcome(ask(kubectl)) == ("inconclusive", Missed.LOG_ROTATED)


def test_nobody_waits_for_a_log_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = refused(
        'Error from server (Forbidden): pods "falco-a" is forbidden: User "me" cannot get pods/log\n'
    )
    kubectl = cluster(monkeypatch, agent_pod())
    kubectl.will_log("falco-a", end=denied)
    kubectl.will_log("falco-a", how="whole", end=denied)
    verdict = ask(kubectl)
    assert outcome(verdict) == ("inconclusive", Missed.LOGS_DENIED)
    assert Check(Missed.LOGS_DENIED, passed=False, words=denied.err.strip()) in verdict.checks
    assert kubectl.clock.now < 1003


def test_after_a_restart_of_falco_what_it_had_said_counts(one: ScriptedKubectl) -> None:
    one.will_log("falco-a", NOISE, Silence(1), end=answer())
    one.will_log("falco-a", NOISE, ALERT, how="previous")
    assert outcome(ask(one)) == ("detected", None)
    assert kinds(one) == ["list", "follow", "previous"]
    assert one.clock.now < 1004


def test_a_signal_ends_the_waiting(one: ScriptedKubectl) -> None:
    one.will_log("falco-a", Silence(1), Signal(signal.SIGINT))
    with pytest.raises(Interrupted):
        ask(one)


CANARY = falco_json(
    "Create Symlink Over Sensitive Files", command=f"ln -sf /etc/shadow /dev/shm/replay-canary-{NONCE}"
)
SENT = (
    "exec", "", TARGET.pod, TARGET.container,
    ("ln", "-sf", "/etc/shadow", f"/dev/shm/replay-canary-{NONCE}"),  # noqa: S108 - nothing is made
)  # fmt: skip


def test_a_canary_that_is_seen_lets_silence_mean_something(monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = cluster(monkeypatch, agent_pod())
    kubectl.execs = [answer()]
    kubectl.will_log("falco-a", Silence(21), CANARY)
    kubectl.will_log("falco-a", *HEALTHY, CANARY, how="whole")
    verdict = ask(kubectl, options=Options(canary=True))
    assert (outcome(verdict), verdict.alerts) == (("not_detected", Missed.NO_ALERT), ())
    assert SENT in kubectl.asked
    assert kubectl.clock.now == pytest.approx(1023)


def test_a_canary_that_is_not_seen_leaves_silence_unexplained(one: ScriptedKubectl) -> None:
    one.execs = [answer()]
    verdict = ask(one, options=Options(canary=True))
    assert outcome(verdict) == ("inconclusive", Missed.CANARY_UNSEEN)
    assert one.clock.now == pytest.approx(1032)


@pytest.mark.parametrize("failed", [answer(err="no shell\n", code=1), answer(late=True, err="no shell\n")])
def test_a_canary_that_cannot_be_sent_is_a_check_that_was_not_made(
    one: ScriptedKubectl, failed: Completed
) -> None:
    one.execs = [failed]
    verdict = ask(one, options=Options(canary=True))
    assert outcome(verdict) == ("inconclusive", Missed.CHECK_NOT_MADE)
    assert verdict.checks == (Check(Missed.CANARY_UNSEEN, passed=None, words="no shell"),)


def test_no_canary_is_sent_where_the_answer_is_known(one: ScriptedKubectl) -> None:
    one.will_log("falco-a", ALERT)
    assert outcome(ask(one, options=Options(canary=True, diagnose=True))) == ("detected", None)
    assert "exec" not in kinds(one)


RULES = {
    "rules": [{"info": {"name": OTHER_RULE, "priority": "Warning", "source": "syscall", "enabled": True}}]
}


def test_a_falco_that_is_asked_tells_that_it_has_not_the_rule(one: ScriptedKubectl) -> None:
    one.execs = [answer(json.dumps(RULES)), answer("priority: debug\n")]
    verdict = ask(one, options=Options(diagnose=True))
    assert outcome(verdict) == ("not_detected", Missed.RULE_NOT_LOADED)
    asked = [call for call in one.asked if call[0] == "exec"]
    assert [call[:4] for call in asked] == [("exec", "falco", "falco-a", "falco")] * 2


def test_a_falco_that_cannot_be_asked_leaves_the_checks_unmade(one: ScriptedKubectl) -> None:
    one.execs = [answer(err="error: unable to upgrade connection\n", code=1)]
    verdict = ask(one, options=Options(diagnose=True))
    assert outcome(verdict) == ("not_detected", Missed.NO_ALERT)
    words = "error: unable to upgrade connection"
    assert Check(Missed.RULE_NOT_LOADED, passed=None, words=words) in verdict.checks
    assert verdict.next_step == f"not checked: rule_not_loaded, minimum_priority ({words})"


def test_nobody_is_asked_where_no_agent_is_on_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = cluster(monkeypatch, agent_pod(node="node-b"))
    assert outcome(ask(kubectl, options=Options(diagnose=True)))[1] is Missed.NO_AGENT_ON_NODE
    assert "exec" not in kinds(kubectl)


def test_text_is_detected_by_how_it_begins(one: ScriptedKubectl) -> None:
    one.will_log("falco-a", falco_text())
    verdict = ask(one)
    assert (outcome(verdict), verdict.rule) == (("detected", None), PREFIX)
    assert verdict.alerts[0].time is not None
