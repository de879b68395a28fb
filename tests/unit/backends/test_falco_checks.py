"""What the silence of Falco means: each check, made on pods and logs that are written down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.backends.agent_log import READ_SECONDS
from kubectl_replay.detection.check import FALCO_CAUSES, FALCO_READING, Check
from kubectl_replay.detection.reasons import Missed
from kubectl_replay.scenario.detection import FalcoExpectation
from tests.unit.backends.samples import HEALTHY, LONG_AGO, NOISE, STARTED, agent_pod, ask, cluster, single
from tests.unit.detection.samples import EXPECTATION, OTHER_ID, OTHER_RULE, RULE, TARGET, falco_json
from tests.unit.fakes import Silence
from tests.unit.samples import FORBIDDEN, answer, refused

if TYPE_CHECKING:
    from kubectl_replay.detection.verdict import Verdict
    from kubectl_replay.process import Completed
    from tests.unit.fakes import Line

LATER = "2026-11-24T06:42:35.000000000Z"
BEFORE = "2026-11-24T06:42:00.000000000Z"
LOST = answer(err="error: unexpected EOF\n", code=1)


def own(words: str, stamp: str = LATER) -> str:
    """Return a line of Falco's own log."""
    return f"{stamp} Tue Nov 24 06:42:35 2026: {words}\n"


def noise(stamp: str) -> str:
    """Return somebody else's alert."""
    return falco_json(OTHER_RULE, container_id=OTHER_ID, command="id", time=stamp, stamp=stamp) + "\n"


def silence(
    monkeypatch: pytest.MonkeyPatch,
    *whole: Line,
    before: dict[str, Any] | None = None,
    now: Completed | None = None,
    end: Completed | None = None,
    ended: bool = False,
    expectation: FalcoExpectation = EXPECTATION,
    **changes: Any,  # noqa: ANN401 - the fields of a question
) -> Verdict:
    """Ask a Falco that said nothing; `ended`: the log that was followed ended once."""
    pod = before or agent_pod()
    kubectl = cluster(monkeypatch, pod)
    kubectl.singles = [now or single(pod)]
    kubectl.will_log("falco-a", *([Silence(1)] if ended else []), end=LOST if ended else None)
    kubectl.will_log("falco-a", *(whole or HEALTHY), how="whole", end=end)
    verdict = ask(kubectl, expectation, **changes)
    assert verdict.alerts == ()
    return verdict


def outcome(verdict: Verdict) -> tuple[str, Missed | None]:
    return verdict.verdict, verdict.reason


def failed(verdict: Verdict) -> list[Missed]:
    return [check.about for check in verdict.checks if check.passed is False]


def unmade(verdict: Verdict) -> list[Missed]:
    return [check.about for check in verdict.checks if check.passed is None]


def words(verdict: Verdict, about: Missed) -> str:
    return next(check.words for check in verdict.checks if check.about is about)


HEARD = ("not_detected", Missed.NO_ALERT)


def test_a_healthy_falco_passes_every_reading_check(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch)
    assert outcome(verdict) == HEARD
    assert failed(verdict) == []
    assert unmade(verdict) == [Missed.RULE_NOT_LOADED, Missed.MINIMUM_PRIORITY]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((*HEALTHY, own("Falco version: 0.44.1 (x86_64)")), Missed.RESTARTED),
        ((*HEALTHY, own("SIGHUP received, restarting...")), Missed.RESTARTED),
        ((*HEALTHY, f"{LATER} Events detected: 1\n"), Missed.RESTARTED),
        ((*HEALTHY, own("Falco internal: syscall event drop. 3 system calls dropped in last second.")),
         Missed.DROPS),
        ((*HEALTHY, falco_json("Falco internal: syscall event drop", source="internal", time=LATER)),
         Missed.DROPS),
        (STARTED, Missed.STDOUT_OUTPUT_OFF),
    ],
)  # fmt: skip
def test_what_the_log_tells_of_falco_takes_the_meaning_from_silence(
    monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...], reason: Missed
) -> None:
    verdict = silence(monkeypatch, *lines)
    assert outcome(verdict) == ("inconclusive", reason)
    assert failed(verdict) == [reason]


@pytest.mark.parametrize(
    "line",
    [
        own("SIGHUP received, restarting...", BEFORE),
        own("Falco internal: syscall event drop. 3 system calls dropped in last second.", BEFORE),
    ],
)
def test_what_happened_before_the_window_changes_nothing(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    assert outcome(silence(monkeypatch, *HEALTHY, line)) == HEARD


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (agent_pod(ready=False), agent_pod()),
        (agent_pod(), agent_pod(ready=False)),
        (agent_pod(ready=False), agent_pod(ready=False)),
    ],
)
def test_an_agent_that_was_not_ready_all_the_time_may_have_missed_it(
    monkeypatch: pytest.MonkeyPatch, before: dict[str, Any], now: dict[str, Any]
) -> None:
    verdict = silence(monkeypatch, before=before, now=single(now))
    assert outcome(verdict) == ("inconclusive", Missed.AGENT_NOT_READY)
    assert words(verdict, Missed.AGENT_NOT_READY) == "falco/falco-a"


