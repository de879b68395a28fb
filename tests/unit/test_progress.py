"""How a run is told: the same words live and as plain lines, and no reader that can stop a run."""

from __future__ import annotations

import io
import re
import threading
from typing import TextIO

import pytest

from kubectl_replay.progress import Lines, Live, banner, line
from kubectl_replay.reasons import Phase, Reason
from kubectl_replay.result import PhaseResult, Status
from tests.unit.programs import until
from tests.unit.samples import scenario

PASSED = PhaseResult(Phase.DEPLOY, Status.PASS, 0.128)
FAILED = PhaseResult(Phase.READY, Status.FAIL, 60.004, Reason.POD_UNSCHEDULABLE, "No node.")


class Gone(io.StringIO):
    """A stream whose reader has gone away."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


class Terminal(io.StringIO):
    """A stream that calls itself a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_banner_names_the_scenario_its_purpose_and_the_limits() -> None:
    told = banner(scenario(goal="See that\n  it runs."))
    assert told == "kubectl replay demo: See that it runs.\nFor test clusters only.\n"


@pytest.mark.parametrize(
    ("ended", "text"),
    [
        (PASSED, "deploy     PASS           0.13s"),
        (FAILED, "ready      FAIL          60.00s  pod_unschedulable"),
        (PhaseResult(Phase.DETECTION, Status.NOT_VERIFIED, 20), "detection  NOT VERIFIED  20.00s"),
    ],
)
def test_a_phase_is_told_in_one_line(ended: PhaseResult, text: str) -> None:
    assert line(ended) == text


def test_plain_lines_come_when_a_phase_has_ended() -> None:
    stream = io.StringIO()
    told = Lines(stream)
    told.say(banner(scenario()))
    told.began(Phase.DEPLOY)
    told.notice("look out")
    told.ended(PASSED)
    assert stream.getvalue() == f"{banner(scenario())}\nnotice: look out\n{line(PASSED)}\n"


@pytest.mark.parametrize("kind", [Lines, lambda stream: Live(stream, color=True)])
def test_a_reader_that_is_gone_stops_nothing(kind: type[Lines]) -> None:
    told = kind(Gone())
    told.say("a")
    told.began(Phase.DEPLOY)
    told.notice("b")
    told.ended(PASSED)
    told.began(Phase.READY)
    told.ended(FAILED)


def live(stream: TextIO) -> None:
    before = threading.active_count()
    told = Live(stream, color=False)
    told.say("banner")
    told.began(Phase.DEPLOY)
    told.notice("look out")
    told.ended(PASSED)
    told.began(Phase.READY)
    told.ended(FAILED)
    until(lambda: threading.active_count() == before)


def test_on_a_terminal_the_phase_under_way_spins_and_the_same_lines_stay() -> None:
    stream = Terminal()
    live(stream)
    text = stream.getvalue()
    assert "deploy: creating the workload" in text
    assert "ready: waiting for the workload" in text
    written = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "\n", text).split("\n")
    kept = ["banner", "notice: look out", line(PASSED), line(FAILED)]
    assert [part for part in written if part in kept] == kept


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_words_for_what_is_being_done(phase: Phase) -> None:
    stream = Terminal()
    told = Live(stream, color=False)
    told.began(phase)
    told.ended(PhaseResult(phase))
    assert f"{phase}: " in stream.getvalue()
