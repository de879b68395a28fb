"""The rules of each Falco as a table and as a document."""

from __future__ import annotations

import json
from dataclasses import replace

from kubectl_replay.detection.falco_rules import Rule
from kubectl_replay.detection.fleet import Fleet
from kubectl_replay.output.rules import Loaded, as_json, as_text
from tests.unit.doctor.falco.samples import AGENT

FLEET = Fleet((AGENT,))
OTHER = Fleet((replace(AGENT, owner="Deployment/audit", pod="audit-a"),))
RULES = (
    Rule("Terminal shell in container", "Notice", "syscall", enabled=True, tags=("T1059",)),
    Rule("Two", "Warning", "syscall", enabled=False),
    Rule("Three"),
)
EXPECTED = {"Terminal shell in container": ["shell-spawn", "mine"], "Two": ["two"], "Four": ["four", "two"]}


def test_rules_stand_in_a_table_with_the_scenarios_that_expect_them() -> None:
    assert as_text([Loaded(FLEET, RULES)], EXPECTED) == (
        "DaemonSet/falco in the namespace falco: 3 rules, as falco-a says\n"
        "RULE                         PRIORITY  SOURCE   ENABLED  EXPECTED BY\n"
        "Terminal shell in container  Notice    syscall  yes      shell-spawn, mine\n"
        "Two                          Warning   syscall  no       two\n"
        "Three                        -         -        -        -\n"
        "\n"
        "Expected, and not loaded or not enabled:\n"
        "Two (two)\n"
        "Four (four, two)\n"
    )


def test_where_all_that_is_expected_is_loaded_nothing_more_is_said() -> None:
    assert as_text([Loaded(FLEET, RULES)], {"Three": ["three"]}).endswith("three\n")


def test_files_stand_where_rules_are_not_known_and_then_nothing_is_missing() -> None:
    known, files = Loaded(FLEET, RULES[:1]), Loaded(OTHER, files=("/etc/falco/k8s_audit_rules.yaml",))
    assert as_text([known, files, Loaded(FLEET)], {"Four": ["four"]}).splitlines()[2:] == [
        "Terminal shell in container  Notice    syscall  yes      -",
        "",
        "Deployment/audit in the namespace falco: rules not known; files that audit-a loaded at its start:",
        "/etc/falco/k8s_audit_rules.yaml",
    ]


def test_a_name_cannot_move_the_cursor() -> None:
    text = as_text([Loaded(FLEET, (Rule("\x1b[2J\nOne"),))], {})
    assert "\x1b" not in text
    assert len(text.splitlines()) == 3


def test_the_document_has_everything() -> None:
    assert json.loads(as_json([Loaded(FLEET, RULES[:1])], EXPECTED)) == {
        "schema_version": "1",
        "falco": [
            {
                "namespace": "falco",
                "owner": "DaemonSet/falco",
                "pod": "falco-a",
                "node": "node-a",
                "rules": [
                    {
                        "name": "Terminal shell in container",
                        "priority": "Notice",
                        "source": "syscall",
                        "enabled": True,
                        "tags": ["T1059"],
                        "expected_by": ["shell-spawn", "mine"],
                    }
                ],
                "rules_files": [],
            }
        ],
        "not_loaded": {"Two": ["two"], "Four": ["four", "two"]},
    }


def test_what_is_not_known_is_null_in_the_document() -> None:
    document = json.loads(as_json([Loaded(FLEET, files=("/a",)), Loaded(OTHER)], EXPECTED))
    assert [(each["rules"], each["rules_files"]) for each in document["falco"]] == [
        (None, ["/a"]),
        (None, []),
    ]
    assert document["not_loaded"] is None
