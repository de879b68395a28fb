"""Loading whole scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kubectl_replay.scenario.loader import Problem, ScenarioInvalid, load
from kubectl_replay.scenario.spec import (
    AuditEvent,
    AuditExpectation,
    Behavior,
    Cleanup,
    Control,
    Deploy,
    Detection,
    Evidence,
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
    from tests.unit.scenario.conftest import Folder

PREDECESSOR = """\
id: shell-spawn
version: "0.1.0"
title: "Shell execution in container"
goal: >
  Spawn a shell inside a running container
  and observe it.
safety: safe
namespace: k8s-replay

deploy:
  manifests:
    - manifests/namespace.yaml
    - manifests/workload.yaml

workload:
  selector: scenario=shell-spawn
  pod_name: shell-spawn-target
  container: target

trigger:
  kind: kubectl-exec
  command: ["/bin/sh", "-c", "id && whoami"]

behavior:
  description: "shell execution in container"
  evidence:
    - exec_succeeded: true
    - process_contains: /bin/sh

detection:
  semantics:
    - shell execution in container
  falco:
    enabled: true
    search_patterns: ["shell"]
    output_patterns:
      - "shell was spawned"
    correlation:
      namespace: k8s-replay
      workload_selector: scenario=shell-spawn

timeouts:
  ready_seconds: 60
  detect_seconds: 20

cleanup:
  script: cleanup.sh
"""

EVERYTHING = """\
id: demo
version: "1.10"
title: A demo
goal: See that it loads
safety: privileged
namespace: elsewhere
tags: [one, two]
parameters:
  target: {default: "", env: DEMO_TARGET, help: where it goes}
deploy:
  manifests:
    - manifests/pod.yaml
    - path: manifests/sink.yaml
      when: target=sink
workload: {selector: scenario=demo, pod_name: demo-target, container: main}
trigger:
  kind: api-call
  command: [sh, -c, "cat; echo {{replay.set.target}} {{replay.pod_ip.sink}} $X {{.x}}", ""]
  stdin: "{{replay.nonce}}\\n"
  tty: no
behavior:
  description: a program runs
  evidence:
    - exit_code: 3
    - output_contains: "{{replay.run}}"
    - output_matches: ^uid=[0-9]+
    - pod: {spec.hostNetwork: "true"}
    - file_readable: /etc/hostname
detection:
  semantics: [a program ran]
  falco: {enabled: false, rules: [R], output_prefixes: [P], search_patterns: [s], output_patterns: [o], correlation: {a: [1, {b: null}]}}
  audit:
    events:
      - {verb: get, resource: pods}
      - {verb: create, resource: pods, subresource: exec}
control: {command: [true-id], description: the twin, tty: true}
attack:
  - {id: T1059.004, name: Unix Shell, tactics: [Execution], version: "18", source: here}
