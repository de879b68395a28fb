"""What is said about values that are not what their keys take."""

# ruff: noqa: E501 - a message is easiest to check in one piece
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.scenario.conftest import SCENARIO

if TYPE_CHECKING:
    from tests.unit.scenario.conftest import Folder

TRUTH = "(YAML reads yes, no, on and off without quotes as truth values)"

CASES = {
    "number for text": ('"1.0"', "1.10", '2:10: version must be text, found the number 1.10: write "1.10"'),
    "octal for text": ('"1.0"', "010", '2:10: version must be text, found the number 010: write "010"'),
    "no for text": ("A demo", "no", f'3:8: title must be text, found the truth value no {TRUTH}: write "no"'),
    "true for text": ("A demo", "true", '3:8: title must be text, found the truth value true: write "true"'),
    "date for text": (
        '"1.0"',
        "2026-11-24",
        '2:10: version must be text, found the date 2026-11-24: write "2026-11-24"',
    ),
    "nothing for text": ("A demo", "", "3:7: title must be text, found nothing"),
    "null for text": ("A demo", "~", '3:8: title must be text, found the null value ~: write "~"'),
    "list for text": ("A demo", "[a]", "3:8: title must be text, found a list"),
    "mapping for text": ("A demo", "{a: b}", "3:8: title must be text, found a mapping"),
    "unknown tag": ("A demo", "!foo a", "3:8: title must be text, found a value of the unknown type !foo"),
    "python tag": (
        "A demo",
        "!!python/name:os.system a",
        "3:8: title must be text, found a value of the unknown type !!python/name:os.system",
    ),
    "empty text": ("A demo", '""', "3:8: title must not be empty"),
    "blank text": ("A demo", '" \\n"', "3:8: title must not be empty"),
    "nul in text": ("A demo", '"a\\0b"', "3:8: title must not have the character U+0000"),
    "no choice": (
        "kubectl-exec",
        "kubectl-exce",
        (
            "12:9: trigger.kind must be one of kubectl-exec, curl, api-call, file-read, pod-start, kubectl, script, "
            "found \"kubectl-exce\"; did you mean 'kubectl-exec'?"
        ),
    ),
    "choice of the wrong type": (
        "safety: safe",
        "safety: no",
        f'5:9: safety must be text, found the truth value no {TRUTH}: write "no"',
    ),
    "text for list": ("[id]", "id -u", '13:12: trigger.command must be a list, found the text "id -u"'),
    "number in list": (
        "[id]",
        "[sleep, 5]",
        '13:20: trigger.command[1] must be text, found the number 5: write "5"',
    ),
    "required list empty": (
        "[manifests/pod.yaml]",
        "[]",
        '7:14: deploy.manifests must have at least one entry; for example ["manifests/pod.yaml"]',
    ),
    "text for mapping": (
        "\n  selector: scenario=demo\n  pod_name: demo-target",
        " a",
        '8:11: workload must be a mapping, found the text "a"',
    ),
    "list for plain mapping": (
        "[manifests/pod.yaml]",
        "[[a]]",
        "7:15: deploy.manifests[0] must be a mapping, found a list",
    ),
    "number for plain text": (
        "[manifests/pod.yaml]",
        "[5]",
        '7:15: deploy.manifests[0] must be text, found the number 5: write "5"',
    ),
    "pattern": (
        "demo-target",
        "Demo_target",
        (
            "10:13: workload.pod_name must be lower-case letters, digits and inner hyphens, at most 63, "
            'found "Demo_target"'
        ),
    ),
    "quoted number": (
        "exit_code: 0",
        'exit_code: "0"',
        '17:18: behavior.evidence[0].exit_code must be a whole number, found the text "0": leave the quotes out',
    ),
    "too small": (
        "exit_code: 0",
        "exit_code: -1",
        "17:18: behavior.evidence[0].exit_code must be at least 0, found -1",
    ),
    "two kinds of evidence": (
        "exit_code: 0",
        "exit_code: 0\n      output_contains: a",
        "17:7: behavior.evidence[0] must have exactly one key, found exit_code, output_contains",
    ),
    "evidence without a value": (
        "- exit_code: 0",
        "- proof",
        '17:7: behavior.evidence[0] must be a mapping with one key, found the text "proof"',
    ),
    "evidence that is false": (
        "exit_code: 0",
        "exec_succeeded: false",
        "17:23: behavior.evidence[0].exec_succeeded must be true: leave it out where it is not to hold",
    ),
    "evidence that is quoted": (
        "exit_code: 0",
        'exec_succeeded: "yes"',
        (
            "17:23: behavior.evidence[0].exec_succeeded must be true or false, "
            'found the text "yes": leave the quotes out'
        ),
    ),
    "evidence of null": (
        "exit_code: 0",
        "output_contains:",
        "17:23: behavior.evidence[0].output_contains must be text, found nothing",
    ),
    "no regex": (
        "exit_code: 0",
        'output_matches: "(a"',
        (
            "17:23: behavior.evidence[0].output_matches must be a regular expression, "
            'found "(a": missing ), unterminated subpattern at position 0'
        ),
    ),
    "doubtful regex": (
        "exit_code: 0",
        'output_matches: "[[a]"',
        (
            "17:23: behavior.evidence[0].output_matches must be a regular expression, "
            'found "[[a]": Possible nested set at position 1'
        ),
    ),
    "huge regex": (
        "exit_code: 0",
        "output_matches: a{99999999999}",
        (
            "17:23: behavior.evidence[0].output_matches must be a regular expression, "
            'found "a{99999999999}": the repetition number is too large'
        ),
    ),
    "pod evidence": (
        "exit_code: 0",
        "pod: {spec.hostNetwork: true}",
        (
            "17:31: behavior.evidence[0].pod.spec.hostNetwork must be text, "
            'found the truth value true: write "true"'
        ),
    ),
    "pod evidence without fields": (
        "exit_code: 0",
        "pod: {}",
        '17:12: behavior.evidence[0].pod must have at least one entry; for example {"spec.hostNetwork": "true"}',
    ),
    "control characters": (
        "A demo",
        '["\\e[2J"]\n"\\e[31m": 1',
        (
            "3:8: title must be text, found a list\n"
            "4:1: unknown key '\\x1b[31m' at the top level; its keys are id, version, title, goal, safety, namespace, "
            "tags, parameters, deploy, workload, trigger, behavior, detection, control, attack, requires, timeouts, "
            "hooks, cleanup"
        ),
    ),
}


