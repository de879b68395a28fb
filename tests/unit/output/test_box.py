"""The box: whole texts for each way to end, and frames that stay straight whatever stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kubectl_replay.detection.check import Check
from kubectl_replay.detection.combination import AUDIT, FALCO, combine
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.detection.verdict import Verdict, inconclusive, skipped
from kubectl_replay.output.box import columns, printable, render, rows
from kubectl_replay.reasons import Phase, Reason
from kubectl_replay.result import Cleanup, Detection, Plan, Status
from kubectl_replay.terminal import Policy, painter
from tests.unit.detection.samples import ALERT, RECORD, RULE
from tests.unit.samples import phases, result

if TYPE_CHECKING:
    from kubectl_replay.result import Result

GOLDEN = Path(__file__).parent / "golden"

UNSCHEDULABLE = """\
No node takes the pod (waited 60 s).
  0/2 nodes are available: 2 node(s) had untolerated taint(s).
command: kubectl describe pod shell-spawn-target-r1 --namespace k8s-replay --context kind-k8s-replay
next: see `kubectl describe nodes` for taints and free resources"""

DELETE = (
    "kubectl delete pod --selector kubectl-replay/run=r1 --namespace k8s-replay --context kind-k8s-replay"
)

SEEN = Verdict(
    "detected", FALCO, rule=RULE, alerts=(ALERT,), counted=1, latency_seconds=0.0214, readable_seconds=0.1666
)
LOGGED = Verdict(
    "detected", AUDIT, rule=RECORD.label, alerts=(RECORD,), counted=1, weak=True, readable_seconds=0.04
)
SILENT = Verdict(
    "not_detected", FALCO, Missed.RULE_NOT_LOADED, MEANINGS[Missed.RULE_NOT_LOADED].advice, noise=3,
    checks=(Check(Missed.RULE_NOT_LOADED, passed=False), Check(Missed.MINIMUM_PRIORITY, passed=None)),
)  # fmt: skip
OTHER = Verdict(
    "detected_by_other_rule", FALCO, Missed.OTHER_RULE, MEANINGS[Missed.OTHER_RULE].advice,
    rule="Read sensitive file untrusted", alerts=(ALERT,),
)  # fmt: skip
DENIED = inconclusive(FALCO, Missed.BACKEND_DISCOVERY_DENIED, 'pods is forbidden: User "nobody"')


def of(*verdicts: Verdict) -> Detection:
    return Detection(combine(verdicts), verdicts)


ENDS: dict[str, Result] = {
    "passed-skipped": result(),
    "passed-detected": result(phases=phases(detection=Status.PASS), detection=of(SEEN)),
    "passed-detected-twice": result(phases=phases(detection=Status.PASS), detection=of(SEEN, LOGGED)),
    "passed-not-detected": result(
        phases=phases(detection=Status.NOT_VERIFIED),
        detection=of(SILENT, LOGGED),
    ),
    "passed-other-rule": result(phases=phases(detection=Status.NOT_VERIFIED), detection=of(OTHER)),
    "passed-inconclusive": result(phases=phases(detection=Status.NOT_VERIFIED), detection=of(DENIED)),
    "passed-disabled": result(detection=Detection(skipped("disabled", Missed.DISABLED))),
    "preflight": result(
        context="",
        phases=phases(Phase.PREFLIGHT, Reason.NO_CONTEXT, "The kubeconfig names no current context."),
        detection=Detection(),
        behavior="",
        expectations=(),
    ),
    "deploy": result(
        phases=phases(Phase.DEPLOY, Reason.ADMISSION_DENIED, "An admission policy refused the workload."),
        detection=Detection(),
    ),
    "ready": result(
        phases=phases(Phase.READY, Reason.POD_UNSCHEDULABLE, UNSCHEDULABLE), detection=Detection()
    ),
    "trigger": result(
        phases=phases(Phase.TRIGGER, Reason.NO_TERMINAL, "kubectl did not accept our terminal."),
        detection=Detection(),
    ),
    "behavior": result(
        phases=phases(
            Phase.BEHAVIOR, Reason.EXEC_NOT_CONFIRMED, "The command left no proof.\n  not held: proof"
        ),
        detection=Detection(),
    ),
    "cleanup": result(
        phases=phases(
            Phase.CLEANUP, Reason.OBJECTS_LEFT, "This could not be removed: pod/a-r1.\n  it is forbidden"
        ),
        cleanup=Cleanup("incomplete", ("pod/a-r1", "service/b-r1"), DELETE, "it is forbidden"),
    ),
    "interrupted": result(
        phases=phases(Phase.READY, Reason.INTERRUPTED, "SIGINT ended the run."),
        detection=Detection(),
        signum=2,
        cleanup=Cleanup("incomplete", (), DELETE, "Cleanup was stopped: SIGINT."),
    ),
    "bug": result(
        phases=phases(Phase.TRIGGER, Reason.INTERNAL_ERROR, "KeyError: 'x'"), detection=Detection()
    ),
    "kept": result(cleanup=Cleanup("kept", ("pod/a-r1",), DELETE)),
    "long-context": result(context="arn:aws:eks:eu-central-1:123456789012:cluster/sandbox-of-the-team"),
    "wide-characters": result(context="kind-クラスター-é"),
    "control-characters": result(
        context="kind-\x1b[31mred\n\t",
        phases=phases(Phase.TRIGGER, Reason.EXEC_FAILED, "It failed.\n  \x1b]0;title\x07 words\r\x08"),
        detection=Detection(),
    ),
    "dry-run": result(
        phases=phases(deploy=Status.PENDING, ready=Status.PENDING, trigger=Status.PENDING),
        plan=Plan(("kubectl create",), ""),
        detection=Detection(),
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_box_is_the_recorded_one(name: str) -> None:
    assert render(ENDS[name]) == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_every_recorded_box_is_compared() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(ENDS)


def framed(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("╔", "║", "╠", "╚"))]


def test_the_box_has_forty_columns_like_the_predecessor_s() -> None:
    assert {len(line) for line in framed(render(result()))} == {40}


def test_the_rows_are_the_predecessor_s_in_its_order() -> None:
    assert [label for label, _ in rows(result())] == [
        "scenario", "context", "deploy", "ready", "trigger", "behavior", "detection backend", "detection",
        "overall",
    ]  # fmt: skip


@given(st.text(), st.text(), st.text())
def test_the_frame_is_straight_whatever_the_values_are(scenario: str, context: str, backend: str) -> None:
    text = render(
        result(scenario=scenario, context=context, detection=Detection(Verdict("detected", backend)))
    )
    lines = framed(text)
    assert len(lines) == 13
    assert len({columns(line) for line in lines}) == 1


@given(st.text())
def test_a_context_is_never_cut(context: str) -> None:
    assert printable(context) in render(result(context=context))


@given(st.text(), st.text(), st.text())
def test_nothing_reaches_the_terminal_that_would_move_its_cursor(message: str, words: str, left: str) -> None:
    text = render(
        result(
            phases=phases(Phase.CLEANUP, Reason.OBJECTS_LEFT, message),
            behavior=words,
            expectations=(words,),
            cleanup=Cleanup("incomplete", (left,), words, message),
            detection=Detection(Verdict("not_detected", words, Missed.NO_ALERT, words, rule=words)),
        )
    )
    assert all(char.isprintable() for line in text.split("\n") for char in line)


PRINTABLE = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"], max_codepoint=0xFFFF).filter(str.isprintable),
    max_size=1,
)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\N{COMBINING ACUTE ACCENT}", 1),
        ("クラスター", 10),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}", 2),
        ("\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}", 1),
        ("1\N{COMBINING ENCLOSING KEYCAP}", 1),
        ("\N{HANGUL CHOSEONG KIYEOK}\N{HANGUL JUNGSEONG A}", 2),
        ("\N{ROCKET}", 2),
    ],
)
def test_a_text_takes_as_many_columns_as_terminals_give_it(text: str, width: int) -> None:
    assert columns(text) == width


@given(st.text(st.characters(codec="latin-1", exclude_categories=["C"])))
def test_rich_counts_the_same_columns_for_western_letters(text: str) -> None:
    assert columns(text) == cell_len(text)


def test_color_changes_no_letter_and_no_width() -> None:
    paint = painter(Policy(color=True, live=False))
    colored = render(result(), paint)
    assert "\x1b[32mPASS\x1b[0m" in colored
    for code in ("\x1b[32m", "\x1b[33m", "\x1b[0m"):
        colored = colored.replace(code, "")
    assert colored == render(result())
