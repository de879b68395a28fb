"""The sieve: it passes over what is somebody else's, and never over what could be this run's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.falco_log import FalcoLog
from kubectl_replay.detection.falco_matcher import FalcoMatcher
from kubectl_replay.detection.sieve import Sieve
from tests.unit.detection.samples import (
    EXPECTATION,
    ID,
    NONCE,
    OTHER_ID,
    POD,
    SHORT,
    TARGET,
    WINDOW,
    falco_json,
    falco_text,
)

SIEVE = Sieve(TARGET)
FOREIGN: dict[str, Any] = {"container_id": OTHER_ID, "name": "cart", "namespace": "shop", "pod": "cart-1"}


def whole(line: str) -> str:
    return f"{line}\n"


@pytest.mark.parametrize(
    ("line", "form"),
    [
        (falco_json(command="bash", **FOREIGN), "json"),
        (falco_text(command="bash", **FOREIGN), "text"),
    ],
)
def test_an_alert_on_somebody_else_is_passed_over(line: str, form: str) -> None:
    assert SIEVE.passes_over(whole(line)) == form


@pytest.mark.parametrize("word", [SHORT, ID, POD, NONCE])
@pytest.mark.parametrize("make", [falco_json, falco_text])
def test_a_line_with_a_word_of_this_run_is_taken_apart(make: Any, word: str) -> None:  # noqa: ANN401
    assert SIEVE.passes_over(whole(make(command=f"echo {word}", **FOREIGN))) is None


@pytest.mark.parametrize(
    "line",
    [
        "Tue Nov 24 06:42:31 2026: Falco version: 0.44.1 (x86_64)",
        "2026-11-24T06:42:31+0000: SIGHUP received, restarting...",
        "Events detected: 3",
        "",
        "{}",
        '{"rule":"half of an al',
        falco_json("Falco internal: syscall event drop", command="x", **FOREIGN),
        falco_text("Falco internal: syscall event drop", command="x", **FOREIGN),
        falco_json("Falco internal: Falco metrics snapshot", command="x", **FOREIGN),
    ],
)
def test_what_falco_says_of_itself_and_broken_lines_are_taken_apart(line: str) -> None:
    assert SIEVE.passes_over(whole(line)) is None


def test_a_log_counts_what_it_passes_over_and_learns_the_form() -> None:
    log = FalcoLog(sieve=SIEVE)
    lines = [falco_json(command="bash", **FOREIGN)] * 3
    assert len(list(log.read(map(whole, lines)))) == 1  # the first line tells where the log begins
    assert (log.others, log.mode) == (2, "json")


PLACES = st.fixed_dictionaries(
    {
        "container_id": st.sampled_from([SHORT, ID, ID[:20], OTHER_ID, "host", ""]),
        "name": st.sampled_from(["shell", "sidecar", "<NA>"]),
        "namespace": st.sampled_from(["k8s-replay", "shop", "<NA>"]),
        "pod": st.sampled_from([POD, f"{POD}x", "cart-1", "<NA>"]),
        "command": st.sampled_from(
            ["sh", f"sh -c : {NONCE}", f"echo k8s_pod_name={POD}", "echo container_id="]
        ),
    }
)


@given(st.lists(st.tuples(st.sampled_from([falco_json, falco_text]), PLACES), max_size=12))
def test_with_it_the_same_is_found_as_without(alerts: list[tuple[Any, dict[str, str]]]) -> None:
    lines = [whole(make(**place)) for make, place in alerts]

    def found(log: FalcoLog) -> object:
        matcher = FalcoMatcher(EXPECTATION, TARGET, WINDOW)
        for alert in log.read(lines):
            matcher.feed(alert)
        return matcher.findings.ours, log.mode, log.marks

    assert found(FalcoLog(sieve=SIEVE)) == found(FalcoLog())
