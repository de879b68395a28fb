"""Which Falco it is: what the last start in an agent's log tells, and else the pod's own description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kubectl_replay.detection import agents
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.doctor.finding import Finding, fail, not_made, ok, warn

if TYPE_CHECKING:
    from kubectl_replay.backends.agent_log import Reading

NO_START: Final = "its log does not reach back to its start"
RESTART: Final = "nothing, or restart the agent: its start tells"


def judge_version(reading: Reading) -> Finding:
    """Say which version it is: its start tells, else the image's tag."""
    if reading.log.version:
        return ok("version", f"{reading.log.version}, as its start says")
    if reading.agent.version:
        return ok("version", f"{_dotted(reading.agent.version)}, as the image's tag says")
    return not_made("version", f"neither its log nor its image {reading.agent.image} tells it", RESTART)


def judge_buffering(reading: Reading) -> Finding:
    """Say whether alerts are printed at once; Falco 0.35 to 0.43 holds them back where it has no terminal."""
    agent, number = reading.agent, version(reading)
    if agent.terminal or agent.unbuffered:
        means = "a terminal" if agent.terminal else "the flag -U"
        return ok("buffering", f"alerts are printed at once: Falco has {means}")
    held = agents.holds_back(number, unbuffered=False)
    fix = MEANINGS[Missed.STDOUT_BUFFERED].advice
    if held is None:
        return not_made("buffering", "it has no terminal and no flag -U, and its version is not known", fix)
    if held:
        message = f"Falco {_dotted(number)} without a terminal and without -U can print alerts minutes late"
        return fail("buffering", message, fix)
    return ok("buffering", f"alerts are printed at once by Falco {_dotted(number)}")


def version(reading: Reading) -> tuple[int, ...]:
    """Return the version as numbers, empty where it is not known."""
    told = reading.log.version.split(".")
    return tuple(int(part) for part in told[:3] if part.isdecimal()) or reading.agent.version


def judge_sources(reading: Reading) -> Finding:
    """Say which kinds of events Falco watches, and by which means: the driver, or a plugin."""
    start = reading.log.start
    if not start.sources:
        return not_made("event sources", NO_START, RESTART)
    told = (f"{source} ({start.engines.get(source, 'by unknown means')})" for source in start.sources)
    message = ", ".join(told)
    if "syscall" in start.sources:
        return ok("event sources", message)
    fix = "nothing, if another Falco watches system calls; else enable the source syscall"
    return warn("event sources", f"{message}: no system call is seen", fix)


def judge_rules_files(reading: Reading) -> Finding:
    """Say which rules files the last start loaded."""
    files = reading.log.rules_files
    if not files:
        return not_made("rules files", NO_START, RESTART)
    return ok("rules files", ", ".join(files))


def _dotted(number: tuple[int, ...]) -> str:
    return ".".join(map(str, number))
