"""kubectl-exec: what the API server records of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.audit import AuditLog
    from tests.e2e.replay import Replay


def test_the_exec_is_recorded_without_a_terminal_and_with_its_words(replay: Replay, audit: AuditLog) -> None:
    document = replay("kubectl-exec", "-o", "json").document
    (event,) = [item for item in audit.events() if item["objectRef"].get("subresource") == "exec"]
    assert event["verb"] in {"create", "get"}
    assert event["objectRef"]["name"] == document["pod"]
    assert "tty=true" not in event["requestURI"]
    assert "stdin=true" not in event["requestURI"]
    assert re.search(r"\?command=printf&command=kr-[a-z2-9]{12}\+", event["requestURI"])
