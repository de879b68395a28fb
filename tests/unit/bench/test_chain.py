"""The chain of bare kubectl that a run is compared with: the same objects, the same proof."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bench import chain as bench
from tests.bench.chain import NAMESPACE, PROOF, SCENARIOS, chain, run_side_by_side


class Typed:
    """Somebody who types kubectl commands: each is recorded, with what the files that it names hold."""

    def __init__(self, *answers: str) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.applied: list[dict[str, Any]] = []
        self._answers = list(answers)

    def __call__(self, *argv: str, allowed: tuple[int, ...] = (0,)) -> str:
        assert allowed == (0,)
        self.calls.append(argv)
        if "apply" in argv:
            files = [word for word in argv if word.startswith("/")]
            self.applied = [item for file in files for item in yaml.safe_load_all(Path(file).read_text())]
        if {"logs", "exec"} & set(argv):
            return self._answers.pop(0)
        return ""

    @property
    def verbs(self) -> list[str]:
        return [argv[3] for argv in self.calls]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    typed = Typed(f"{PROOF}\n")
    monkeypatch.setattr(bench, "call", typed)
    return typed


def test_a_command_is_run_in_the_target_between_wait_and_delete(typed: Typed, tmp_path: Path) -> None:
    chain("shell-spawn", tmp_path).run()
    assert typed.verbs == ["apply", "wait", "exec", "delete"]
    start = ("kubectl", "-n", NAMESPACE)
    assert typed.calls[1] == (
        *start, "wait", "--for=condition=Ready", "pod/shell-spawn-target", "--timeout=60s"
    )  # fmt: skip
    assert typed.calls[2][3:10] == ("exec", "-i", "-t", "shell-spawn-target", "-c", "target", "--")
    assert not any("{{" in word for word in typed.calls[2])


def test_a_command_that_proves_nothing_ends_the_benchmark(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "call", Typed("uid=0(root)\n"))
    with pytest.raises(SystemExit, match=r"^the chain of shell-spawn proves nothing$"):
        chain("shell-spawn", tmp_path).run()


def test_a_pod_whose_start_is_the_behavior_has_the_scenario_s_command(typed: Typed, tmp_path: Path) -> None:
    chain("privileged-start", tmp_path).run()
    (pod,) = typed.applied
    assert pod["metadata"]["name"] == "privileged-start-target"
    (container,) = pod["spec"]["containers"]
    assert container["command"][:2] == ["sh", "-c"]
    assert container["command"][-2:] == [PROOF[:6], PROOF[6:]]
    assert {call[2] for call in typed.calls} == {f"{NAMESPACE}-privileged"}


def test_the_log_of_a_start_is_read_until_the_proof_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed = Typed("", "CapEff 1\n", f"CapEff 1\n{PROOF}\n")
    monkeypatch.setattr(bench, "call", typed)
    chain("privileged-start", tmp_path).run()
    assert typed.verbs == ["apply", "wait", "logs", "logs", "logs", "delete"]
    assert typed.calls[2][4:] == ("privileged-start-target", "-c", "target")


@pytest.mark.parametrize("scenario", sorted(path.name for path in SCENARIOS.iterdir()))
def test_every_scenario_has_a_chain_of_its_own_objects(typed: Typed, scenario: str, tmp_path: Path) -> None:
    chain(scenario, tmp_path).run()
    assert typed.verbs[:2] == ["apply", "wait"]
    assert typed.verbs[-1] == "delete"
    assert "namespace: default" not in json.dumps(typed.applied)


def test_a_suffix_parts_the_names_of_chains(typed: Typed, tmp_path: Path) -> None:
    replace(chain("shell-spawn", tmp_path), suffix="-7").run()
    assert typed.applied[0]["metadata"]["name"] == "shell-spawn-target-7"
    assert "pod/shell-spawn-target-7" in typed.calls[1]


def test_files_are_written_once_because_nobody_types_them_anew(typed: Typed, tmp_path: Path) -> None:
    one = chain("shell-spawn", tmp_path)
    typed._answers *= 2
    one.run()
    one.run()
    assert typed.calls[0] == typed.calls[4]


def test_a_chain_that_fails_beside_others_ends_the_benchmark(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    began = threading.Barrier(2, timeout=20)

    def fail(*argv: str, **_: object) -> str:
        began.wait()
        raise SystemExit(f"{argv[3]} ended with 1")

    monkeypatch.setattr(bench, "call", fail)
    with pytest.raises(SystemExit, match=r"^apply ended with 1$"):
        run_side_by_side([chain("shell-spawn", tmp_path), chain("kubectl-exec", tmp_path)])
