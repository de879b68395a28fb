"""`show`: what a scenario does, before it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.cli.conftest import SCENARIO, add

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Cli

MORE = """\
hooks: {verify: v.sh, cleanup: c.sh}
"""


def test_a_scenario_is_shown_whole(cli: Cli, scenarios: Path) -> None:
    code, out, err = cli("show", "demo")
    assert (code, err) == (0, "")
    assert out == (
        "demo: A demo\n"
        "See that it runs\n"
        "\n"
        "safety     safe\n"
        "deploys    pod.yaml\n"
        "triggers   kubectl-exec: sh -c 'printf %s%s {{replay.proof_a}} {{replay.proof_b}}'\n"
        "behavior   a program runs\n"
        "  evidence proof: the trigger's output has proof_a and proof_b joined; they were sent apart, "
        "so only the container can have joined them\n"
        "expects    alert for program execution\n"
        "ATT&CK     T1059 Command and Scripting Interpreter\n"
        "parameter  target=far: where\n"
        f"folder     {scenarios}/demo\n"
    )


def test_scripts_terminals_and_weak_evidence_are_shown(cli: Cli, scenarios: Path) -> None:
    text = SCENARIO.format(id="hooked", safety="safe", tag="x").replace(
        "    - proof: true\n", "    - exec_succeeded: true\n    - exit_code: 0\n"
    )
    text = text.replace("  kind: kubectl-exec\n", "  kind: kubectl-exec\n  tty: true\n")
    add(scenarios / "hooked", text + MORE)
    for script in ("v.sh", "c.sh"):
        (scenarios / "hooked" / script).touch()
    out = cli("show", "hooked").out
    assert "(through a terminal)\n" in out
    assert (
        "  evidence exec_succeeded: the trigger's command ended with exit code 0 (weak)\n"
        "  evidence exit_code: 0\n"
        "verifies   v.sh\n"
        "cleans up  c.sh\n"
    ) in out


@pytest.mark.parametrize(
    ("expected", "lines"),
    [
        ("falco: {rules: [One, Two]}", "Falco      One or Two\n"),
        ("falco: {rules: [One], rules_file: ours.yaml}", "Falco      One (ours.yaml)\n"),
        ("falco: {rules: [One], enabled: false}", ""),
        (
            "audit: {events: [{verb: create, resource: pods, subresource: exec}, {verb: get, resource: a}]}",
            "audit log  create pods/exec or get a\n",
        ),
    ],
)
def test_what_each_detector_is_expected_to_show_is_shown(
    cli: Cli, scenarios: Path, expected: str, lines: str
) -> None:
    text = SCENARIO.format(id="seen", safety="safe", tag="x").replace(
        "detection:\n", f"detection:\n  {expected}\n"
    )
    add(scenarios / "seen", text)
    out = cli("show", "seen").out
    assert f"expects    alert for program execution\n{lines}ATT&CK     T1059 " in out


def test_a_script_is_shown_as_the_trigger(cli: Cli, scenarios: Path) -> None:
    text = SCENARIO.format(id="scripted", safety="safe", tag="x").replace("kubectl-exec", "script")
    text = "\n".join(line for line in text.splitlines() if "command: [sh" not in line)
    add(scenarios / "scripted", text)
    (scenarios / "scripted/trigger.sh").touch()
    assert "triggers   script: trigger.sh\n" in cli("show", "scripted").out


def test_a_broken_folder_ends_20_with_its_problems(cli: Cli, scenarios: Path) -> None:
    code, out, err = cli("show", "broken")
    assert (code, out) == (20, "")
    assert err.startswith('error: The folder of "broken" has errors.\n')
    assert f"\n  {scenarios}/broken/scenario.yaml:1:1: " in err


def test_an_unknown_id_ends_2(cli: Cli) -> None:
    code, out, err = cli("show", "dem")
    assert (code, out) == (2, "")
    assert 'There is no command and no scenario "dem". Did you mean demo?' in err
