"""`logs falco`: which alerts are shown, of which runs, and what is said of those that cannot be."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay.backends import tail
from kubectl_replay.detection import discovery
from kubectl_replay.detection.discovery import discover
from kubectl_replay.interruption import Interrupted
from tests.unit.backends.samples import agent_pod
from tests.unit.cli.falcos import DENIED, finds, listing, logs
from tests.unit.detection.samples import ID, PREFIX, RULE, falco_json, falco_text
from tests.unit.samples import FORBIDDEN

if TYPE_CHECKING:
    from pathlib import Path

    from kubectl_replay.detection.discovery import Discovery
    from kubectl_replay.kubectl import Kubectl
    from tests.unit.cli.conftest import Cli, Cluster

WINDOW = "--since=600s"
SHELL = "2026-11-24T06:42:31.262Z  node-a  Notice         "
OF_DEMO = {"namespace": "k8s-replay", "pod": "demo-target-bcdfghjk"}
ROLE = "next: ask for a Role in the detector's namespace: pods/log get\n"


def line(**changes: Any) -> str:  # noqa: ANN401 - what an alert says
    return falco_json(**changes)


def pods(cluster: Cluster, *ids: str, namespaces: int = 1) -> None:
    """Have the pods of runs listed, in so many namespaces."""
    statuses = [{"containerID": f"containerd://{each}"} for each in ids]
    for _ in range(namespaces):
        found = listing({"status": {"containerStatuses": statuses}})
        cluster.call("get", "pods", "--selector", any, out=found)


def test_the_alerts_of_the_last_ten_minutes_are_one_line_each(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    own = "2026-11-24T06:42:31.000000000Z Tue Nov 24 06:42:31 2026: Opening 'syscall' source"
    logs(cluster, "falco-a", own, falco_json(), falco_text(), how=WINDOW)
    code, out, err = cli("logs", "falco")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{SHELL}{rule}  k8s-replay/kr-shell-bcdfghjk  shell" for rule in (f"{RULE:<40}", PREFIX)
    ]


def test_command_lines_are_only_in_the_raw_lines(cli: Cli, cluster: Cluster) -> None:
    for flag in ((), ("--raw",)):
        finds(cluster)
        logs(cluster, "falco-a", line(command="sh -c hunter2"), how=WINDOW)
        assert ("hunter2" in cli("logs", "falco", *flag).out) is bool(flag)


def test_raw_lines_are_all_lines_as_the_agents_printed_them(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    printed = ["Falco \x1b[1mversion", "  {half", line(stamp=None)]
    stamped = [f"2026-11-24T06:42:3{number}.000000000Z {text}" for number, text in enumerate(printed)]
    logs(cluster, "falco-a", *stamped, how=WINDOW)
    assert cli("logs", "falco", "--raw").out == "".join(f"{text}\n" for text in printed)


def test_the_lines_of_all_agents_are_in_the_order_of_time(cli: Cli, cluster: Cluster) -> None:
    finds(cluster, agent_pod(), agent_pod("falco-b", "a-long-node"))
    logs(cluster, "falco-a", line(time="2026-11-24T06:42:33.000000000Z"), how=WINDOW)
    logs(
        cluster,
        "falco-b",
        line(time="2026-11-24T06:42:32.000000000Z"),
        line(time="2026-11-24T06:42:34.000000000Z"),
        how=WINDOW,
    )
    shown = [text.split()[:2] for text in cli("logs", "falco").out.splitlines()]
    assert shown == [
        ["2026-11-24T06:42:32.000Z", "a-long-node"],
        ["2026-11-24T06:42:33.000Z", "node-a"],
        ["2026-11-24T06:42:34.000Z", "a-long-node"],
    ]


@pytest.mark.parametrize(("since", "flag"), [("30", "30"), ("2m", "120"), ("1500ms", "2")])
def test_how_far_back_is_asked_in_whole_seconds(cli: Cli, cluster: Cluster, since: str, flag: str) -> None:
    finds(cluster)
    logs(cluster, "falco-a", how=f"--since={flag}s")
    assert cli("logs", "falco", "--since", since) == (0, "", "")


def test_only_the_alerts_of_a_scenario_s_pods_are_shown(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    kept, foreign = line(**OF_DEMO), line(pod="demo-target-shopping")
    logs(cluster, "falco-a", foreign, kept, line(namespace="shop", pod=OF_DEMO["pod"]), how=WINDOW)
    code, out, err = cli("logs", "falco", "--scenario", "demo")
    assert (code, err) == (0, "")
    assert [text.split()[-2] for text in out.splitlines()] == ["k8s-replay/demo-target-bcdfghjk"]


def test_the_namespace_is_the_one_of_the_runs(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    logs(cluster, "falco-a", line(**OF_DEMO), line(**{**OF_DEMO, "namespace": "mine"}), how=WINDOW)
    out = cli("logs", "falco", "--scenario", "demo", "-n", "mine").out
    assert [text.split()[-2] for text in out.splitlines()] == ["mine/demo-target-bcdfghjk"]


def test_only_the_alerts_of_a_run_s_pods_are_shown(cli: Cli, cluster: Cluster, scenarios: Path) -> None:
    path = scenarios / "demo/scenario.yaml"
    path.write_text(path.read_text() + "namespace: theirs\n")
    finds(cluster)
    logs(
        cluster,
        "falco-a",
        line(pod="demo-target-bcdfghjl"),
        *(line(namespace=each, pod="any-bcdfghjk") for each in ("k8s-replay", "k8s-replay-privileged")),
        line(namespace="theirs", pod="any-bcdfghjk"),
        line(namespace="shop", pod="any-bcdfghjk"),
        how=WINDOW,
    )
    out = cli("logs", "falco", "--run", "bcdfghjk").out
    assert [text.split()[-2].partition("/")[0] for text in out.splitlines()] == [
        "k8s-replay",
        "k8s-replay-privileged",
        "theirs",
    ]


def test_raw_lines_of_a_run_are_alerts_only(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    logs(cluster, "falco-a", "2026-11-24T06:42:31Z words", line(**OF_DEMO), line(pod="other"), how=WINDOW)
    out = cli("logs", "falco", "--raw", "--run", "bcdfghjk").out
    assert [json.loads(text)["output_fields"]["k8s.pod.name"] for text in out.splitlines()] == [
        OF_DEMO["pod"]
    ]


def test_an_alert_without_a_pod_is_known_by_its_container_or_counted(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    nameless = {"namespace": None, "pod": None}
    logs(cluster, "falco-a", line(**nameless), line(container_id="0ddba11dad99", **nameless), how=WINDOW)
    pods(cluster, ID)
    code, out, err = cli("logs", "falco", "--scenario", "demo")
    assert code == 0
    assert len(out.splitlines()) == 1
    assert err == "notice: 1 alert without a pod and without a container that still exists was left out\n"
    selector = "app.kubernetes.io/managed-by=kubectl-replay,kubectl-replay/scenario=demo,kubectl-replay/run"
    assert cluster.calls[-1][:4] == ["get", "pods", "--selector", selector]


def test_who_may_not_list_the_pods_of_runs_is_told(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    logs(cluster, "falco-a", line(namespace=None, pod=None), how=WINDOW)
    cluster.call("get", "pods", "--selector", any, err=FORBIDDEN, code=1)
    code, out, err = cli("logs", "falco", "--scenario", "demo")
    assert (code, out) == (0, "")
    told = f"notice: pods that exist could not be listed, their names must do: {FORBIDDEN}"
    assert (
        err == f"{told}notice: 1 alert without a pod and without a container that still exists was left out\n"
    )


def test_a_log_that_may_not_be_read_ends_20_and_the_others_are_shown(cli: Cli, cluster: Cluster) -> None:
    finds(cluster, agent_pod(), agent_pod("falco-b", "node-b"))
    said = DENIED.format("get", "log")
    logs(cluster, "falco-a", err=said, code=1, how=WINDOW)
    logs(cluster, "falco-b", line(), how=WINDOW)
    code, out, err = cli("logs", "falco")
    assert code == 20
    assert len(out.splitlines()) == 1
    assert err == f"error: the log of falco/falco-a on node-a could not be read: {said}{ROLE}"


def test_after_a_restart_the_log_before_it_is_read_too(cli: Cli, cluster: Cluster) -> None:
    pod = agent_pod(restarts=1)
    pod["status"]["containerStatuses"][0]["lastState"] = {"terminated": {"exitCode": 1, "reason": "Error"}}
    finds(cluster, pod)
    words = ("logs", "falco-a", "-c", "falco", "--timestamps", "--previous", WINDOW, any)
    cluster.call(*words, out=f"{line(pod='before')}\n")
    logs(cluster, "falco-a", line(pod="after"), how=WINDOW)
    out = cli("logs", "falco").out
    assert [text.split()[-2] for text in out.splitlines()] == ["k8s-replay/before", "k8s-replay/after"]


def test_following_goes_on_until_a_signal(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    finds(cluster)
    words = ("logs", "falco-a", "-c", "falco", "--timestamps", "--follow", any)
    cluster.call(*words, out=f"words of its own\n{line()}\n{line()}\n")
    cluster.call("logs", "falco-a", "-c", "falco", "--timestamps", "--previous", any)
    looks: list[str] = []

    def look(kubectl: Kubectl, namespace: str) -> Discovery:
        """Find Falco; be stopped when it is looked for again."""
        looks.append(namespace)
        if len(looks) > 1:
            raise Interrupted(signal.SIGTERM)
        return discover(kubectl, namespace)

    monkeypatch.setattr(discovery, "discover", look)
    monkeypatch.setattr(tail, "ROUND_SECONDS", 0.2)
    monkeypatch.setattr(tail, "CALM_SECONDS", 0)
    code, out, _ = cli("logs", "falco", "-f")
    assert code == 143
    assert len(out.splitlines()) == 1  # the second line is the same once more


def test_where_no_log_may_be_followed_it_ends_20(cli: Cli, cluster: Cluster) -> None:
    finds(cluster)
    said = DENIED.format("get", "log")
    cluster.call("logs", "falco-a", any, err=said, code=1)
    code, out, err = cli("logs", "falco", "--follow")
    assert (code, out) == (20, "")
    assert err == f"notice: falco/falco-a on node-a cannot be heard: {said}{ROLE}"


def test_where_there_is_no_falco_it_ends_20(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    for _ in range(2):
        cluster.call("get", "pods", any, out=listing())
    code, out, err = cli("logs", "falco")
    assert (code, out) == (20, "")
    assert err == (
        "error: There is no Falco in this cluster.\n"
        "next: install it: `kubectl replay setup falco`; or name its namespace in FALCO_NAMESPACE\n"
    )


def test_an_empty_namespace_is_named(cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FALCO_NAMESPACE", "security")
    cluster.view()
    cluster.call("get", "pods", any, out=listing())
    assert cli("logs", "falco").err.startswith(
        "error: There is no Falco in the namespace security, which FALCO_NAMESPACE names.\n"
    )


def test_who_may_not_look_for_falco_is_told_which_role_to_ask_for(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    cluster.call("get", "pods", any, err=FORBIDDEN, code=1)
    code, out, err = cli("logs", "falco")
    assert (code, out) == (20, "")
    lines = err.splitlines()
    assert lines[0] == "error: The API server forbids looking for detectors."
    assert lines[1] == f"  {FORBIDDEN.strip()}"
    assert lines[2].startswith("command: kubectl get pods --all-namespaces ")
    assert lines[3].startswith("next: ask for a ClusterRole: pods list; ")


def test_a_server_that_does_not_answer_ends_20_in_its_words(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    cluster.call("get", "pods", any, err="Unable to connect to the server: EOF\n", code=1)
    code, out, err = cli("logs", "falco")
    assert (code, out) == (20, "")
    assert err.startswith("error: The API server does not answer.\n  Unable to connect to the server: EOF\n")


def test_a_refused_cluster_is_asked_nothing(cli: Cli, cluster: Cluster) -> None:
    cluster.view()
    code, out, err = cli("logs", "falco", "--context", "prod")
    assert (code, out) == (20, "")
    assert err.startswith('error: Refused: context "prod" has the word "prod"')
    assert cluster.verbs == ["config"]


def test_the_guard_s_notice_is_told(cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLAY_ALLOW_CONTEXT", "prod")
    cluster.view()
    cluster.call("get", "pods", any, out=listing(agent_pod()))
    cluster.call("logs", any)
    code, _, err = cli("logs", "falco", "--context", "prod")
    assert code == 0
    assert err.startswith("notice: REPLAY_ALLOW_CONTEXT lets this pass: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Missing argument 'falco'"),
        (("tetragon",), "'tetragon' is not 'falco'"),
        (("falco", "--since", "soon"), "'soon' is no duration"),
        (
            ("falco", "--run", "Not_An_Id"),
            "--run Not_An_Id: a run's id has lower-case letters and digits only.",
        ),
        (("falco", "--scenario", "demi"), 'There is no command and no scenario "demi". Did you mean demo?'),
        (("falco", "-n", "shop"), "-n names the namespace of runs"),
    ],
)
def test_wrong_words_end_2_and_ask_nothing(
    cli: Cli, cluster: Cluster, words: tuple[str, ...], said: str
) -> None:
    code, out, err = cli("logs", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert cluster.calls == []


def test_a_scenario_whose_folder_has_errors_ends_20_and_nothing_is_asked(cli: Cli, cluster: Cluster) -> None:
    code, out, err = cli("logs", "falco", "--scenario", "broken")
    assert (code, out) == (20, "")
    assert err.startswith('error: The folder of "broken" has errors.\n')
    assert cluster.calls == []
