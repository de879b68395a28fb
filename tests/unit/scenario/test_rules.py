"""What must hold between the fields of a scenario and with its folder."""

# ruff: noqa: E501 - a message is easiest to check in one piece
from __future__ import annotations

from pathlib import Path

import pytest

from kubectl_replay.scenario.loader import ScenarioInvalid, load
from kubectl_replay.scenario.spec import RESERVED_IDS, Hooks, Manifest
from tests.unit.scenario.conftest import SCENARIO, Folder

MANIFEST = "deploy.manifests[0].path"
COMMAND = "trigger.command[0]"
PROOF_MISSING = "proof needs {{replay.proof_a}} and {{replay.proof_b}} in the trigger's words"
PROOF_JOINED = "proof_a and proof_b stand joined in the trigger's words; the container must join them"

CASES = {
    "id of another folder": (
        "id: demo",
        "id: other",
        "1:5: id is 'other', but the folder is 'demo': they must be the same",
    ),
    "no file": (
        "manifests/pod.yaml",
        "manifests/none.yaml",
        f"7:15: {MANIFEST}: there is no file 'manifests/none.yaml' in the scenario's folder",
    ),
    "a folder": (
        "manifests/pod.yaml",
        "manifests",
        f"7:15: {MANIFEST}: there is no file 'manifests' in the scenario's folder",
    ),
    "upwards": (
        "manifests/pod.yaml",
        "../pod.yaml",
        f"7:15: {MANIFEST} must lie in the scenario's folder, found '../pod.yaml'",
    ),
    "upwards and back": (
        "manifests/pod.yaml",
        "../demo/manifests/pod.yaml",
        f"7:15: {MANIFEST} must lie in the scenario's folder, found '../demo/manifests/pod.yaml'",
    ),
    "absolute": (
        "manifests/pod.yaml",
        "/etc/hostname",
        f"7:15: {MANIFEST} must lie in the scenario's folder, found '/etc/hostname'",
    ),
    "when without a parameter": (
        "manifests/pod.yaml",
        "{path: manifests/pod.yaml, when: target=sink}",
        "7:48: deploy.manifests[0].when: 'target' is no parameter of this scenario (declared under 'parameters': none)",
    ),
    "when without a value": (
        "manifests/pod.yaml",
        "{path: manifests/pod.yaml, when: target}",
        '7:48: deploy.manifests[0].when must be PARAMETER=VALUE, found "target"',
    ),
    "unknown placeholder": (
        "[id]",
        '["{{replay.nonse}}"]',
        f"13:13: {COMMAND}: {{{{replay.nonse}}}} is no placeholder; did you mean {{{{replay.nonce}}}}?",
    ),
    "placeholder with spaces": (
        "[id]",
        '["{{ replay.nonce }}"]',
        f"13:13: {COMMAND}: {{{{ replay.nonce }}}} is no placeholder; did you mean {{{{replay.nonce}}}}?",
    ),
    "placeholder like no other": (
        "[id]",
        '["{{replay.zzz}}"]',
        f"13:13: {COMMAND}: {{{{replay.zzz}}}} is no placeholder; the names are nonce, proof_a, proof_b, run, namespace, pod, node, pod_ip.NAME",
    ),
    "placeholder of no parameter": (
        "[id]",
        '["{{replay.set.target}}"]',
        f"13:13: {COMMAND}: 'target' is no parameter of this scenario (declared under 'parameters': none)",
    ),
    "two unknown placeholders": (
        "[id]",
        '["{{replay.nod}} {{replay.pods}}"]',
        (
            f"13:13: {COMMAND}: {{{{replay.nod}}}} is no placeholder; did you mean {{{{replay.node}}}}?\n"
            f"13:13: {COMMAND}: {{{{replay.pods}}}} is no placeholder; did you mean {{{{replay.pod}}}}?"
        ),
    ),
    "placeholder in stdin": (
        "[id]",
        '[id]\n  stdin: "{{replay.x}}{{replay.nonse}}"',
        (
            "14:10: trigger.stdin: {{replay.x}} is no placeholder; the names are nonce, proof_a, proof_b, run, namespace, pod, node, pod_ip.NAME\n"
            "14:10: trigger.stdin: {{replay.nonse}} is no placeholder; did you mean {{replay.nonce}}?"
        ),
    ),
    "placeholder in evidence": (
        "exit_code: 0",
        'output_contains: "{{replay.rum}}"',
        "17:24: behavior.evidence[0].output_contains: {{replay.rum}} is no placeholder; did you mean {{replay.run}}?",
    ),
    "placeholder in evidence of the pod": (
        "exit_code: 0",
        'pod: {spec.nodeName: "{{replay.nodes}}"}',
        "17:28: behavior.evidence[0].pod.spec.nodeName: {{replay.nodes}} is no placeholder; did you mean {{replay.node}}?",
    ),
    "placeholder in the control": (
        "behavior:",
        'control: {command: ["{{replay.rum}}"]}\nbehavior:',
        "14:21: control.command[0]: {{replay.rum}} is no placeholder; did you mean {{replay.run}}?",
    ),
    "no command": (
        "  command: [id]\n",
        "",
        "12:3: trigger.command is what kind kubectl-exec runs: name its words",
    ),
    "empty command": (
        "[id]",
        "[]",
        "13:12: trigger.command is what kind kubectl-exec runs: name its words",
    ),
    "no kind and no command": (
        "kind: kubectl-exec\n  command: [id]",
        "kind: exec",
        '12:9: trigger.kind must be one of kubectl-exec, curl, api-call, file-read, pod-start, kubectl, script, found "exec"',
    ),
    "proof without placeholders": ("exit_code: 0", "proof: true", f"17:14: {PROOF_MISSING}"),
}


