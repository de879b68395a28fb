"""How fast a detector is read: a busy log against `kubectl logs | wc -l`, and from an event to its verdict.

Needs a cluster of its own (Linux, root, Go), because it installs a stand-in for Falco.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess  # noqa: TID251 - a pipe to wc is what we are compared with
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kubectl_replay.backends.falco import Falco
from kubectl_replay.backends.question import Question
from kubectl_replay.clocks import now
from kubectl_replay.detection.identity import Target
from kubectl_replay.detection.window import Window
from kubectl_replay.kubectl import Connection, Kubectl
from kubectl_replay.scenario.detection import FalcoExpectation
from tests.bench.pairs import measure
from tests.e2e.alerting import alerting
from tests.e2e.api import serve
from tests.e2e.falco_lines import Sighting, json_alert
from tests.e2e.falco_manifests import Shape
from tests.e2e.frail import KUBELET, Frail, bring
from tests.e2e.stand_in import deploy

if TYPE_CHECKING:
    from tests.e2e.cluster import Target as Reached
    from tests.e2e.stand_in import StandIn

LINES = 100_000
POD = "shell-spawn-target-bcdfghjk"
IDENTITY = Target("k8s-replay", POD, "target", (f"containerd://{'f' * 64}",), "zxwvtsrqpnml", "bcdfghjk")
RULE = "Terminal shell in container"


def keep_logs(target: Reached) -> None:
    """Have the kubelet keep more of a log than its 10 MiB, which are fewer lines than these."""
    assert target.local
    file = target.local.folder / "nodes" / target.local.nodes[0].name / "kubelet.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"containerLogMaxSize": "1Gi"}))
    kubelet = Frail(target.local, KUBELET)
    kubelet.kill()
    kubelet.heal()


def print_busy_log(stand_in: StandIn, at: int) -> None:
    """Let others have nearly all lines, and the run the last one."""
    (agent,) = stand_in.agents
    others = Sighting(at, "0123456789ab", "cart", "shop", "cart-1", "bash -i")
    agent.feed(*(json_alert(replace(others, time=at + number)) for number in range(LINES)))
    agent.feed(json_alert(replace(others, container_id="f" * 64, pod=POD, namespace="k8s-replay")))


def decide(stand_in: StandIn, begin: float, at: int) -> None:
    """Have our own backend find the last line."""
    (agent,) = stand_in.agents
    falco = Falco(Kubectl(Connection()), FalcoExpectation(rules=(RULE,)), stand_in.namespace)
    falco.follow(agent.node, begin)
    moment, window = now(), Window(at)
    verdict = falco.ask(Question(IDENTITY, window, window, moment, moment, 600.0))
    falco.close()
    assert verdict.verdict == "detected", verdict
    assert verdict.noise == LINES, verdict.noise


def count(stand_in: StandIn) -> None:
    """Have kubectl print the log, and count its lines."""
    (agent,) = stand_in.agents
    words = f"kubectl logs -n {stand_in.namespace} {agent.name} -c falco --timestamps --since=1h | wc -l"
    counted = subprocess.run(["sh", "-c", words], check=True, capture_output=True, text=True)  # noqa: S607
    assert int(counted.stdout) > LINES


def busy_log(target: Reached, stand_in: StandIn, rounds: int) -> None:
    """Print the ratio of a decision over 100,000 lines to their mere count."""
    os.environ.update(target.environment)
    begin, at = time.monotonic(), time.time_ns()
    print_busy_log(stand_in, at)
    name = f"{LINES} lines: verdict / kubectl logs | wc -l"
    print(measure(name, partial(decide, stand_in, begin, at), partial(count, stand_in), rounds), flush=True)


def delays(target: Reached, stand_in: StandIn, rounds: int) -> None:
    """Print how long after a line was in the log its verdict was there."""
    found = []
    for _ in range(rounds):
        with alerting(stand_in, "bench") as watcher:
            program = [
                str(Path(sys.executable).parent / "kubectl-replay"),
                "shell-spawn",
                "-o",
                "json",
                "-n",
                "bench",
            ]
            ran = subprocess.run(
                program, env=dict(target.environment), capture_output=True, text=True, check=False
            )
        detection = json.loads(ran.stdout)["detection"]
        assert detection["verdict"] == "detected", detection
        found.append(detection["readable_seconds"] - detection["latency_seconds"])
        assert len(watcher.seen) == 1
    worst, middle = max(found), statistics.median(found)
    print(f"event to verdict: median {middle:.3f} s, worst {worst:.3f} s ({rounds} runs)", flush=True)


def main(rounds: int) -> None:
    """Bring a cluster and a stand-in, and print both."""
    with (
        tempfile.TemporaryDirectory() as folder,
        bring(7, 1, _made(folder, "home")) as target,
        serve(target.environment) as api,
    ):
        keep_logs(target)
        for measured in (delays, busy_log):
            stand_in = deploy(target, api, _made(folder, measured.__name__), Shape())
            try:
                measured(target, stand_in, rounds)
            finally:
                stand_in.remove()


def _made(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir()
    return path


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
