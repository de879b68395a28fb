"""Several runs together: a table to read, and one document."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from kubectl_replay.output import document
from kubectl_replay.output.box import overall
from kubectl_replay.result import PASSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.batch import Batch


def render(batch: Batch) -> str:
    """Return the table that stands below the boxes; below plans, which are YAML, it is a comment."""
    plans = any(result.plan for result in batch.results)
    return "".join(f"# {line}\n" if plans else f"{line}\n" for line in _lines(batch))


def _lines(batch: Batch) -> Iterator[str]:
    passed, failed = _counts(batch)
    counts = [f"{passed} passed", f"{failed} failed", f"{len(batch.not_run)} not run"]
    yield f"{len(batch.results)} runs in {batch.duration_seconds:.1f} s: {', '.join(counts)}"
    ids = [*(result.scenario for result in batch.results), *(item.id for item in batch.not_run)]
    width = max(map(len, ids), default=0)
    for result in batch.results:
        why = f"  {result.failure_reason}" if result.failure_reason else ""
        yield f"  {result.scenario:<{width}}  {result.run_id:<8}  {overall(result)}{why}"
    for item in batch.not_run:
        yield f"  {item.id:<{width}}  not run: {item.reason}"


def _counts(batch: Batch) -> tuple[int, int]:
    """Count the runs that passed and that failed; a dry run did neither."""
    passed = sum(result.overall in PASSED for result in batch.results)
    return passed, sum(result.failed is not None for result in batch.results)


def render_document(batch: Batch) -> str:
    """Return the one document of several runs as text."""
    return json.dumps(build(batch), indent=2, ensure_ascii=False) + "\n"


def build(batch: Batch) -> dict[str, object]:
    """Return the one document of several runs as data."""
    passed, failed = _counts(batch)
    return {
        "schema_version": document.SCHEMA_VERSION,
        "summary": {
            "total": len(batch.results),
            "passed": passed,
            "failed": failed,
            "overall": Counter(str(result.overall) for result in batch.results),
            "exit_code": batch.code,
            "duration_seconds": round(batch.duration_seconds, 3),
            "not_run": [{"id": item.id, "reason": item.reason} for item in batch.not_run],
        },
        "results": [document.build(result) for result in batch.results],
    }
