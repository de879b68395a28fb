"""The command line on fake programs: a folder of scenarios, and a kubectl that answers as a cluster would."""

from __future__ import annotations

import io
import itertools
import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from kubectl_replay.cli import main
from tests.unit.runs import MANIFEST
from tests.unit.samples import ready_pod

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_subprocess import FakeProcess

SCENARIO = """\
id: {id}
version: "1.0"
title: A demo
goal: See that it runs
safety: {safety}
tags: [{tag}]
parameters:
  target: {{default: far, help: where}}
deploy:
  manifests: [pod.yaml]
workload:
  selector: scenario=demo
  pod_name: demo-target
trigger:
  kind: kubectl-exec
  command: [sh, -c, "printf %s%s {{{{replay.proof_a}}}} {{{{replay.proof_b}}}}"]
behavior:
  description: a program runs
  evidence:
    - proof: true
detection:
  semantics: [program execution]
attack:
  - {{id: T1059, name: Command and Scripting Interpreter, tactics: [Execution], version: "18"}}
"""


class Ended(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str


class Cli:
    """Runs command lines and remembers what they printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> Ended:
        code = main.run(list(words))
        out, err = self._capsys.readouterr()
        return Ended(code, out, err)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, scenarios: Path) -> Cli:
    """Run command lines in a folder whose scenarios are `demo`, `tagged` and `broken`."""
    monkeypatch.chdir(scenarios.parent)
    monkeypatch.setenv("REPLAY_SCENARIOS_PATH", str(scenarios))
    return Cli(capsys)


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    """A folder with scenarios."""
    folder = tmp_path / "mine"
    for name, safety, tag in (("demo", "safe", "one"), ("tagged", "safe", "two")):
        add(folder / name, SCENARIO.format(id=name, safety=safety, tag=tag))
    add(folder / "broken", "id: broken\n")
    return folder


def add(folder: Path, text: str) -> None:
    """Write a scenario's folder."""
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(text)
    (folder / "pod.yaml").write_text(MANIFEST)


CONFIG = json.dumps(
    {
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:6443"}}],
        "contexts": [
            {"name": "kind-a", "context": {"cluster": "c", "user": "u"}},
            {"name": "far", "context": {"cluster": "c", "user": "u"}},
            {"name": "prod", "context": {"cluster": "c", "user": "u"}},
        ],
        "users": [{"name": "u", "user": {}}],
        "current-context": "kind-a",
    }
)
VIEW = ["kubectl", "config", "view", "-o", "json"]


class Cluster:
    """A kubectl whose every call is registered for one run, whose id and tokens are known."""

    def __init__(self, fp: FakeProcess) -> None:
        self.fp = fp
        self.pin = ["--namespace", "k8s-replay", "--context", "kind-a"]

    def view(self, config: str = CONFIG, *more: str) -> None:
        self.fp.register([*VIEW, *more], stdout=config)

    def call(self, *words: Any, out: Any = "", err: str = "", code: int = 0) -> None:  # noqa: ANN401
        """Register one call; a word may be `any` for whatever stands there."""
        argv = [self.fp.any() if word is any else word for word in words]
        self.fp.register(["kubectl", *argv], stdout=out, stderr=err, returncode=code)

    def passes(self, run: str = "token1", *, proof: str = "token3token4", view: bool = True) -> None:
        """Register the five calls of a run that passes."""
        pod = ready_pod(f"demo-target-{run}")
        events = [json.dumps({"type": kind, "object": pod}) for kind in ("ADDED", "DELETED")]
        if view:
            self.view()
        self.call("get", "pods", any, "--watch", any, out=events)
        self.call("create", any, out=f"pod/demo-target-{run} created\n")
        self.call("exec", any, out=proof)
        self.call("delete", any)

    @property
    def calls(self) -> list[list[str]]:
        """The calls so far, without `kubectl`."""
        return [[str(word) for word in call][1:] for call in self.fp.calls]

    @property
    def verbs(self) -> list[str]:
        """The first words of the calls so far."""
        return [call[0] for call in self.calls]


@pytest.fixture
def cluster(fp: FakeProcess, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster that the fake kubectl answers for; tokens are token1, token2, and so on."""
    numbers = itertools.count(1)
    monkeypatch.setattr("kubectl_replay.run.token", lambda _length: f"token{next(numbers)}")
    return Cluster(fp)


class Refusing(io.StringIO):
    """A stream that refuses every text."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
        self.silenced = False

    def write(self, _text: str) -> int:
        raise self.error


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Exception], Refusing]:
    """Put a stream that refuses every text in the place of stdout or stderr."""

    def put(name: str, error: Exception) -> Refusing:
        stream = Refusing(error)
        monkeypatch.setattr(sys, name, stream)
        return stream

    return put