def test_an_agent_that_restarted_was_blind(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, before=agent_pod(restarts=1), now=single(agent_pod(restarts=2)))
    assert (outcome(verdict), failed(verdict)) == (("inconclusive", Missed.RESTARTED), [Missed.RESTARTED])


@pytest.mark.parametrize(
    "gone", [answer(err="gone", code=1), answer(late=True), single({**agent_pod(), "spec": {}})]
)
def test_an_agent_that_cannot_be_looked_at_again_is_two_checks_that_were_not_made(
    monkeypatch: pytest.MonkeyPatch, gone: Completed
) -> None:
    verdict = silence(monkeypatch, now=gone)
    assert outcome(verdict) == ("inconclusive", Missed.CHECK_NOT_MADE)
    assert unmade(verdict) == [Missed.AGENT_NOT_READY, Missed.RESTARTED]
    assert failed(verdict) == []


def test_a_log_that_ended_and_whose_first_line_is_young_was_rotated(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, noise(LATER), ended=True)
    assert (outcome(verdict), failed(verdict)) == (
        ("inconclusive", Missed.LOG_ROTATED), [Missed.LOG_ROTATED],
    )  # fmt: skip


def test_a_log_that_ended_and_reaches_back_far_enough_was_not_rotated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert outcome(silence(monkeypatch, *HEALTHY, ended=True)) == HEARD


def test_a_young_log_that_was_followed_without_a_break_lost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome(silence(monkeypatch, noise(LATER))) == HEARD


def test_a_log_that_ended_and_is_empty_may_have_been_rotated(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, "\n", ended=True)
    assert Missed.LOG_ROTATED in failed(verdict)


def test_a_log_that_is_young_because_falco_restarted_was_not_rotated(monkeypatch: pytest.MonkeyPatch) -> None:
    started = own("Falco version: 0.44.1 (x86_64)")
    verdict = silence(monkeypatch, started, noise(LATER), ended=True)
    assert (outcome(verdict), failed(verdict)) == (("inconclusive", Missed.RESTARTED), [Missed.RESTARTED])


def test_a_log_that_may_not_be_read_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, "\n", end=refused())
    assert outcome(verdict) == ("inconclusive", Missed.LOGS_DENIED)
    assert words(verdict, Missed.LOGS_DENIED) == FORBIDDEN.strip()
    assert failed(verdict) == [Missed.LOGS_DENIED, Missed.LOG_UNREADABLE]


def test_what_an_unread_log_cannot_tell_is_a_check_that_was_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, "\n", end=LOST)
    assert outcome(verdict) == ("inconclusive", Missed.LOG_UNREADABLE)
    assert words(verdict, Missed.LOG_UNREADABLE) == "error: unexpected EOF"
    assert failed(verdict) == [Missed.LOG_UNREADABLE]
    assert unmade(verdict) == [
        Missed.STDOUT_OUTPUT_OFF, Missed.LOG_ROTATED, Missed.RESTARTED, Missed.DROPS,
    ]  # fmt: skip


def test_a_restart_that_half_a_log_shows_is_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, own("SIGHUP received, restarting..."), end=LOST)
    assert {Missed.RESTARTED, Missed.LOG_UNREADABLE} == set(failed(verdict))


def test_a_log_that_takes_too_long_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, *HEALTHY, Silence(READ_SECONDS + 1))
    assert outcome(verdict) == ("inconclusive", Missed.LOG_UNREADABLE)
    assert words(verdict, Missed.LOG_UNREADABLE) == "it took longer than 60 s"


@pytest.mark.parametrize(
    ("container", "lines"),
    [
        ({"image": "falcosecurity/falco:0.40.0"}, (NOISE,)),
        ({"image": "falcosecurity/falco:0.43.9"}, (NOISE,)),
        ({"image": "mirror/falco:latest"}, (own("Falco version: 0.40.0 (x86_64)", LONG_AGO), NOISE)),
        ({"image": "falcosecurity/falco:0.44.1"}, (own("Falco version: 0.35.1", LONG_AGO), NOISE)),
    ],
)
def test_a_falco_that_holds_its_output_back_may_speak_later(
    monkeypatch: pytest.MonkeyPatch, container: dict[str, Any], lines: tuple[str, ...]
) -> None:
    verdict = silence(monkeypatch, *lines, before=agent_pod(**container))
    assert outcome(verdict) == ("inconclusive", Missed.STDOUT_BUFFERED)
    assert words(verdict, Missed.STDOUT_BUFFERED).startswith("Falco 0.")


