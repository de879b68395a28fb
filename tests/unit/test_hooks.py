"""Scripts of a scenario's folder: what they are told, and which cluster their kubectl meets."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.errors import Failure
from kubectl_replay.hooks import facts, run_hook
from kubectl_replay.interruption import INTERRUPTION, Interrupted
from kubectl_replay.kubectl import Connection, Kubectl
from kubectl_replay.reasons import Reason
from kubectl_replay.scenario.spec import Parameter, Timeouts
from tests.unit.runs import pinned_run
from tests.unit.samples import scenario

if TYPE_CHECKING:
    from pathlib import Path

    from kubectl_replay.run import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    parameters = {"my-target": Parameter(default="far", help="where")}
    of = scenario(folder=tmp_path, parameters=parameters, timeouts=Timeouts(trigger_seconds=20))
    going = pinned_run(of)
    going.node = "node-1"
    return going


def script(run: Run, body: str, name: str = "hook.sh") -> str:
    path = run.scenario.folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return name


def test_a_hook_is_told_the_facts_of_the_run(run: Run) -> None:
    assert facts(run) == {
        "REPLAY_SCENARIO": "demo",
        "REPLAY_RUN": "r1",
        "REPLAY_NONCE": "nnnn",
        "REPLAY_PROOF_A": "bcdf",
        "REPLAY_PROOF_B": "ghjk",
        "REPLAY_NAMESPACE": "k8s-replay",
        "REPLAY_POD": "demo-target-r1",
        "REPLAY_CONTAINER": "target",
        "REPLAY_NODE": "node-1",
        "REPLAY_AS": "",
        "REPLAY_CONTEXT": "kind-k8s-replay",
        "REPLAY_SET_MY_TARGET": "far",
    }


def test_before_preflight_no_context_is_told(run: Run) -> None:
    run.cluster = None
    run.kubectl = Kubectl(Connection(user="me"))
    assert (facts(run)["REPLAY_CONTEXT"], facts(run)["REPLAY_AS"]) == ("", "me")


@pytest.mark.real_programs
def test_a_hook_runs_in_its_folder_with_its_input_and_the_facts(run: Run) -> None:
    name = script(run, 'pwd; cat; echo "$REPLAY_RUN $KUBERC $KUBECTL_KUBERC"; echo no >&2; exit 3')
    done = run_hook(run, name, stdin="input\n")
    assert done.out == f"{run.scenario.folder.resolve()}\ninput\nr1 off false\n"
    assert (done.code, done.err) == (3, "no\n")


@pytest.mark.real_programs
def test_a_hook_in_a_folder_below_runs_there(run: Run) -> None:
    (run.scenario.folder / "hooks").mkdir()
    assert run_hook(run, script(run, "pwd", "hooks/x.sh")).out == f"{run.scenario.folder.resolve()}/hooks\n"


def _kubeconfig(run: Run) -> tuple[object, list[str]]:
    """Return what the first file of a hook's KUBECONFIG says, and all others."""
    done = run_hook(run, script(run, 'cat "${KUBECONFIG%%:*}"; echo; echo "${KUBECONFIG#*:}"'))
    first, others, *_ = done.out.splitlines()
    return json.loads(first), others.split(os.pathsep)


PINNED = {"apiVersion": "v1", "kind": "Config", "current-context": "kind-k8s-replay"}


@pytest.mark.real_programs
def test_a_hook_s_kubectl_meets_the_pinned_context(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert _kubeconfig(run) == (PINNED, ["/home/me/.kube/config"])
    monkeypatch.setenv("KUBECONFIG", "/a:/b")
    assert _kubeconfig(run) == (PINNED, ["/a", "/b"])
    run.kubectl = Kubectl(Connection("kind-k8s-replay", kubeconfig="/c"))
    assert _kubeconfig(run) == (PINNED, ["/c"])


@pytest.mark.real_programs
def test_in_a_pod_there_is_nothing_to_pin(run: Run) -> None:
    run.kubectl = Kubectl(Connection())
    assert run_hook(run, script(run, 'echo "[$KUBECONFIG]"')).out == "[]\n"


@pytest.mark.real_programs
def test_a_hook_that_cannot_be_started_is_a_failure_of_its_own(run: Run) -> None:
    name = script(run, "")
    path = run.scenario.folder / name
    path.chmod(0o644)
    with pytest.raises(Failure) as raised:
        run_hook(run, name)
    assert raised.value.reason is Reason.HOOK_FAILED
    assert raised.value.message == (
        f"{path} cannot be run: [Errno 13] Permission denied: '{path}'.\n"
        f"next: make it executable: chmod +x {path}"
    )


@pytest.mark.real_programs
def test_after_a_signal_only_a_protected_hook_runs(run: Run) -> None:
    name = script(run, "echo ran")
    INTERRUPTION.receive(signal.SIGINT)
    with pytest.raises(Interrupted):
        run_hook(run, name)
    assert run_hook(run, name, protected=True).out == "ran\n"
