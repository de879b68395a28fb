"""Bare kubectl: the chain that somebody would type for the pod of a scenario."""

from __future__ import annotations

import subprocess  # noqa: TID251 - a benchmark times whole programs
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from kubectl_replay.process import terminal

NAMESPACE = "k8s-replay-bench"
MANIFEST = Path(__file__).parent.parent.parent / "scenarios/shell-spawn/manifests/pod.yaml"
POD = "shell-spawn-target"


def call(*argv: str, allowed: tuple[int, ...] = (0,)) -> None:
    """Run a program to its end without showing what it prints; a failure ends the benchmark."""
    with terminal() as stdin:
        done = subprocess.run(argv, stdin=stdin, capture_output=True, text=True, check=False)
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}\n{done.stderr}{done.stdout}")


def run_chain(name: str = POD) -> None:
    """Apply, wait, exec through a terminal, delete, with kubectl's own defaults."""
    with TemporaryDirectory() as folder:
        manifest = Path(folder) / "pod.yaml"
        manifest.write_text(MANIFEST.read_text("utf-8").replace(f"name: {POD}", f"name: {name}"), "utf-8")
        call("kubectl", "apply", "-n", NAMESPACE, "-f", str(manifest))
    call("kubectl", "wait", "-n", NAMESPACE, "--for=condition=Ready", f"pod/{name}", "--timeout=60s")
    call("kubectl", "exec", "-n", NAMESPACE, "-i", "-t", name, "--", "sh", "-c", "test -t 0 && id")
    call("kubectl", "delete", "-n", NAMESPACE, "pod", name)


def run_chains(count: int) -> None:
    """Run so many chains side by side."""
    threads = [threading.Thread(target=run_chain, args=(f"{POD}-{number}",)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
