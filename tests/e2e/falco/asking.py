"""Runs beside a stand-in, and what they say of their detection."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.e2e.alerting import alerting, shell_alert
from tests.e2e.falco_lines import Sighting, json_alert

if TYPE_CHECKING:
    from tests.e2e.alerting import Answer
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay, Replayed
    from tests.e2e.stand_in import StandIn

QUICK = ("--detect-timeout", "2s")
RULE = "Terminal shell in container"


def run_beside(
    replay: Replay,
    stand_in: StandIn,
    namespace: Namespace,
    answer: Answer = shell_alert,
    *words: str,
    commands: int = 1,
) -> Replayed:
    """Run shell-spawn while the stand-in answers; fails the test where it saw other than so many commands."""
    with alerting(stand_in, namespace.name, answer) as watcher:
        replayed = replay("shell-spawn", "-o", "json", *words)
    assert len(watcher.seen) == commands, "the stand-in has not seen the commands"
    return replayed


def verdict(replayed: Replayed) -> tuple[int, str, str | None]:
    detection = replayed.document["detection"]
    return replayed.code, detection["verdict"], detection["reason"]


def warm(stand_in: StandIn) -> None:
    """Print somebody else's alert, so that the log shows that alerts are printed there."""
    other = Sighting(time.time_ns(), "0123456789ab", "app", "shop", "cart-1", "bash -i")
    stand_in.feed(json_alert(other))


def settle(stand_in: StandIn) -> None:
    """Let its start lie far back, because right after it silence is not trusted, and have it alert once."""
    stand_in.age()
    warm(stand_in)