requires: {permissions: [p], images: [i], privileges: [q]}
timeouts: {ready_seconds: 1, trigger_seconds: 2, detect_seconds: 3600}
hooks: {verify: verify.sh, cleanup: cleanup.sh}
cleanup: {script: cleanup.sh}
"""  # noqa: E501 - flow style is what is tested


def test_a_scenario_needs_only_these_keys(folder: Folder) -> None:
    assert folder.load() == Scenario(
        id="demo",
        version="1.0",
        title="A demo",
        goal="See that it loads",
        safety="safe",
        namespace="k8s-replay",
        tags=(),
        parameters={},
        deploy=Deploy((Manifest("manifests/pod.yaml"),)),
        workload=Workload("scenario=demo", "demo-target", "target"),
        trigger=Trigger("kubectl-exec", ("id",), stdin=None, tty=False),
        behavior=Behavior("a program runs", (Evidence("exit_code", 0),)),
        detection=Detection(),
        control=None,
        attack=(),
        requires=Requires(),
        timeouts=Timeouts(60, 30, 20),
        hooks=Hooks(),
        cleanup=Cleanup(),
        folder=folder.path,
        notices=(),
    )


def test_every_key_is_read(folder: Folder) -> None:
    for name in ("manifests/sink.yaml", "verify.sh", "cleanup.sh"):
        folder.add(name)
    assert folder.load(EVERYTHING) == Scenario(
        id="demo",
        version="1.10",
        title="A demo",
        goal="See that it loads",
        safety="privileged",
        namespace="elsewhere",
        tags=("one", "two"),
        parameters={"target": Parameter(default="", env="DEMO_TARGET", help="where it goes")},
        deploy=Deploy((Manifest("manifests/pod.yaml"), Manifest("manifests/sink.yaml", "target=sink"))),
        workload=Workload("scenario=demo", "demo-target", "main"),
        trigger=Trigger(
            "api-call",
            ("sh", "-c", "cat; echo {{replay.set.target}} {{replay.pod_ip.sink}} $X {{.x}}", ""),
            stdin="{{replay.nonce}}\n",
            tty=False,
        ),
        behavior=Behavior(
            "a program runs",
            (
                Evidence("exit_code", 3),
                Evidence("output_contains", "{{replay.run}}"),
                Evidence("output_matches", "^uid=[0-9]+"),
                Evidence("pod", {"spec.hostNetwork": "true"}),
                Evidence("file_readable", "/etc/hostname"),
            ),
        ),
        detection=Detection(
            ("a program ran",),
            FalcoExpectation(
                enabled=False,
                rules=("R",),
                output_prefixes=("P",),
                search_patterns=("s",),
                output_patterns=("o",),
                correlation={"a": [1, {"b": None}]},
            ),
            AuditExpectation((AuditEvent("get", "pods"), AuditEvent("create", "pods", "exec"))),
        ),
        control=Control(("true-id",), "the twin", tty=True),
        attack=(Technique("T1059.004", "Unix Shell", ("Execution",), "18", "here"),),
        requires=Requires(("p",), ("i",), ("q",)),
        timeouts=Timeouts(1, 2, 3600),
        hooks=Hooks(verify="verify.sh", cleanup="cleanup.sh"),
        cleanup=Cleanup("cleanup.sh"),
        folder=folder.path,
    )


def test_a_folder_of_the_bash_predecessor_loads_unchanged_with_one_notice(tmp_path: Path) -> None:
    folder = tmp_path / "shell-spawn"
    (folder / "manifests").mkdir(parents=True)
    for name in ("manifests/namespace.yaml", "manifests/workload.yaml", "trigger.sh", "cleanup.sh"):
        (folder / name).touch()
    (folder / "scenario.yaml").write_text(PREDECESSOR)
    scenario = load(folder)
    assert scenario.trigger == Trigger("kubectl-exec", ("/bin/sh", "-c", "id && whoami"))
    assert scenario.behavior.evidence == (
        Evidence("exec_succeeded", value=True),
        Evidence("process_contains", "/bin/sh"),
    )
    assert [evidence.weak for evidence in scenario.behavior.evidence] == [True, True]
    assert scenario.cleanup == Cleanup("cleanup.sh")
    assert scenario.detection.falco.correlation == {
        "namespace": "k8s-replay",
        "workload_selector": "scenario=shell-spawn",
    }
    assert scenario.timeouts == Timeouts(60, 30, 20)
    assert scenario.notices == (
        "shell-spawn: a run executes only what 'hooks' names, and so not trigger.sh, cleanup.sh",
    )


def test_a_script_trigger_runs_trigger_sh_where_no_hook_is_named(folder: Folder) -> None:
    folder.add("trigger.sh")
    folder.add("verify.sh")
    scenario = folder.load(SCENARIO.replace("kubectl-exec\n  command: [id]", "script"))
    assert scenario.hooks == Hooks(trigger="trigger.sh")
    assert scenario.notices == ("demo: a run executes only what 'hooks' names, and so not verify.sh",)


def test_a_script_trigger_without_its_script_is_told_at_the_kind(folder: Folder) -> None:
    assert folder.problems_with("kubectl-exec\n  command: [id]", "script") == [
        "12:9: hooks.trigger: there is no file 'trigger.sh' in the scenario's folder"
    ]


def test_anchors_aliases_and_merge_keys_are_written_out(folder: Folder) -> None:
    text = SCENARIO.replace(
        "kind: kubectl-exec", "<<: {tty: true, kind: curl}\n  kind: kubectl-exec"
    ).replace("[id]", "&words [id]")
    scenario = folder.load(
        text + "control:\n  <<: [{command: *words, tty: true}, {tty: false, description: twin}]\n"
    )
    assert scenario.trigger == Trigger("kubectl-exec", ("id",), tty=True)
    assert scenario.control == Control(("id",), "twin", tty=True)


def test_all_problems_are_told_at_once_in_the_order_of_the_file(folder: Folder) -> None:
    text = """\
