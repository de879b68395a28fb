"""The demo, for real: on a cluster that is there, on one that kind makes, and on one of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.second_cluster import SITE, ask

if TYPE_CHECKING:
    from tests.cluster.state import Cluster

GOLDEN = Path(__file__).parent.with_name("golden") / "demo.txt"
SENTENCE = "no local cluster answers and there is no Docker with kind: this machine becomes the cluster.\n"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """A user who has no kubeconfig."""
    return {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(SITE.cache.parent), "KUBECONFIG": ""}


def timeless(box: str) -> str:
    """Take out what differs from run to run: how long it took, and how kubectl opened the stream."""
    found = re.sub(r'"(create|get) pods/exec"', '"VERB pods/exec"', box)
    return re.sub(r"\d+\.\d{3} s after", "0.000 s after", found)


def test_it_runs_on_the_current_context_if_that_is_local(cluster: Cluster, home: dict[str, str]) -> None:
    done = ask("demo", env=home | {"KUBECONFIG": str(cluster.kubeconfig)})
    assert done.code == 0, done.stderr
    assert timeless(done.stdout) == timeless(GOLDEN.read_text("utf-8"))
    assert done.stderr.startswith("running the scenario shell-spawn in the context k8s-replay-local\n")


def test_without_one_it_makes_this_machine_the_cluster(home: dict[str, str]) -> None:
    ask("down")
    done = ask("demo", env=home)
    assert done.code == 0, done.stderr
    assert timeless(done.stdout) == timeless(GOLDEN.read_text("utf-8"))
    assert done.stderr.startswith(SENTENCE)


def test_with_docker_it_has_kind_make_one(cluster: Cluster, home: dict[str, str], tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    # This kind has made a cluster before anybody asks: ours, under the name of kind's.
    text = cluster.kubeconfig.read_text().replace(cluster.context, "kind-k8s-replay")
    made = tmp_path / "made"
    made.write_text(text.replace('"current-context"', '"was-current"'))
    script = f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n[ "$1" = get ] || cp {made} "$KUBECONFIG"\n'
    for name, lines in (("kind", script), ("docker", "#!/bin/sh\n")):
        (tools / name).write_text(lines)
        (tools / name).chmod(0o755)
    (tools / "kubectl").symlink_to(cluster.kubectl)
    path = {"PATH": f"{tools}:{os.environ['PATH']}", "KUBECONFIG": str(tmp_path / "config")}
    done = ask("demo", env=home | path)
    assert done.code == 0, done.stderr
    assert "context             kind-k8s-replay" in done.stdout
    assert (tmp_path / "asked").read_text().splitlines() == [
        "get clusters",
        "get clusters",
        "create cluster --name k8s-replay --wait 180s --config -",
    ]