@pytest.mark.parametrize(("old", "new", "problems"), CASES.values(), ids=CASES)
def test_a_broken_rule_is_told_at_its_place(folder: Folder, old: str, new: str, problems: str) -> None:
    assert folder.problems_with(old, new) == problems.splitlines()


@pytest.mark.parametrize(
    ("command", "problems"),
    [
        ('["{{replay.proof_a}} {{replay.proof_b}}"]', []),
        ('["{{replay.proof_b}}", "{{replay.proof_a}}"]', []),
        ('["{{replay.proof_a}}"]\n  stdin: "{{replay.proof_b}}"', []),
        ('["{{replay.proof_a}}", "{{replay.proof_b}}"]', []),
        ('["{{replay.proof_a}}"]', [f"17:14: {PROOF_MISSING}"]),
        ('["{{replay.proof_a}}{{replay.proof_b}}"]', [f"17:14: {PROOF_JOINED}"]),
    ],
)
def test_a_proof_is_joined_by_the_container(folder: Folder, command: str, problems: list[str]) -> None:
    text = SCENARIO.replace("exit_code: 0", "proof: true").replace("[id]", command)
    if problems:
        assert folder.problems(text) == problems
    else:
        assert folder.load(text).trigger.command


def test_a_proof_is_not_judged_where_the_command_could_not_be_read(folder: Folder) -> None:
    text = SCENARIO.replace("exit_code: 0", "proof: true").replace("[id]", '["{{replay.proof_a}}", 5]')
    assert folder.problems(text) == ['13:35: trigger.command[1] must be text, found the number 5: write "5"']


def test_a_script_proves_by_its_own_words(folder: Folder) -> None:
    folder.add("trigger.sh")
    text = SCENARIO.replace("exit_code: 0", "proof: true").replace("kubectl-exec\n  command: [id]", "script")
    assert folder.load(text).hooks == Hooks(trigger="trigger.sh")


