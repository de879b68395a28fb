"""How findings are printed."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.doctor.finding import Finding, Status
from kubectl_replay.doctor.report import as_json, as_text, passed

FINDINGS = (
    Finding("kubectl", Status.OK, "version 1.36"),
    Finding("kind", Status.WARN, "kind is not on PATH", "install kind"),
    Finding("server", Status.FAIL, "no answer", "start it"),
)


def test_every_finding_has_a_sign_and_a_word_and_what_is_not_ok_its_fix() -> None:
    assert as_text(FINDINGS) == (
        "✓ ok    kubectl: version 1.36\n"
        "! warn  kind: kind is not on PATH\n"
        "        fix: install kind\n"
        "✗ fail  server: no answer\n"
        "        fix: start it\n"
    )


def test_the_document_has_all_findings_in_their_order() -> None:
    assert json.loads(as_json(FINDINGS)) == {
        "schema_version": "1",
        "findings": [
            {"check": "kubectl", "status": "ok", "message": "version 1.36", "fix": ""},
            {"check": "kind", "status": "warn", "message": "kind is not on PATH", "fix": "install kind"},
            {"check": "server", "status": "fail", "message": "no answer", "fix": "start it"},
        ],
        "ok": False,
    }


def test_warnings_pass_and_a_failure_does_not() -> None:
    assert passed(FINDINGS[:2])
    assert json.loads(as_json(FINDINGS[:2]))["ok"] is True
    assert not passed(FINDINGS)


@given(st.text(), st.text(min_size=1))
def test_no_text_makes_more_lines_or_moves_the_cursor(message: str, fix: str) -> None:
    text = as_text([Finding("context", Status.FAIL, message, fix)])
    assert len(text.splitlines()) == 2
    assert all(line.isprintable() for line in text.split("\n"))