@pytest.mark.parametrize(
    ("container", "lines"),
    [
        ({"image": "falcosecurity/falco:0.40.0", "tty": True}, (NOISE,)),
        ({"image": "falcosecurity/falco:0.40.0", "args": ["-U"]}, (NOISE,)),
        ({"image": "falcosecurity/falco:0.34.1"}, (NOISE,)),
        ({"image": "mirror/falco:latest"}, HEALTHY),
        ({"image": "mirror/falco:latest", "tty": True}, (NOISE,)),
    ],
)
def test_a_falco_that_prints_at_once_can_be_heard(
    monkeypatch: pytest.MonkeyPatch, container: dict[str, Any], lines: tuple[str, ...]
) -> None:
    assert outcome(silence(monkeypatch, *lines, before=agent_pod(**container))) == HEARD


@pytest.mark.parametrize(
    "told", [(), (own("Falco version: 0", LONG_AGO),), (own("Falco version: mine", LONG_AGO),)]
)
def test_a_falco_whose_version_nobody_knows_is_a_check_that_was_not_made(
    monkeypatch: pytest.MonkeyPatch, told: tuple[str, ...]
) -> None:
    verdict = silence(monkeypatch, *told, NOISE, before=agent_pod(image="mirror/falco:latest"))
    assert outcome(verdict) == ("inconclusive", Missed.CHECK_NOT_MADE)
    assert verdict.checks == (
        Check(Missed.STDOUT_BUFFERED, passed=None, words="unknown version, image mirror/falco:latest"),
    )


def test_a_container_without_an_id_cannot_be_recognized(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, target=replace(TARGET, container_ids=()))
    assert outcome(verdict) == ("inconclusive", Missed.CONTAINER_UNKNOWN)


def test_a_falco_that_does_not_watch_the_source_cannot_have_alerted(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, expectation=FalcoExpectation(rules=("Attach",), source="k8s_audit"))
    assert outcome(verdict) == ("not_detected", Missed.SOURCE_NOT_LOADED)
    assert words(verdict, Missed.SOURCE_NOT_LOADED) == "loaded: syscall"


def test_sources_that_the_log_does_not_tell_are_a_check_that_was_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verdict = silence(monkeypatch, NOISE)
    assert outcome(verdict) == HEARD
    assert unmade(verdict)[0] is Missed.SOURCE_NOT_LOADED
    assert "not checked: source_not_loaded, " in verdict.next_step


def test_a_rule_that_looks_for_a_terminal_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, tty=False)
    assert outcome(verdict) == ("not_detected", Missed.TRIGGER_WITHOUT_TERMINAL)
    other = FalcoExpectation(rules=(OTHER_RULE,))
    assert outcome(silence(monkeypatch, expectation=other, tty=False)) == HEARD


@pytest.mark.parametrize("first", ["DaemonSet", "Deployment"])
def test_of_two_agents_on_the_node_that_of_the_daemon_set_is_checked(
    monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    pods = [agent_pod("falco-d", owner="DaemonSet"), agent_pod("falco-x", owner="Deployment")]
    kubectl = cluster(monkeypatch, *(pods if first == "DaemonSet" else reversed(pods)))
    kubectl.singles = [single(pods[0])]
    kubectl.will_log("falco-d", *HEALTHY, how="whole")
    assert outcome(ask(kubectl)) == HEARD
    assert [call[2] for call in kubectl.asked if call[0] in {"whole", "pod"}] == ["falco-d", "falco-d"]


def test_an_agent_that_no_daemon_set_made_is_checked_where_there_is_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert outcome(silence(monkeypatch, before=agent_pod(owner="Deployment"))) == HEARD


def test_the_most_fundamental_reason_is_the_one_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    restarted = single(agent_pod(ready=False, restarts=1))
    verdict = silence(monkeypatch, *STARTED, now=restarted, tty=False)
    assert outcome(verdict) == ("inconclusive", Missed.AGENT_NOT_READY)
    assert failed(verdict) == [Missed.AGENT_NOT_READY, Missed.STDOUT_OUTPUT_OFF, Missed.RESTARTED]


def test_no_check_is_made_that_no_list_names(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = silence(monkeypatch, *STARTED, expectation=FalcoExpectation(rules=(RULE,)))
    assert {check.about for check in verdict.checks} <= {*FALCO_READING, *FALCO_CAUSES}
