"""What the agents' own logs tell: whether they can be read, which Falco it is, and what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kubectl_replay.detection import timestamp
from kubectl_replay.detection.reasons import MEANINGS, Missed
from kubectl_replay.doctor.falco import start
from kubectl_replay.doctor.falco.agreement import agree
from kubectl_replay.doctor.finding import Finding, fail, not_made, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_replay.backends.agent_log import Reading

LOG: Final = "log"


def examine(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Look at the logs, one check after the other; what needs a log is only said of those that were read."""
    named = [*zip(_names(readings), readings, strict=True)]
    for look in (judge_log, start.judge_version, start.judge_buffering):
        yield from agree((name, look(reading)) for name, reading in named)
    for look in (start.judge_sources, start.judge_rules_files, judge_drops, judge_start, judge_alerts):
        yield from agree((name, look(reading)) for name, reading in named if not reading.failure)


def _names(readings: Sequence[Reading]) -> Iterator[str]:
    """Name agents by their nodes, which say where they can be heard; several on one node by their pods."""
    nodes = [reading.agent.node for reading in readings]
    for reading in readings:
        agent = reading.agent
        alone = agent.node and nodes.count(agent.node) == 1
        yield agent.node if alone else f"{agent.namespace}/{agent.pod}"


def judge_log(reading: Reading) -> Finding:
    """Say whether the log could be read."""
    if reading.denied:
        message = f"this user may not read it: {reading.failure}"
        return fail(LOG, message, MEANINGS[Missed.LOGS_DENIED].advice)
    if reading.failure:
        return not_made(LOG, f"it could not be read: {reading.failure}", "run this again")
    return ok(LOG, "it can be read")


def judge_drops(reading: Reading) -> Finding:
    """Say when Falco last told that it lost events."""
    mark = reading.log.last("drops")
    if mark is None:
        return ok("drops", f"none{_since(reading)}")
    return warn("drops", f"the last one {_at(mark.time)}", MEANINGS[Missed.DROPS].advice)


def judge_start(reading: Reading) -> Finding:
    """Say when Falco last started or loaded its rules anew: it is blind for some seconds then."""
    log = reading.log
    mark, started = log.last("started", "stopped", "reloading"), log.last("started")
    if mark is None:
        return ok("last start", f"not in its log{_since(reading)}")
    if mark is not started:
        fix = "wait until it runs again, and see its log: `kubectl replay logs falco --raw`"
        return warn("last start", f"it stopped {_at(mark.time)} and has not started again", fix)
    how = "its rules were loaded anew" if log.last("stopped", "reloading") else "it started"
    return ok("last start", f"{how} {_at(mark.time)}")


def judge_alerts(reading: Reading) -> Finding:
    """Say whether the log shows that alerts are printed there at all."""
    if not reading.alerts:
        fix = "run `kubectl replay shell-spawn --canary`, and see that stdout_output.enabled is true"
        return warn("alerts", f"none{_since(reading)}, so nothing shows that alerts are printed there", fix)
    count = "1 alert" if reading.alerts == 1 else f"{reading.alerts} alerts"
    return ok("alerts", f"{count}{_since(reading)}, the last one {_at(reading.last_alert)}")


def _since(reading: Reading) -> str:
    first = reading.log.first_time
    return "" if first is None else f" since {timestamp.text(first)[:19]}Z"


def _at(time: int | None) -> str:
    return "at an unknown time" if time is None else f"at {timestamp.text(time)[:19]}Z"
