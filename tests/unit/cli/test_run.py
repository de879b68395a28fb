"""`run`: whole runs on a fake kubectl, their calls, their output and their codes."""

from __future__ import annotations

import io
import json
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay import process
from kubectl_replay.interruption import INTERRUPTION
from tests.unit.cli.conftest import SCENARIO, VIEW, add
from tests.unit.output.test_document import validate

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.cli.conftest import Cli, Cluster, Ended

BANNER = "kubectl replay demo: See that it runs\nFor test clusters only.\n\n"
FIVE = ["config", "get", "create", "exec", "delete"]


def told(ended: Ended) -> list[tuple[str, str]]:
    """Return the phases that standard error tells, each with its status."""
    lines = ended.err.removeprefix(BANNER).splitlines()
    return [(line.split()[0], line.split()[1]) for line in lines if not line.startswith("notice: ")]


PASSED = [
    ("preflight", "PASS"),
    ("deploy", "PASS"),
    ("ready", "PASS"),
    ("trigger", "PASS"),
    ("behavior", "PASS"),
    ("detection", "SKIP"),
    ("cleanup", "PASS"),
]


@pytest.mark.parametrize("words", [("run", "demo"), ("demo",)])
def test_a_run_is_five_calls_a_box_and_a_line_for_each_phase(
    cli: Cli, cluster: Cluster, words: tuple[str, ...]
) -> None:
    cluster.passes()
    ended = cli(*words, "--no-detection")
    assert ended.code == 10
    assert cluster.verbs == FIVE
    assert ended.err.startswith(BANNER)
    assert told(ended) == PASSED
    assert "║  overall             SCENARIO PASS   ║\n" in ended.out
    assert ended.out.startswith("╔")


def test_every_call_but_the_first_is_pinned_to_the_context_and_the_namespace(
    cli: Cli, cluster: Cluster
) -> None:
    cluster.passes()
    cli("demo", "--no-detection")
    first, *others = cluster.calls
    assert first == VIEW[1:]
    for call in others:
        start = call.index("--namespace")
        assert call[start : start + 4] == cluster.pin


def test_standard_output_is_one_json_document(cli: Cli, cluster: Cluster) -> None:
    cluster.passes()
    ended = cli("demo", "--no-detection", "-o", "json")
    document = json.loads(ended.out)
    validate(document)
    assert document["overall"] == "scenario_passed_detection_skipped"
    assert document["run_id"] == "token1"
    assert ended.code == 10


