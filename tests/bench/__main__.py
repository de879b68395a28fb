"""`make bench`: whole runs against bare kubectl, and start-up against `import click`, in one sitting.

Each line is a ratio, measured in turns; a ratio is all that a busy machine can tell. Detection is off and the
namespaces exist. Needs a cluster: the one of KUBECONFIG, else the local one.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.chain import NAMESPACE, SCENARIOS, call, chain, run_side_by_side
from tests.bench.pairs import measure
from tests.cluster import state

REPLAY = str(Path(sys.executable).parent / "kubectl-replay")
SIDE_BY_SIDE = 10
SETTINGS = {"curl-egress": {"target": "sink"}}
"""What a scenario needs where there is no internet."""

PRIVILEGED = f"{NAMESPACE}-privileged"


def replay(scenario: str, *words: str) -> None:
    """Take our own way."""
    flags = ("--no-detection", "--allow-privileged", "-n", NAMESPACE)
    settings = [
        word for name, value in SETTINGS.get(scenario, {}).items() for word in ("--set", f"{name}={value}")
    ]
    call(REPLAY, "run", scenario, *flags, *settings, *words, allowed=(10,))


def start_ups(rounds: int) -> None:
    """Print what starting costs, next to what it cannot be less than."""
    pairs = {
        "--help / python -c 'import click'": (sys.executable, "-c", "import click"),
        "--help / kubectl version --client": ("kubectl", "version", "--client"),
    }
    for name, argv in pairs.items():
        print(measure(name, partial(call, REPLAY, "--help"), partial(call, *argv), rounds), flush=True)


def runs(rounds: int, wanted: list[str], folder: Path) -> None:
    """Print what a run of each scenario costs, next to what somebody would type."""
    for name in wanted:
        bare = chain(name, folder, **SETTINGS.get(name, {}))
        print(measure(f"{name} / bare kubectl", partial(replay, name), bare.run, rounds), flush=True)


def many(rounds: int, folder: Path) -> None:
    """Print what runs side by side cost."""
    several = ("--repeat", str(SIDE_BY_SIDE), "--parallel", str(SIDE_BY_SIDE))
    one = chain("shell-spawn", folder)
    chains = [replace(one, suffix=f"-{number}") for number in range(SIDE_BY_SIDE)]
    name = f"{SIDE_BY_SIDE} runs / {SIDE_BY_SIDE} chains, side by side"
    ours = partial(replay, "shell-spawn", *several)
    print(measure(name, ours, partial(run_side_by_side, chains), rounds), flush=True)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("scenarios", nargs="*", default=sorted(path.name for path in SCENARIOS.iterdir()))
    asked = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode
    cluster = state.load()
    if "KUBECONFIG" not in os.environ and cluster:
        os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
    start_ups(asked.rounds)
    for namespace in (NAMESPACE, PRIVILEGED):
        call("kubectl", "create", "namespace", namespace, allowed=(0, 1))
    call("kubectl", "label", "namespace", PRIVILEGED, "pod-security.kubernetes.io/enforce=privileged")
    try:
        with TemporaryDirectory() as folder:
            runs(asked.rounds, asked.scenarios, Path(folder))
            many(max(1, asked.rounds // 3), Path(folder))
    finally:
        call("kubectl", "delete", "namespace", NAMESPACE, PRIVILEGED, "--wait=false")


if __name__ == "__main__":
    main()
