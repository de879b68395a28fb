"""What runs ended as, and all that they said."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.replay import Replayed


def assert_not_observed(replayed: Replayed, reason: str) -> None:
    """Fail unless the trigger ran, the behavior was not seen, and all is gone."""
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (24, reason)
    assert (document["trigger"], document["cleanup"]["status"]) == ("pass", "clean")


def said(*runs: Replayed) -> str:
    """Give all that these runs printed."""
    return "".join(run.stdout + run.stderr for run in runs)
