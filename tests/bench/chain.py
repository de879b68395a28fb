"""Bare kubectl: the chain that somebody would type for the objects and the command of a scenario."""

from __future__ import annotations

import json
import subprocess  # noqa: TID251 - a benchmark times whole programs
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from kubectl_replay.manifests import paths, read_objects
from kubectl_replay.process import terminal
from kubectl_replay.scenario.loader import load
from kubectl_replay.scenario.placeholders import fill, names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_replay.scenario.spec import Scenario

NAMESPACE = "k8s-replay-bench"
PROOF = "bcdfghjklmnp"
LOOKS = 100
"""How often a log is read at most until the proof is there."""
SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"


def call(*argv: str, allowed: tuple[int, ...] = (0,)) -> str:
    """Run a program to its end and return what it printed; a failure ends the benchmark."""
    with terminal() as stdin:
        done = subprocess.run(argv, stdin=stdin, capture_output=True, text=True, check=False)
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}\n{done.stderr}{done.stdout}")
    return done.stdout


@dataclass(frozen=True)
class Chain:
    """Apply, wait, trigger, delete: the objects and the command of a scenario, with kubectl's own defaults.

    `suffix` parts the names of chains that run side by side. What somebody has at hand before the first call
    (files, names) is made once, in the round that does not count; the files go to `folder`.
    """

    scenario: Scenario
    folder: Path
    namespace: str = NAMESPACE
    settings: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""

    def run(self) -> None:
        """Do it once."""
        kubectl = ("kubectl", "-n", self.namespace)
        files = [word for file in self._files for word in ("-f", file)]
        call(*kubectl, "apply", *files)
        call(*kubectl, "wait", "--for=condition=Ready", *self._pods, "--timeout=60s")
        self._trigger(kubectl)
        call(*kubectl, "delete", *files)

    @cached_property
    def _pods(self) -> list[str]:
        objects = read_objects(self.scenario, paths(self.scenario, self.settings))
        return [f"pod/{item.name}{self.suffix}" for item in objects if item.kind == "Pod"]

    @cached_property
    def _files(self) -> list[str]:
        return [self._write(path) for path in paths(self.scenario, self.settings)]

    def _write(self, path: str) -> str:
        """Write a manifest as it is applied: in this namespace, under this name, with this command."""
        pod = self.scenario.workload.pod_name
        file = self.folder / f"{Path(path).stem}{self.suffix}.yaml"
        text = (self.scenario.folder / path).read_text("utf-8")
        text = text.replace("namespace: default", f"namespace: {self.namespace}")
        text = text.replace(f"name: {pod}\n", f"name: {pod}{self.suffix}\n")
        if self.scenario.trigger.kind == "pod-start":
            text = json.dumps(self._started(yaml.safe_load(text)))
        file.write_text(text, "utf-8")
        return str(file)

    def _started(self, pod: dict[str, Any]) -> dict[str, Any]:
        """Give the pod whose start is the behavior its command, as the scenario wants it."""
        for container in pod["spec"]["containers"]:
            if container["name"] == self.scenario.workload.container:
                container["command"] = self._words
        return pod

    @property
    def _words(self) -> list[str]:
        return [self._filled(word) for word in self.scenario.trigger.command]

    def _trigger(self, kubectl: tuple[str, ...]) -> None:
        """Set the behavior off and see that it happened: nobody knows it before the proof is there."""
        pod = f"{self.scenario.workload.pod_name}{self.suffix}"
        container = ("-c", self.scenario.workload.container)
        flags = ("-i", "-t") if self.scenario.trigger.tty else ()
        if self.scenario.trigger.kind == "pod-start":
            looks = (call(*kubectl, "logs", pod, *container) for _ in range(LOOKS))
        else:
            looks = (call(*kubectl, "exec", *flags, pod, *container, "--", *self._words) for _ in range(1))
        if not any(PROOF in said for said in looks):
            raise SystemExit(f"the chain of {self.scenario.id} proves nothing")

    def _filled(self, word: str) -> str:
        known = {f"set.{name}": item.default for name, item in self.scenario.parameters.items()}
        known |= {f"set.{name}": value for name, value in self.settings.items()}
        known |= {"namespace": self.namespace, "proof_a": PROOF[:6], "proof_b": PROOF[6:]}
        wanted = names(word)
        values = {name: known.get(name, "x") for name in wanted}
        for name in wanted:
            if name.startswith("pod_ip."):
                path = ("-o", "jsonpath={.status.podIP}")
                values[name] = call("kubectl", "-n", self.namespace, "get", "pod", name[7:], *path)
        # Objects keep their names here, so what is named after a run is named after nothing.
        return fill(word.replace("-{{replay.run}}", ""), values)


def chain(scenario_id: str, folder: Path, **settings: str) -> Chain:
    """Return the chain of a built-in scenario, whose files are written into this folder."""
    scenario = load(SCENARIOS / scenario_id)
    privileged = scenario.safety == "privileged"
    namespace = f"{NAMESPACE}-privileged" if privileged else NAMESPACE
    own = folder / scenario_id
    own.mkdir(exist_ok=True)
    return Chain(scenario, own, namespace, settings)


def run_side_by_side(chains: list[Chain]) -> None:
    """Run chains at the same time; one that fails ends the benchmark."""
    with ThreadPoolExecutor(len(chains)) as pool:
        for running in [pool.submit(one.run) for one in chains]:
            running.result()