def test_a_script_has_no_command(folder: Folder) -> None:
    folder.add("trigger.sh")
    assert folder.problems_with("kubectl-exec", "script") == [
        "13:12: trigger.command is not used with kind script, which runs hooks.trigger"
    ]


def test_a_trigger_hook_is_for_scripts(folder: Folder) -> None:
    folder.add("trigger.sh")
    assert folder.problems(f"{SCENARIO}hooks: {{trigger: trigger.sh}}\n") == [
        "18:18: hooks.trigger is run only with trigger.kind script, found kind kubectl-exec"
    ]


def test_hooks_must_be_there(folder: Folder) -> None:
    assert folder.problems(f"{SCENARIO}hooks: {{verify: verify.sh, cleanup: ../cleanup.sh}}\n") == [
        "18:17: hooks.verify: there is no file 'verify.sh' in the scenario's folder",
        "18:37: hooks.cleanup must lie in the scenario's folder, found '../cleanup.sh'",
    ]


def test_a_symlink_must_not_lead_out_of_the_folder(folder: Folder) -> None:
    outside = folder.path.parent / "outside.yaml"
    outside.touch()
    (folder.path / "link.yaml").symlink_to(outside)
    assert folder.problems_with("manifests/pod.yaml", "link.yaml") == [
        f"7:15: {MANIFEST} must lie in the scenario's folder, found 'link.yaml'"
    ]


def test_a_symlink_inside_the_folder_will_do(folder: Folder) -> None:
    (folder.path / "link.yaml").symlink_to("manifests/pod.yaml")
    scenario = folder.load(SCENARIO.replace("manifests/pod.yaml", "link.yaml"))
    assert scenario.deploy.manifests == (Manifest("link.yaml"),)


def test_a_symlink_to_itself_is_told(folder: Folder) -> None:
    (folder.path / "link.yaml").symlink_to("link.yaml")
    (problem,) = folder.problems_with("manifests/pod.yaml", "link.yaml")
    assert problem.startswith(f"7:15: {MANIFEST}")


def test_a_name_that_no_file_can_have_is_told(folder: Folder) -> None:
    (problem,) = folder.problems_with("manifests/pod.yaml", "a" * 5000)
    assert problem.startswith(f"7:15: {MANIFEST} cannot be looked at: ")


def test_a_parameter_may_be_used_once_it_is_declared(folder: Folder) -> None:
    text = SCENARIO.replace("[id]", '["{{replay.set.target}}"]').replace(
        "manifests/pod.yaml", "{path: manifests/pod.yaml, when: target=}"
    )
    scenario = folder.load(f"{text}parameters: {{target: {{default: a, help: b}}}}\n")
    assert scenario.deploy.manifests == (Manifest("manifests/pod.yaml", "target="),)


def test_declared_parameters_are_named_where_another_is_used(folder: Folder) -> None:
    text = SCENARIO.replace("[id]", '["{{replay.set.c}}"]')
    assert folder.problems(
        f"{text}parameters: {{a: {{default: x, help: y}}, b: {{default: x, help: y}}}}\n"
    ) == [f"13:13: {COMMAND}: 'c' is no parameter of this scenario (declared under 'parameters': a, b)"]


def test_parameters_that_could_not_be_read_are_not_missed(folder: Folder) -> None:
    text = SCENARIO.replace("[id]", '["{{replay.set.c}}"]')
    assert folder.problems(f"{text}parameters: 5\n") == [
        "18:13: parameters must be a mapping, found the number 5"
    ]


def test_placeholders_elsewhere_are_plain_text(folder: Folder) -> None:
    assert folder.load(SCENARIO.replace("A demo", "'{{replay.x}}'")).title == "{{replay.x}}"


@pytest.mark.parametrize("word", sorted(RESERVED_IDS))
def test_the_name_of_a_command_is_no_id(tmp_path: Path, word: str) -> None:
    folder = Folder(tmp_path / word)
    assert folder.problems(SCENARIO.replace("id: demo", f"id: {word}")) == [
        f"1:5: id is '{word}', which is the name of a command"
    ]


