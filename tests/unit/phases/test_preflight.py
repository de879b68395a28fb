"""Preflight: what is refused before anything is asked, and what is settled."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay import access
from kubectl_replay.errors import Failure
from kubectl_replay.kubectl import Connection
from kubectl_replay.phases.preflight import preflight
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Status
from kubectl_replay.scenario.spec import Deploy, Hooks, Manifest, Parameter
from tests.unit.fakes import pinned
from tests.unit.runs import folder, new_run
from tests.unit.samples import answer, scenario

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_subprocess import FakeProcess

    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run


def config(context: str = "kind-k8s-replay", **user: object) -> str:
    return json.dumps(
        {
            "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:6443"}}],
            "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": user}],
            "current-context": context,
        }
    )


def begun(path: Path, view: str = "", changes: dict[str, Any] | None = None, **asked: Any) -> Run:  # noqa: ANN401
    return new_run(scenario(folder=folder(path), **(changes or {})), view=view or config(), **asked)


def failure(run: Run) -> Failure:
    with pytest.raises(Failure) as raised:
        preflight(run)
    return raised.value


def test_the_cluster_is_pinned_and_the_objects_are_known(tmp_path: Path, fp: FakeProcess) -> None:
    run = begun(tmp_path, connection=Connection())
    with run.stack:
        assert preflight(run) is Status.PASS
        assert run.cluster is not None
        assert run.cluster.context == "kind-k8s-replay"
        assert run.kubectl == pinned()
        assert [item.name for item in run.objects] == ["demo-target"]
        assert run.pods == ("demo-target-r1",)
        assert run.notices == []
        assert {path.name for path in run.folder.iterdir()} == {"pod.yaml", "kustomization.yaml"}
    assert not run.folder.exists()
    assert list(fp.calls) == []
    assert not run.server_answered


def test_the_objects_that_the_parameters_leave_out_are_described_only(tmp_path: Path) -> None:
    sink = 'kind: Pod\nmetadata: {name: sink}\nspec: {containers: [{name: s, image: "x:1"}]}\n'
    run = begun(
        tmp_path,
        changes={
            "deploy": Deploy((Manifest("pod.yaml"), Manifest("sink.yaml", when="target=sink"))),
            "parameters": {"target": Parameter(default="far", help="where")},
        },
    )
    (tmp_path / "sink.yaml").write_text(sink)
    with run.stack:
        preflight(run)
        assert [item.name for item in run.described] == ["demo-target", "sink"]
        assert [item.name for item in run.objects] == ["demo-target"]


def test_notices_of_the_scenario_and_the_guard_are_told(tmp_path: Path) -> None:
    run = begun(
        tmp_path,
        config("prod"),
        {"notices": ("trigger.sh is not run",)},
        connection=Connection(),
        environ={"REPLAY_ALLOW_ANY_CLUSTER": "true"},
    )
    with run.stack:
        preflight(run)
    assert run.notices[0] == "trigger.sh is not run"
    assert run.notices[1].startswith("WARNING: REPLAY_ALLOW_ANY_CLUSTER switches the guard off: ")


def test_a_privileged_scenario_must_be_allowed(tmp_path: Path) -> None:
    found = failure(begun(tmp_path, changes={"safety": "privileged"}))
    assert found.reason is Reason.PRIVILEGED_NOT_ALLOWED
    assert found.message == (
        'The scenario "demo" needs a privileged workload.\n'
        "next: allow it with --allow-privileged or REPLAY_ALLOW_PRIVILEGED=true, "
        "on a cluster made for tests"
    )
    run = begun(tmp_path, changes={"safety": "privileged"}, allow_privileged=True)
    with run.stack:
        assert preflight(run) is Status.PASS
    assert run.kubectl == pinned("k8s-replay-privileged")


@pytest.mark.parametrize("hooks", [Hooks(verify="v.sh"), Hooks(cleanup="c.sh"), Hooks(trigger="t.sh")])
def test_scripts_of_a_folder_that_nobody_named_are_not_run(tmp_path: Path, hooks: Hooks) -> None:
    run = begun(tmp_path, changes={"hooks": hooks})
    run.hooks_allowed = False
    found = failure(run)
    assert found.reason is Reason.HOOKS_NOT_ALLOWED
    assert found.sentence == (
        f"The scripts of {tmp_path} are not run: nobody named the folder they came from."
    )
    run.hooks_allowed = True
    with run.stack:
        assert preflight(run) is Status.PASS


def nobody_asks() -> Completed:
    raise AssertionError("the kubeconfig was read")


@pytest.mark.parametrize("namespace", ["kube-system", "falco"])
def test_a_namespace_that_is_never_ours_is_refused_first(tmp_path: Path, namespace: str) -> None:
    run = begun(tmp_path, connection=Connection(namespace=namespace))
    run.view = nobody_asks
    assert failure(run).reason is Reason.NAMESPACE_REFUSED


def test_a_broken_manifest_is_refused_before_the_kubeconfig_is_read(tmp_path: Path) -> None:
    run = begun(tmp_path)
    run.view = nobody_asks
    (tmp_path / "pod.yaml").write_text("a: [")
    assert failure(run).reason is Reason.SCENARIO_INVALID


def test_a_manifest_without_the_target_is_refused(tmp_path: Path) -> None:
    run = begun(tmp_path)
    (tmp_path / "pod.yaml").write_text("kind: Service\nmetadata: {name: s}")
    assert failure(run).reason is Reason.SCENARIO_INVALID


def test_a_cluster_that_the_guard_refuses_pins_no_kubectl(tmp_path: Path, fp: FakeProcess) -> None:
    run = begun(tmp_path, config("prod", exec={"command": "login"}), connection=Connection("prod"))
    with run.stack:
        assert failure(run).reason is Reason.GUARD_REFUSED
    with pytest.raises(LookupError):
        _ = run.kubectl
    assert list(fp.calls) == []


def test_no_context_is_a_failure(tmp_path: Path) -> None:
    run = begun(tmp_path, '{"contexts": null}', connection=Connection())
    with run.stack:
        assert failure(run).reason is Reason.NO_CONTEXT


VERSION = ["kubectl", "get", "--raw", "/version", "--namespace", "k8s-replay", "--context", "kind-k8s-replay"]


def test_a_credential_plugin_logs_in_before_any_other_call(
    tmp_path: Path, fp: FakeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    fp.register(VERSION, stdout="{}")
    run = begun(tmp_path, config(exec={"command": "login"}))
    with run.stack:
        preflight(run)
    assert [list(call) for call in fp.calls] == [VERSION]
    assert run.server_answered


def test_a_dry_run_logs_nobody_in(tmp_path: Path, fp: FakeProcess) -> None:
    run = begun(tmp_path, config(exec={"command": "login"}), dry_run=True)
    with run.stack:
        assert preflight(run) is Status.PASS
    assert list(fp.calls) == []


def test_a_login_that_fails_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "has_terminal", lambda: False)
    monkeypatch.setattr(
        "kubectl_replay.process.run", lambda *_, **__: answer(err="Unable to connect", code=1)
    )
    run = begun(tmp_path, config(exec={"command": "login"}))
    with run.stack:
        assert failure(run).reason is Reason.CLUSTER_UNREACHABLE
    assert not run.server_answered