@pytest.mark.parametrize(("old", "new", "problems"), CASES.values(), ids=CASES)
def test_a_wrong_value_is_told_with_what_was_found_and_what_is_wanted(
    folder: Folder, old: str, new: str, problems: str
) -> None:
    assert folder.problems_with(old, new) == problems.splitlines()


MORE = {
    "number of another base": (
        "timeouts: {ready_seconds: 060}",
        "18:27: timeouts.ready_seconds must be a whole number, found the number 060: write it in plain digits",
    ),
    "sexagesimal": (
        "timeouts: {ready_seconds: 1:30}",
        "18:27: timeouts.ready_seconds must be a whole number, found the number 1:30: write it in plain digits",
    ),
    "unit": (
        "timeouts: {ready_seconds: 60s}",
        '18:27: timeouts.ready_seconds must be a whole number, found the text "60s"',
    ),
    "half": (
        "timeouts: {ready_seconds: 1.5}",
        "18:27: timeouts.ready_seconds must be a whole number, found the number 1.5",
    ),
    "true for a number": (
        "timeouts: {ready_seconds: true}",
        "18:27: timeouts.ready_seconds must be a whole number, found the truth value true",
    ),
    "zero": (
        "timeouts: {ready_seconds: 0}",
        "18:27: timeouts.ready_seconds must be at least 1, found 0",
    ),
    "too long": (
        "timeouts: {ready_seconds: 3601}",
        "18:27: timeouts.ready_seconds must be at most 3600, found 3601",
    ),
    "nothing for a mapping": ("requires:", "18:10: requires must be a mapping, found nothing"),
    "list for a mapping of any keys": (
        "parameters: []",
        "18:13: parameters must be a mapping, found a list",
    ),
    "names of parameters": (
        'parameters: {Target: {default: 5, help: ""}, a: b}',
        (
            "18:14: a key in parameters must be lower-case letters, digits, hyphens and underscores, "
            'found "Target"\n'
            '18:32: parameters.Target.default must be text, found the number 5: write "5"\n'
            "18:41: parameters.Target.help must not be empty\n"
            '18:49: parameters.a must be a mapping, found the text "b"'
        ),
    ),
    "keys that are no text": (
        "1: 2\n? [a]\n: 3\nyes: 3",
        (
            '18:1: a key at the top level must be text, found the number 1: write "1"\n'
            "19:3: a key at the top level must be text, found a list\n"
            f'21:1: a key at the top level must be text, found the truth value yes {TRUTH}: write "yes"'
        ),
    ),
    "duplicate key below": (
        "requires:\n  images: []\n  images: []",
        "20:3: duplicate key 'images', first on line 19",
    ),
    "key of another place": (
        "requires: {ready_seconds: 3}",
        "18:12: unknown key 'ready_seconds' in requires; did you mean 'ready_seconds' in timeouts?",
    ),
    "key like no other": (
        "requires: {zzz: 3}",
        "18:12: unknown key 'zzz' in requires; its keys are permissions, images, privileges",
    ),
    "key in a list": (
        "attack: [{id: T1609, name: a, tactics: [b], version: '18', tatics: []}]",
        "18:60: unknown key 'tatics' in attack[0]; did you mean 'tactics'?",
    ),
    "technique": (
        "attack: [{id: T1, name: a, tactics: [], version: 18}]",
        (
            '18:15: attack[0].id must be like T1059 or T1059.004, found "T1"\n'
            '18:37: attack[0].tactics must have at least one entry; for example ["Execution"]\n'
            '18:50: attack[0].version must be text, found the number 18: write "18"'
        ),
    ),
    "merge of no mapping": (
        "requires: {<<: 5}",
        "18:16: '<<' takes a mapping or a list of mappings",
    ),
    "merge of a list with text": (
        "requires: {<<: [{images: []}, a]}",
        "18:16: '<<' takes a mapping or a list of mappings",
    ),
    "merged key that is no text": (
        "requires: {<<: {1: a, images: []}}",
        '18:17: a key in requires must be text, found the number 1: write "1"',
    ),
}


