"""Bare kubectl: the chain that somebody would type for the objects and the command of a scenario."""

from __future__ import annotations

import subprocess  # noqa: TID251 - a benchmark times whole programs
import threading
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kubectl_replay.manifests import paths, read_objects
from kubectl_replay.process import terminal
from kubectl_replay.scenario.loader import load
from kubectl_replay.scenario.placeholders import fill, names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubectl_replay.scenario.spec import Scenario

NAMESPACE = "k8s-replay-bench"
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
    """Apply, wait, exec, delete: the objects and the command of a scenario, with kubectl's own defaults.

    `suffix` parts the names of chains that run side by side.
    """

    scenario: Scenario
    namespace: str = NAMESPACE
    settings: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""

    def run(self) -> None:
        """Do it once."""
        kubectl = ("kubectl", "-n", self.namespace)
        with TemporaryDirectory() as folder:
            files = [word for file in self._files(Path(folder)) for word in ("-f", str(file))]
            call(*kubectl, "apply", *files)
            call(*kubectl, "wait", "--for=condition=Ready", *self._pods, "--timeout=60s")
            self._trigger(kubectl)
            call(*kubectl, "delete", *files)

    @property
    def _pods(self) -> list[str]:
        objects = read_objects(self.scenario, paths(self.scenario, self.settings))
        return [f"pod/{item.name}{self.suffix}" for item in objects if item.kind == "Pod"]

    def _files(self, folder: Path) -> list[Path]:
        pod = self.scenario.workload.pod_name
        files = []
        for path in paths(self.scenario, self.settings):
            text = (self.scenario.folder / path).read_text("utf-8")
            text = text.replace("namespace: default", f"namespace: {self.namespace}")
            files.append(folder / Path(path).name)
            files[-1].write_text(text.replace(f"name: {pod}\n", f"name: {pod}{self.suffix}\n"), "utf-8")
        return files

    def _trigger(self, kubectl: tuple[str, ...]) -> None:
        pod = f"{self.scenario.workload.pod_name}{self.suffix}"
        trigger = self.scenario.trigger
        if trigger.kind == "pod-start":
            call(*kubectl, "logs", pod)
            return
        words = [self._filled(word) for word in trigger.command]
        flags = ("-i", "-t") if trigger.tty else ()
        call(*kubectl, "exec", *flags, pod, "-c", self.scenario.workload.container, "--", *words)

    def _filled(self, word: str) -> str:
        known = {f"set.{name}": item.default for name, item in self.scenario.parameters.items()}
        known |= {f"set.{name}": value for name, value in self.settings.items()}
        known["namespace"] = self.namespace
        wanted = names(word)
        values = {name: known.get(name, "x") for name in wanted}
        for name in wanted:
            if name.startswith("pod_ip."):
                path = ("-o", "jsonpath={.status.podIP}")
                values[name] = call("kubectl", "-n", self.namespace, "get", "pod", name[7:], *path)
        # Objects keep their names here, so what is named after a run is named after nothing.
        return fill(word.replace("-{{replay.run}}", ""), values)


def chain(scenario_id: str, **settings: str) -> Chain:
    """Return the chain of a built-in scenario."""
    scenario = load(SCENARIOS / scenario_id)
    privileged = scenario.safety == "privileged"
    return Chain(scenario, f"{NAMESPACE}-privileged" if privileged else NAMESPACE, settings)


def run_side_by_side(chains: list[Chain]) -> None:
    """Run chains at the same time."""
    threads = [threading.Thread(target=one.run) for one in chains]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
