"""`make bench`: whole runs against bare kubectl, and start-up against `import click`, in one sitting.

Each line is a ratio, measured in turns; a ratio is all that a busy machine can tell. Detection is off and the
namespace exists. Needs a cluster: the one of KUBECONFIG, else the local one.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from tests.bench.chain import NAMESPACE, call, run_chain, run_chains
from tests.bench.pairs import measure
from tests.cluster import state

REPLAY = str(Path(sys.executable).parent / "kubectl-replay")
SIDE_BY_SIDE = 10


def replay(*words: str) -> None:
    """Take our own way."""
    call(REPLAY, "run", "shell-spawn", "--no-detection", "-n", NAMESPACE, *words, allowed=(10,))


def start_ups(rounds: int) -> None:
    """Print what starting costs, next to what it cannot be less than."""
    pairs = {
        "--help / python -c 'import click'": (sys.executable, "-c", "import click"),
        "--help / kubectl version --client": ("kubectl", "version", "--client"),
    }
    for name, argv in pairs.items():
        print(measure(name, partial(call, REPLAY, "--help"), partial(call, *argv), rounds), flush=True)


def runs(rounds: int) -> None:
    """Print what runs cost, next to what somebody would type."""
    call("kubectl", "create", "namespace", NAMESPACE, allowed=(0, 1))
    try:
        print(measure("shell-spawn / bare kubectl", replay, run_chain, rounds), flush=True)
        several = ("--repeat", str(SIDE_BY_SIDE), "--parallel", str(SIDE_BY_SIDE))
        name = f"{SIDE_BY_SIDE} runs / {SIDE_BY_SIDE} chains, side by side"
        print(measure(name, lambda: replay(*several), lambda: run_chains(SIDE_BY_SIDE), max(1, rounds // 3)))
    finally:
        call("kubectl", "delete", "namespace", NAMESPACE, "--wait=false")


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode
    cluster = state.load()
    if "KUBECONFIG" not in os.environ and cluster:
        os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
    start_ups(rounds)
    runs(rounds)


if __name__ == "__main__":
    main()