@pytest.mark.parametrize(("more", "problems"), MORE.values(), ids=MORE)
def test_what_is_wrong_in_keys_that_need_not_be_there(folder: Folder, more: str, problems: str) -> None:
    assert folder.problems(f"{SCENARIO}{more}\n") == problems.splitlines()


def test_a_missing_key_is_told_at_the_mapping_that_lacks_it(folder: Folder) -> None:
    assert folder.problems_with("  kind: kubectl-exec\n", "") == [
        "12:3: missing key 'kind' in trigger; for example kind: \"kubectl-exec\""
    ]


def test_a_misspelt_key_is_not_told_as_missing_too(folder: Folder) -> None:
    assert folder.problems_with("kind:", "kinds:") == [
        "12:3: unknown key 'kinds' in trigger; did you mean 'kind'?"
    ]


def test_a_key_that_stands_beside_its_misspelling_is_checked_all_the_same(folder: Folder) -> None:
    assert folder.problems_with("[id]", '["{{replay.x}}"]\n  comand: [id]') == [
        (
            "13:13: trigger.command[0]: {{replay.x}} is no placeholder; "
            "the names are nonce, proof_a, proof_b, run, namespace, pod, node, pod_ip.NAME"
        ),
        "14:3: unknown key 'comand' in trigger; did you mean 'command'?",
    ]


def test_a_problem_below_an_anchor_is_told_for_each_use(folder: Folder) -> None:
    more = "requires: {images: &list [5], permissions: *list}\n"
    assert folder.problems(SCENARIO + more) == [
        '18:27: requires.permissions[0] must be text, found the number 5: write "5"',
        '18:27: requires.images[0] must be text, found the number 5: write "5"',
    ]


def test_a_very_long_key_is_cut(folder: Folder) -> None:
    assert folder.problems(f"{SCENARIO}{'k' * 200}: 1\n")[0].startswith(
        f"18:1: unknown key '{'k' * 59}…' at the top level; its keys are id, "
    )


def test_thousands_of_unknown_keys_are_told_without_guesses(folder: Folder) -> None:
    problems = folder.problems(SCENARIO + "".join(f"tagx{number}: 1\n" for number in range(5000)))
    assert len(problems) == 5000
    assert problems[0] == "18:1: unknown key 'tagx0' at the top level; did you mean 'tags'?"
    assert problems[-1] == "5017:1: unknown key 'tagx4999' at the top level"