id: other
version: 1.10
titel: no
goal: ""
safety: save
deploy:
  manifests: [manifests/none.yaml, {when: x=y}]
trigger:
  kind: kubectl-exec
  command: ["{{replay.nonse}}", 5]
  timeot: 3
behavior:
  description: d
  evidence: [{exit_code: 256}, {exitcode: 0}, {}]
goal: twice
"""
    missing_workload = (
        "missing key 'workload' at the top level; "
        'for example workload: {"selector": "scenario=shell-spawn", "pod_name": "shell-spawn-target"}'
    )
    undeclared = "'x' is no parameter of this scenario (declared under 'parameters': none)"
    assert folder.problems(text) == [
        "1:1: " + missing_workload,
        "1:5: id is 'other', but the folder is 'demo': they must be the same",
        '2:10: version must be text, found the number 1.10: write "1.10"',
        "3:1: unknown key 'titel' at the top level; did you mean 'title'?",
        "4:7: goal must not be empty",
        "5:9: safety must be one of safe, privileged, found \"save\"; did you mean 'safe'?",
        "7:15: deploy.manifests[0].path: there is no file 'manifests/none.yaml' in the scenario's folder",
        "7:36: missing key 'path' in deploy.manifests[1]; for example path: \"manifests/pod.yaml\"",
        "7:43: deploy.manifests[1].when: " + undeclared,
        "10:13: trigger.command[0]: {{replay.nonse}} is no placeholder; did you mean {{replay.nonce}}?",
        '10:33: trigger.command[1] must be text, found the number 5: write "5"',
        "11:3: unknown key 'timeot' in trigger; did you mean 'timeouts' at the top level?",
        "14:26: behavior.evidence[0].exit_code must be at most 255, found 256",
        "14:33: unknown key 'exitcode' in behavior.evidence[1]; did you mean 'exit_code'?",
        "14:47: behavior.evidence[2] must have exactly one key, found none",
        "15:1: duplicate key 'goal', first on line 4",
    ]


def test_a_problem_is_written_as_editors_read_it() -> None:
    problem = Problem(Path("scenarios/x/scenario.yaml"), 5, 7, "unknown key")
    assert str(problem) == "scenarios/x/scenario.yaml:5:7: unknown key"
    assert str(ScenarioInvalid([problem, problem])) == f"{problem}\n{problem}"


WORDS = st.sampled_from(
    [
        "id",
        "demo",
        "trigger",
        "command",
        "evidence",
        "proof",
        "pod",
        "kind",
        "script",
        "yes",
        "1.10",
        "<<",
        "&a",
        "*a",
        "!!int",
        "{{replay.nonce}}",
        "null",
        "=",
        "~",
    ]
)
YAML_LIKE = st.lists(WORDS | st.sampled_from(list(":-?[]{},#|>'\"\n \t%@`")) | st.text(max_size=3)).map(
    " ".join
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | YAML_LIKE | st.binary() | VALUES.map(yaml.safe_dump))
@example("\ufeffid: demo")
@example("a: &a [*a]")
@example("{" * 500)
@example("x: 0o" + "7" * 300)
def test_any_text_is_a_scenario_or_invalid(folder: Folder, text: str | bytes) -> None:
    data = text.encode(errors="replace") if isinstance(text, str) else text
    (folder.path / "scenario.yaml").write_bytes(data)
    with pytest.raises(ScenarioInvalid) as raised:
        load(folder.path)
    lines = len(data.decode(errors="replace").splitlines()) + 1  # YAML's line breaks are more than \n
    assert all(1 <= problem.line <= lines + 1 and problem.column >= 1 for problem in raised.value.problems)
    assert str(raised.value).replace("\n", "").isprintable()


KEYS = sorted(yaml.safe_load(EVERYTHING))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(KEYS), VALUES)
def test_any_value_of_any_key_loads_or_is_invalid(folder: Folder, key: str, value: object) -> None:
    document = yaml.safe_load(EVERYTHING) | {key: value}
    (folder.path / "scenario.yaml").write_text(yaml.safe_dump(document))
    try:
        assert isinstance(load(folder.path), Scenario)
    except ScenarioInvalid as invalid:
        assert invalid.problems  # noqa: PT017 - both ends are right, and each has its own claim
