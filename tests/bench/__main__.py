"""`make bench`: a whole run against bare kubectl, and start-up against `import click`, in one sitting.

Bare kubectl is the chain that somebody would type: apply, wait, exec through a terminal, delete, of the very
same pod in an existing namespace. Needs a cluster: the one of KUBECONFIG, else the local one.
"""

from __future__ import annotations

import argparse
import os
import subprocess  # noqa: TID251 - a benchmark times whole programs
import sys
from pathlib import Path

from kubectl_replay.process import terminal
from tests.bench.pairs import measure
from tests.cluster import state

REPLAY = str(Path(sys.executable).parent / "kubectl-replay")
NAMESPACE = "k8s-replay-bench"
SCENARIO = Path(__file__).parent.parent.parent / "scenarios/shell-spawn"
POD = "shell-spawn-target"


def call(*argv: str, allowed: tuple[int, ...] = (0,)) -> None:
    """Run a program to its end without showing what it prints; a failure ends the benchmark."""
    with terminal() as stdin:
        done = subprocess.run(argv, stdin=stdin, capture_output=True, text=True, check=False)
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}\n{done.stderr}{done.stdout}")


def run_scenario() -> None:
    """Take our own way."""
    call(REPLAY, "shell-spawn", "--no-detection", "-n", NAMESPACE, allowed=(10,))


def run_chain() -> None:
    """Take the way of bare kubectl, with its own defaults."""
    manifest = str(SCENARIO / "manifests/pod.yaml")
    call("kubectl", "apply", "-n", NAMESPACE, "-f", manifest)
    call("kubectl", "wait", "-n", NAMESPACE, "--for=condition=Ready", f"pod/{POD}", "--timeout=60s")
    call("kubectl", "exec", "-n", NAMESPACE, "-i", "-t", POD, "--", "sh", "-c", "test -t 0 && id")
    call("kubectl", "delete", "-n", NAMESPACE, "pod", POD)


def start_ups(rounds: int) -> None:
    """Print what starting costs, next to what it cannot be less than."""
    python = str(Path(sys.executable))
    ours = measure("--help / python -c 'import click'", lambda: call(REPLAY, "--help"),
                   lambda: call(python, "-c", "import click"), rounds)  # fmt: skip
    print(ours)
    print(measure("--help / kubectl version --client", lambda: call(REPLAY, "--help"),
                  lambda: call("kubectl", "version", "--client"), rounds))  # fmt: skip


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
    call("kubectl", "create", "namespace", NAMESPACE, allowed=(0, 1))
    try:
        print(measure("shell-spawn / bare kubectl chain", run_scenario, run_chain, rounds))
    finally:
        call("kubectl", "delete", "namespace", NAMESPACE, "--wait=false")


if __name__ == "__main__":
    main()
