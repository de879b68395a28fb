"""The findings as text and as a JSON document."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from kubectl_replay.doctor.finding import Status
from kubectl_replay.output.box import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kubectl_replay.doctor.finding import Finding

SCHEMA_VERSION = "1"

SIGNS = {Status.OK: "✓", Status.WARN: "!", Status.FAIL: "✗"}


def passed(findings: Sequence[Finding]) -> bool:
    """Whether nothing failed; warnings do not count."""
    return all(finding.status is not Status.FAIL for finding in findings)


def as_text(findings: Sequence[Finding]) -> str:
    """Return a line for each finding, and below those that are not ok what to do."""
    return "".join(f"{line}\n" for finding in findings for line in _lines(finding))


def as_json(findings: Sequence[Finding]) -> str:
    """Return one JSON document with all findings."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "findings": [asdict(finding) for finding in findings],
        "ok": passed(findings),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{SIGNS[finding.status]} {finding.status:<4}  {finding.check}: {printable(finding.message)}"
    if finding.fix:
        yield f"        fix: {printable(finding.fix)}"