@pytest.mark.parametrize("word", ["a", "7", "a-b", "a" * 42])
def test_such_an_id_will_do(tmp_path: Path, word: str) -> None:
    assert Folder(tmp_path / word).load(SCENARIO.replace("id: demo", f'id: "{word}"')).id == word


@pytest.mark.parametrize("word", ["A", "-a", "a-", "a_b", "a.b", "a" * 43, "a/b", "ä", "a\\n"])
def test_such_an_id_will_not_do(folder: Folder, word: str) -> None:
    (problem,) = folder.problems_with("id: demo", f'id: "{word}"')
    assert problem == (
        f'1:5: id must be lower-case letters, digits and inner hyphens, at most 42, found "{word}"'
    )


def test_the_folder_may_be_where_we_stand(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.add("scenario.yaml", SCENARIO)
    monkeypatch.chdir(folder.path)
    assert load(Path()).id == "demo"
    monkeypatch.chdir(folder.path / "manifests")
    assert load(Path("..")).id == "demo"


def test_a_folder_that_is_a_symlink_goes_by_its_own_name(folder: Folder) -> None:
    folder.add("scenario.yaml", SCENARIO)
    link = folder.path.parent / "link"
    link.symlink_to(folder.path)
    with pytest.raises(ScenarioInvalid) as raised:
        load(link)
    assert str(raised.value) == (
        f"{link}/scenario.yaml:1:5: id is 'demo', but the folder is 'link': they must be the same"
    )


def test_many_wrong_placeholders_are_all_told_the_first_with_a_guess(folder: Folder) -> None:
    words = "".join(f"{{{{replay.nonce{number}}}}}" for number in range(3000))
    problems = folder.problems_with("[id]", f'["{words}"]')
    assert len(problems) == 3000
    assert (
        problems[0]
        == f"13:13: {COMMAND}: {{{{replay.nonce0}}}} is no placeholder; did you mean {{{{replay.nonce}}}}?"
    )
    assert problems[-1] == f"13:13: {COMMAND}: {{{{replay.nonce2999}}}} is no placeholder"


def test_of_many_parameters_only_some_are_named(folder: Folder) -> None:
    declared = ", ".join(f"p{number}: {{default: a, help: b}}" for number in range(21))
    text = SCENARIO.replace("[id]", '["{{replay.set.x}}"]')
    assert folder.problems(f"{text}parameters: {{{declared}}}\n") == [
        (
            f"13:13: {COMMAND}: 'x' is no parameter of this scenario (declared under 'parameters': "
            "p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16, p17, p18, p19, …)"
        )
    ]


def test_nobody_could_end_what_is_typed_into_a_terminal(folder: Folder) -> None:
    assert folder.problems_with("kind: kubectl-exec", "kind: kubectl-exec\n  tty: true\n  stdin: hello") == [
        "14:10: trigger.stdin cannot be used with a terminal (nobody could end the input)"
    ]


def test_only_a_command_in_the_container_has_a_terminal(folder: Folder) -> None:
    assert folder.problems_with("kind: kubectl-exec", "kind: kubectl\n  tty: true") == [
        "13:8: trigger.tty is for a command in the container, found kind kubectl"
    ]


def test_a_kubectl_trigger_stays_on_the_cluster_of_the_run(folder: Folder) -> None:
    text = SCENARIO.replace("kind: kubectl-exec", "kind: kubectl")
    text = text.replace(
        "command: [id]", "command: [get, pods, --server=https://elsewhere, -n, x, --, --token]"
    )
    found = folder.problems(text)
    assert [message.split(": ", 1)[1] for message in found] == [
        "trigger.command: --server=https://elsewhere is set by the run, not by a scenario",
        "trigger.command: -n is set by the run, not by a scenario",
    ]
