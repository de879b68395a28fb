"""The file of --pod-patch: read as YAML is, and everything wrong with it told with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.pod_patch import PodPatchInvalid, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Check = Callable[[str], list[str]]

NO_POD = "1:1: wanted a part of a Pod, such as metadata or spec, found"
YES = "(YAML reads yes, no, on and off without quotes as truth values)"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("patch") / "patch.yaml"


@pytest.fixture
def problems(file: Path) -> Check:
    def check(text: str) -> list[str]:
        file.write_text(text, "utf-8")
        with pytest.raises(PodPatchInvalid) as raised:
            read(file)
        assert str(raised.value) == "\n".join(map(str, raised.value.problems))
        return [str(problem).removeprefix(f"{file}:") for problem in raised.value.problems]

    return check


@pytest.mark.parametrize(
    "text",
    [
        'metadata: {labels: {"1": "2", a.b/c: yes-please, gone: null}, annotations: null}',
        "spec: {tolerations: [{operator: Exists}], priority: 7, hostNetwork: true, x: 1.5, y: ~}",
        "base: &base {team: blue}\nmetadata: {labels: {<<: *base, tier: gold}, annotations: *base}",
        "metadata:\nspec:\n  nodeSelector: {disk: 'true'}\n",
        '{"metadata": {"labels": {"a": "b"}}}',
        "a: =",
    ],
)
def test_a_part_of_a_pod_is_read_as_yaml_is(file: Path, text: str) -> None:
    file.write_text(text)
    assert read(file) == yaml.safe_load(text.replace("=", "'='"))


@pytest.mark.parametrize("mapping", ["metadata.labels", "metadata.annotations", "spec.nodeSelector"])
def test_numbers_are_no_text_neither_as_keys_nor_as_values(problems: Check, mapping: str) -> None:
    outer, inner = mapping.split(".")
    assert problems(f"{outer}:\n  {inner}:\n    1: 2\n    a: 3\n    b: 1.5\n") == [
        f'3:5: a key in {mapping} must be text, found the number 1: write "1"',
        f'4:8: {mapping}.a must be text, found the number 3: write "3"',
        f'5:8: {mapping}.b must be text, found the number 1.5: write "1.5"',
    ]


def test_a_value_must_be_text_whatever_else_it_is(problems: Check) -> None:
    assert problems("metadata:\n  labels: {b: 2026-01-01, c: {}, d: [x], e: !mine x, a: yes}\n") == [
        '2:15: metadata.labels.b must be text, found the date 2026-01-01: write "2026-01-01"',
        "2:30: metadata.labels.c must be text, found a mapping",
        "2:37: metadata.labels.d must be text, found a list",
        "2:45: metadata.labels.e must be text, found a value of the unknown type !mine",
        f'2:57: metadata.labels.a must be text, found the truth value yes {YES}: write "yes"',
    ]


def test_keys_are_text_everywhere_and_stand_once(problems: Check) -> None:
    assert problems("spec:\n  containers:\n    - {name: x, 1: 2, name: y}\nspec: {}\n") == [
        '3:17: a key in spec.containers[0] must be text, found the number 1: write "1"',
        "3:23: duplicate key 'name', first on line 3",
        "4:1: duplicate key 'spec', first on line 1",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- a", f"{NO_POD} a list"),
        ("text", f'{NO_POD} the text "text"'),
        ("null", f"{NO_POD} the null value null"),
        ("", "1:1: the file is empty"),
        ("a: \x01", "1:4: YAML: the character U+0001 is not allowed"),
        (
            "a: 1\n---\nb: 2",
            "2:1: YAML: expected a single document in the stream, but found another document",
        ),
        ("1: 2", '1:1: a key at the top level must be text, found the number 1: write "1"'),
        ("spec: text", '1:7: spec must be a mapping, found the text "text"'),
        ("metadata: [1]", "1:11: metadata must be a mapping, found a list"),
        ("metadata: {labels: 1}", "1:20: metadata.labels must be a mapping, found the number 1"),
        ("spec: {nodeSelector: [a]}", "1:22: spec.nodeSelector must be a mapping, found a list"),
        ("spec: {a: 2026-13-45}", '1:11: spec.a must be text, found the date 2026-13-45: write "2026-13-45"'),
        ("spec: {a: !!int x}", "1:11: spec.a is not what its tag says, found the number x"),
        ("spec: {a: !!int ''}", "1:11: spec.a is not what its tag says, found the number "),
        ("spec: {a: !!bool x}", "1:11: spec.a is not what its tag says, found the truth value x"),
        ("spec: {a: !!binary aGk=}", "1:11: spec.a must be text, found a value of the unknown type !!binary"),
    ],
)
def test_what_is_no_part_of_a_pod_is_told_with_its_place(problems: Check, text: str, complaint: str) -> None:
    assert problems(text) == [complaint]


def test_bytes_that_are_no_text_are_told_with_their_place(file: Path) -> None:
    file.write_bytes(b"spec:\n  a: \xff")
    with pytest.raises(PodPatchInvalid, match=r":2:6: the file is not UTF-8 text$"):
        read(file)


def test_a_file_that_is_not_there_is_the_caller_s_to_tell(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(file.parent / "nowhere.yaml")


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(), st.binary())
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.one_of(st.integers(), st.text()), inner)),
    max_leaves=10,
)


def read_or_complaints(file: Path, text: str) -> dict[str, Any] | PodPatchInvalid:
    file.write_text(text, "utf-8", errors="replace")
    try:
        return read(file)
    except PodPatchInvalid as invalid:
        return invalid


@given(labels=TREES, spec=TREES)
def test_what_is_read_can_be_written_as_json_and_has_labels_of_text_alone(
    file: Path, labels: object, spec: object
) -> None:
    found = read_or_complaints(file, yaml.safe_dump({"metadata": {"labels": labels}, "spec": spec}))
    if isinstance(found, PodPatchInvalid):
        assert found.problems
    else:
        assert json.loads(json.dumps(found)).keys() == {"metadata", "spec"}
        texts = found["metadata"]["labels"] or {}
        assert all(isinstance(key, str) and isinstance(value, str | None) for key, value in texts.items())


@given(st.text())
def test_any_text_is_a_part_of_a_pod_or_told_what_is_wrong(file: Path, text: str) -> None:
    found = read_or_complaints(file, text)
    assert found.problems if isinstance(found, PodPatchInvalid) else isinstance(found, dict)
