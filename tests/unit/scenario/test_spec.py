"""The declarations of the fields, and what is read back from them."""

from __future__ import annotations

import ast
import re
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import kubectl_replay
from kubectl_replay.scenario.declaration import Declared, declared, is_record, origin, spec
from kubectl_replay.scenario.spec import (
    AuditEvent,
    AuditExpectation,
    Behavior,
    Cleanup,
    Control,
    Deploy,
    Detection,
    Evidence,
    EvidenceKinds,
    FalcoExpectation,
    Hooks,
    Manifest,
    Parameter,
    Requires,
    Scenario,
    Technique,
    Timeouts,
    Trigger,
    Workload,
)
from tests.unit.scenario.conftest import SCENARIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.scenario.conftest import Folder

RECORDS = (
    Scenario, Parameter, Deploy, Manifest, Workload, Trigger, Behavior, EvidenceKinds, Detection,
    FalcoExpectation, AuditExpectation, AuditEvent, Technique, Requires, Timeouts, Hooks, Control, Cleanup,
)  # fmt: skip
FIELDS = {f"{cls.__name__}.{key.name}": key for cls in RECORDS for key in declared(cls)}
FORBIDDEN = re.compile(r"\b(attack|exploit|weaponiz|compromise|malicious|payload|hack)", re.IGNORECASE)


@pytest.mark.parametrize("key", FIELDS.values(), ids=FIELDS)
def test_every_field_says_what_it_means_in_one_sentence(key: Declared) -> None:
    meaning = key.declaration.meaning
    assert meaning[0].isupper() or meaning.startswith("`")
    assert not meaning.endswith(".")
    assert "\n" not in meaning
    assert not FORBIDDEN.search(meaning.replace("MITRE ATT&CK", "").replace("attack", ""))


@pytest.mark.parametrize("key", FIELDS.values(), ids=FIELDS)
def test_a_pattern_is_explained_in_words(key: Declared) -> None:
    assert (key.declaration.pattern is None) == (not key.declaration.pattern_means)


def test_a_field_is_required_or_has_a_default() -> None:
    fields = {key.name: (key.required, key.default) for key in declared(Trigger)}
    assert fields == {
        "kind": (True, None),
        "command": (False, ()),
        "stdin": (False, None),
        "tty": (False, False),
    }


def test_the_choices_of_a_field_are_those_of_its_type() -> None:
    choices = {name: key.choices for name, key in FIELDS.items() if key.choices}
    assert choices == {
        "Scenario.safety": ("safe", "privileged"),
        "Trigger.kind": ("kubectl-exec", "curl", "api-call", "file-read", "pod-start", "kubectl", "script"),
        "EvidenceKinds.proof": (True,),
        "EvidenceKinds.exec_succeeded": (True,),
    }


def test_folder_and_notices_are_no_keys_of_the_file() -> None:
    assert {"folder", "notices"}.isdisjoint(key.name for key in declared(Scenario))


def test_the_weak_evidence_is_the_predecessors() -> None:
    weak = [key.name for key in declared(EvidenceKinds) if Evidence(key.name, value=True).weak]
    assert weak == ["exec_succeeded", "process_contains", "file_readable", "network_request", "api_call"]


def test_placeholders_are_filled_in_these_fields() -> None:
    assert [name for name, key in FIELDS.items() if key.declaration.placeholders] == [
        "Trigger.command",
        "Trigger.stdin",
        "EvidenceKinds.output_contains",
        "EvidenceKinds.output_matches",
        "EvidenceKinds.pod",
        "EvidenceKinds.process_contains",
        "EvidenceKinds.file_readable",
        "EvidenceKinds.network_request",
        "EvidenceKinds.api_call",
        "Control.command",
    ]


def test_a_field_made_with_a_factory_has_its_value_as_default() -> None:
    parameters = next(key for key in declared(Scenario) if key.name == "parameters")
    assert (parameters.required, parameters.default) == (False, {})