def test_a_variable_asks_for_json_too(cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.passes()
    monkeypatch.setenv("JSON", "1")
    assert json.loads(cli("demo", "--no-detection").out)["scenario"] == "demo"


def test_the_flag_wins_over_the_variable(cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.passes()
    monkeypatch.setenv("JSON", "1")
    assert cli("demo", "--no-detection", "-o", "box").out.startswith("╔")


def test_where_the_behavior_is_enough_a_missing_detection_ends_0(cli: Cli, cluster: Cluster) -> None:
    cluster.passes()
    assert cli("demo", "--no-detection", "--require", "behavior").code == 0


def test_detection_can_be_switched_off(cli: Cli, cluster: Cluster) -> None:
    cluster.passes()
    ended = cli("demo", "--no-detection", "-o", "json")
    assert json.loads(ended.out)["detection_backend"] == "disabled"
    assert ended.code == 10


def looks(cluster: Cluster) -> None:
    """Register the calls that look for detectors, and find none."""
    nothing = json.dumps({"items": []})
    cluster.call("get", "pods", "--all-namespaces", "--selector", any, out=nothing)
    cluster.call("get", "pods", "--all-namespaces", "-o", any, out=nothing)


@pytest.fixture
def _no_kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No cluster runs on this machine's kernel."""
    monkeypatch.setattr("kubectl_replay.clocks.BOOT_ID", tmp_path / "nowhere")


@pytest.mark.usefixtures("_no_kernel")
@pytest.mark.parametrize("words", [(), ("--backend", "falco")])
def test_where_there_is_no_detector_detection_is_skipped(
    cli: Cli, cluster: Cluster, words: tuple[str, ...]
) -> None:
    cluster.passes()
    looks(cluster)
    ended = cli("demo", "-o", "json", *words)
    document = json.loads(ended.out)
    validate(document)
    assert (ended.code, document["detection_backend"]) == (10, "none")
    assert document["detection"]["reason"] == "no_backend"
    assert sorted(cluster.verbs) == sorted([*FIVE, "get", "get"])


@pytest.mark.usefixtures("_no_kernel")
def test_a_search_that_is_forbidden_ends_11(cli: Cli, cluster: Cluster) -> None:
    cluster.passes()
    forbidden = 'Error from server (Forbidden): pods is forbidden: User "me" cannot list resource "pods"\n'
    cluster.call("get", "pods", "--all-namespaces", any, err=forbidden, code=1)
    ended = cli("demo", "-o", "json")
    document = json.loads(ended.out)
    validate(document)
    assert (ended.code, document["detection_backend"]) == (11, "unknown")
    assert document["detection"]["reason"] == "backend_discovery_denied"
    assert document["overall"] == "scenario_passed_detection_not_verified"


def test_a_behavior_that_is_not_proven_ends_24(cli: Cli, cluster: Cluster) -> None:
    cluster.passes(proof="sh: printf: not found")
    ended = cli("demo", "--no-detection", "-o", "json")
    document = json.loads(ended.out)
    validate(document)
    assert (ended.code, document["failure_reason"]) == (24, "exec_not_confirmed")
    assert cluster.verbs == FIVE


def test_a_refused_create_ends_21_and_deletes_nothing(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    cluster.call("get", any)
    cluster.call("create", any, err="Error from server (Forbidden): exceeded quota: q\n", code=1)
    ended = cli("demo", "--no-detection")
    assert ended.code == 21
    assert cluster.verbs == ["config", "get", "create"]
    assert told(ended)[-2:] == [("deploy", "FAIL"), ("cleanup", "PASS")]


def test_what_cannot_be_removed_ends_25(cli: Cli, cluster: Cluster) -> None:
    cluster.passes()
    cluster.fp.definitions.popitem()
    cluster.call("delete", any, err='Error from server (Forbidden): pods is forbidden: User "me"\n', code=1)
    ended = cli("demo", "--no-detection")
    assert ended.code == 25
    assert "║  overall             CLEANUP INCOMPLETE║\n" in ended.out
    assert "  - to remove it: kubectl delete pod --selector " in ended.out


def test_a_missing_kubectl_ends_20(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise process.ProgramMissing("kubectl")

    monkeypatch.setattr("kubectl_replay.process.calls.start", missing)
    ended = cli("demo", "-o", "json")
    assert (ended.code, json.loads(ended.out)["failure_reason"]) == (20, "kubectl_missing")


def test_a_refused_cluster_ends_20_and_is_asked_nothing(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    ended = cli("demo", "--context", "prod")
    assert ended.code == 20
    assert cluster.verbs == ["config"]
    assert "║  overall             PREFLIGHT FAILED║\n" in ended.out


def test_a_signal_ends_130_with_a_result(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    cluster.call("get", any)

    def press(_process: Any) -> None:  # noqa: ANN401 - pytest-subprocess's
        INTERRUPTION.receive(signal.SIGINT)

    cluster.fp.register(["kubectl", "create", cluster.fp.any()], callback=press)
    cluster.call("get", any)
    ended = cli("demo", "--no-detection", "-o", "json")
    assert ended.code == 130
    document = json.loads(ended.out)
    validate(document)
    assert document["overall"] == "interrupted"


def test_a_folder_that_cannot_be_read_ends_20_with_its_problems(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    ended = cli("broken", "-o", "json")
    document = json.loads(ended.out)
    validate(document)
    assert (ended.code, document["failure_reason"]) == (20, "scenario_invalid")
    assert "scenario.yaml:1:1: " in document["phases"][0]["message"]
    assert set(cluster.verbs) <= {"config"}


def test_a_bug_ends_3_with_a_result_and_a_report(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def oops(*_: object) -> None:
        raise KeyError("oops")

    cluster.view()
    monkeypatch.setattr("kubectl_replay.cluster.resolve", oops)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = cli("demo", "-o", "json")
    assert ended.code == 3
    assert json.loads(ended.out)["overall"] == "internal_error"
    assert "error: this is a bug in kubectl-replay: KeyError: 'oops' (report it with " in ended.err


def test_a_dry_run_prints_what_it_would_do_and_asks_no_server(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    cluster.call("kustomize", any, out="kind: Pod\n")
    ended = cli("demo", "--dry-run")
    assert ended.code == 0
    assert cluster.verbs == ["config", "kustomize"]
    assert ended.out.startswith(
        "---\n# A dry run: nothing was created. A run would do this:\n#   kubectl get pods"
    )
    assert ended.out.endswith("# with these objects in FOLDER:\nkind: Pod\n")


def test_a_dry_run_is_a_document_too(cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRY_RUN", "yes")
    cluster.view()
    cluster.call("kustomize", any, out="kind: Pod\n")
    document = json.loads(cli("demo", "-o", "json").out)
    validate(document)
    assert (document["overall"], document["plan"]["manifests"]) == ("dry_run", "kind: Pod\n")


def test_what_is_kept_is_not_deleted(cli: Cli, cluster: Cluster) -> None:
    cluster.passes()
    ended = cli("demo", "--no-detection", "--keep")
    assert ended.code == 10
    assert cluster.verbs == FIVE[:-1]
    assert "Cleanup:\n  - kept: pod/demo-target-token1\n" in ended.out


def test_a_variable_that_says_neither_yes_nor_no_is_told(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEP", "maybe")
    cluster.passes()
    ended = cli("demo", "--no-detection")
    assert ended.err.startswith("notice: KEEP='maybe' is ignored: ")
    assert cluster.verbs == FIVE


def test_several_ids_are_one_box_each_and_a_summary(cli: Cli, cluster: Cluster) -> None:
    cluster.passes("token1", proof="token3token4")
    cluster.passes("token5", proof="token7token8", view=False)
    ended = cli("demo", "tagged", "--no-detection")
    assert ended.code == 10
    assert ended.out.count("╔") == 2
    assert ended.out.splitlines()[-3].endswith(": 2 passed, 0 failed, 0 not run")
    assert cluster.verbs.count("config") == 1


def test_several_results_are_one_document(cli: Cli, cluster: Cluster) -> None:
    cluster.passes("token1", proof="token3token4")
    cluster.passes("token5", proof="nothing", view=False)
    ended = cli("demo", "--no-detection", "-o", "json", "--repeat", "2")
    document = json.loads(ended.out)
    validate(document)
    assert (ended.code, document["summary"]["exit_code"]) == (24, 24)
    assert [one["run_id"] for one in document["results"]] == ["token1", "token5"]


def test_all_scenarios_of_a_folder_or_a_tag_are_run(cli: Cli, cluster: Cluster, scenarios: Path) -> None:
    cluster.passes()
    ended = cli("run", "--no-detection", "--tag", "two", "-o", "json")
    assert [one["scenario"] for one in json.loads(ended.out)["results"]] == ["tagged"]
    assert f"notice: {scenarios}/broken cannot be read: it has no tags\n" in ended.err


def test_privileged_scenarios_that_nobody_named_are_left_out(
    cli: Cli, cluster: Cluster, scenarios: Path
) -> None:
    add(scenarios / "root", SCENARIO.format(id="root", safety="privileged", tag="three"))
    cluster.view()
    ended = cli("run", "--tag", "three", "-o", "json")
    document = json.loads(ended.out)
    validate(document)
    assert document["summary"]["not_run"] == [{"id": "root", "reason": "privileged_not_allowed"}]
    assert (ended.code, document["results"]) == (0, [])


def test_a_privileged_scenario_that_was_named_is_refused(cli: Cli, cluster: Cluster, scenarios: Path) -> None:
    add(scenarios / "root", SCENARIO.format(id="root", safety="privileged", tag="three"))
    cluster.view()
    ended = cli("root", "-o", "json")
    assert (ended.code, json.loads(ended.out)["failure_reason"]) == (20, "privileged_not_allowed")


class Tty(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Tty:
    """Make standard error a terminal; not in a fixture, after which pytest puts its own stream back."""
    stream = Tty()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_on_a_terminal_the_phases_are_shown_live(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.passes()
    terminal = on_a_terminal(monkeypatch)
    assert cli("demo", "--no-detection").code == 10
    assert "deploy: creating the workload" in terminal.getvalue()


@pytest.mark.parametrize(("parallel", "live"), [("1", True), ("2", False)])
def test_runs_side_by_side_are_told_in_plain_lines(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, parallel: str, live: bool
) -> None:
    cluster.passes()
    terminal = on_a_terminal(monkeypatch)
    assert cli("run", "--no-detection", "--tag", "one", "--parallel", parallel).code == 10
    assert "deploy     PASS" in terminal.getvalue()
    assert ("deploy: creating the workload" in terminal.getvalue()) is live


def test_a_signal_before_any_of_several_runs_ends_130(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(_path: str | None) -> dict[str, object]:
        INTERRUPTION.receive(signal.SIGINT)
        return {}

    cluster.view()
    monkeypatch.setattr("kubectl_replay.cli.asking._pod_patch", press)
    ended = cli("demo", "tagged", "-o", "json")
    assert ended.code == 130
    assert [one["reason"] for one in json.loads(ended.out)["summary"]["not_run"]] == ["interrupted"] * 2
    assert cluster.verbs == ["config"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("run",), "Error: Name scenarios, or --all, or --tag.\n"),
        (("run", "demo", "--all"), "Error: Name scenarios, or --all, or --tag.\n"),
        (("run", "--tag", "nowhere"), "Error: No scenario has the tag nowhere.\n"),
        (
            ("demo", "-o", "xml"),
            "Error: Invalid value for '-o' / '--output': 'xml' is not one of 'box', 'json'.\n",
        ),
        (("demo", "--ready-timeout", "0"), "'0' is no duration such as 10s, 2m or 30 (more than zero).\n"),
        (("demo", "--parallel", "0"), "0 is not in the range x>=1.\n"),
        (("demo", "--nosuch"), "Error: No such option '--nosuch'.\n"),
        (("demo", "--set", "x"), "Error: --set x: wanted NAME=VALUE.\n"),
        (("demo", "--set", "=x"), "Error: --set =x: wanted NAME=VALUE.\n"),
        (("demo", "--set", "a=b"), "Error: --set a: the scenario has no such parameter; they are target.\n"),
        (("demo", "--image", "x"), "Error: --image x: wanted OLD=NEW.\n"),
        (("demo", "--image", "x="), "Error: --image x=: wanted OLD=NEW.\n"),
        (
            ("demo", "--request-timeout", "soon"),
            "'soon' is no duration such as 10s, 2m or 30 (more than zero).\n",
        ),
        (
            ("demo", "--request-timeout", "0s"),
            "'0s' is no duration such as 10s, 2m or 30 (more than zero).\n",
        ),
        (
            ("shel-spawn",),
            'no scenario "shel-spawn". Did you mean shell-spawn? `kubectl replay list` shows them all.\n',
        ),
        (("lst",), 'no scenario "lst". Did you mean list? `kubectl replay list` shows them all.\n'),
        (("tagge",), 'no scenario "tagge". Did you mean tagged? `kubectl replay list` shows them all.\n'),
        (
            ("xyzzy",),
            'Error: There is no command and no scenario "xyzzy". `kubectl replay list` shows them all.\n',
        ),
        (("demo", "--scenarios", "/nowhere"), "Error: --scenarios /nowhere is not a folder\n"),
    ],
)
def test_wrong_words_end_2_and_run_nothing(
    cli: Cli, cluster: Cluster, words: tuple[str, ...], complaint: str
) -> None:
    cluster.view()
    code, out, err = cli(*words)
    assert (code, out) == (2, "")
    assert err.endswith(complaint)
    assert set(cluster.verbs) <= {"config"}