def test_spec_makes_a_required_field_without_a_default() -> None:
    made: Any = spec("A meaning", example=1, minimum=1)
    assert made.metadata["declaration"].minimum == 1
    assert made.metadata["declaration"].example == 1


def _paths(cls: type, where: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Declared]]:
    """Give each field with its path, those of records in lists and mappings through one entry."""
    for key in declared(cls):
        path = (*where, key.name)
        yield path, key
        inner = [part for part in (key.hint, *getattr(key.hint, "__args__", ())) if is_record(part)]
        for record in inner:
            step: tuple[str | int, ...] = (0,) if origin(key.hint) is tuple else ()
            if record is not Evidence:
                yield from _paths(record, (*path, *step, *(("target",) if record is Parameter else ())))


EXAMPLES = {path: key.declaration.example for path, key in _paths(Scenario)}


def _put(document: dict[str, Any], path: tuple[str | int, ...], value: object) -> None:
    """Set the value at a path; a mapping that is not there yet begins as its own example."""
    place: Any = document
    for end, step in enumerate(path[:-1], start=1):
        if isinstance(place, dict):
            place.setdefault(step, deepcopy(EXAMPLES.get(path[:end], {})))
        place = place[step]
    place[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "example"), EXAMPLES.items(), ids=[".".join(map(str, path)) for path in EXAMPLES]
)
def test_the_example_of_a_field_may_stand_in_a_scenario(
    folder: Folder, path: tuple[str | int, ...], example: object
) -> None:
    document = yaml.safe_load(SCENARIO) | {"id": "demo"}
    document["trigger"]["command"] = ["printf", "%s%s", "{{replay.proof_a}}", "{{replay.proof_b}}"]
    document["deploy"]["manifests"] = [{"path": "manifests/pod.yaml"}]
    document["parameters"] = {"target": {"default": "a", "help": "b"}}
    if path == ("hooks", "trigger"):
        del document["trigger"]["command"]
        document["trigger"]["kind"] = "script"
    if path == ("trigger", "command"):
        document["behavior"]["evidence"] = [{"exit_code": 0}]
    _put(document, path, example)
    for script in ("trigger.sh", "verify.sh", "cleanup.sh"):
        folder.add(script)
    document["id"] = "demo"
    assert folder.load(yaml.safe_dump(document)).id == "demo"


KINDS = {key.name: key.declaration.example for key in declared(EvidenceKinds)}


@pytest.mark.parametrize(("kind", "example"), KINDS.items(), ids=KINDS)
def test_the_example_of_a_kind_of_evidence_may_stand_in_a_scenario(
    folder: Folder, kind: str, example: object
) -> None:
    document = yaml.safe_load(SCENARIO)
    document["trigger"]["command"] = ["printf", "%s%s", "{{replay.proof_a}}", "{{replay.proof_b}}"]
    document["behavior"]["evidence"] = [{kind: example}]
    scenario = folder.load(yaml.safe_dump(document))
    assert scenario.behavior.evidence == (Evidence(kind, example),)  # type: ignore[arg-type] # any example will do


def _imports(module: str) -> set[str]:
    """Give what a module imports at once, not below TYPE_CHECKING or in functions."""
    root = Path(kubectl_replay.__file__).parent.parent
    path = root.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not file.is_file():
        return set()
    found: set[str] = set()
    for statement in ast.parse(file.read_text()).body:
        if isinstance(statement, ast.Import):
            found |= {name.name for name in statement.names}
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            found |= {statement.module, *(f"{statement.module}.{name.name}" for name in statement.names)}
    return found


@pytest.mark.parametrize(
    "module",
    ["kubectl_replay.scenario.spec", "kubectl_replay.scenario.placeholders", "kubectl_replay.catalog"],
)
def test_neither_fields_nor_catalog_pay_for_yaml(module: str) -> None:
    waiting, seen = {module}, set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= _imports(name) - seen
    assert {"__future__", "typing"} <= seen
    assert not {"yaml", "rich", "sh", "json"} & seen
