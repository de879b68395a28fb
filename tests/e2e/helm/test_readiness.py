"""Agents that never get ready: `setup falco` ends 20 with the reason, and says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e import helms

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.cluster import Target
    from tests.e2e.helms import Helm
    from tests.e2e.replay import Replay

INSTALLED = "Falco was installed, but "
NODE = "k8s-replay-control-plane"


def fail(replay: Replay, *words: str) -> list[str]:
    """Have it end 20 because no agent is ready; give the lines of the error."""
    replayed = replay("setup", "falco", *words)
    assert (replayed.code, replayed.stdout) == (20, ""), replayed.stderr
    lines = replayed.stderr.splitlines()
    assert lines[-1] == "reason: falco_not_ready"
    (first,) = [number for number, line in enumerate(lines) if line.startswith("error: ")]
    return [lines[first].removeprefix("error: "), *lines[first + 1 : -1]]


def test_an_image_that_cannot_be_pulled_is_told_at_once_and_the_next_try_mends_it(
    replay: Replay, helm: Helm, target: Target
) -> None:
    sentence, word, command, step = fail(
        replay, "--set", "image.registry=k8s-replay.invalid", "--set", "image.pullPolicy=Never"
    )
    assert sentence == f"{INSTALLED}only 0 of 1 agents are ready."
    (pod,) = helms.agents(target)
    pod = pod.removeprefix("falco/")
    assert word.startswith(f"  {pod} on {NODE}: ErrImageNeverPull: ")
    describe = "kubectl describe pods --selector app.kubernetes.io/instance=falco"
    assert command == f"command: {describe} --namespace falco --context k8s-replay-local"
    assert step == (
        "next: let the nodes reach the images, or name a registry that they reach with --values FILE or"
        " --set image.registry=HOST; then run this again"
    )
    assert [release["status"] for release in helm.releases] == ["deployed"]
    assert replay("setup", "falco").code == 0


def test_a_driver_that_does_not_load_is_told_with_the_last_line_of_the_log(replay: Replay) -> None:
    agent = "agent=sleep 1; echo 'Error: the driver does not load' >&2; exit 1"
    sentence, word, line, _, step = fail(replay, "--set", agent, "--ready-timeout", "12s")
    assert sentence == f"{INSTALLED}only 0 of 1 agents are ready after 12 s."
    assert word.endswith(": container falco ended with exit code 1 and is restarted")
    assert line == "    the last line of its container falco: Error: the driver does not load"
    assert step == (
        "next: where it is the driver that does not load, try another one: --set driver.kind=auto;"
        " then run this again"
    )


def test_a_chart_that_no_node_takes_is_told_at_once(replay: Replay) -> None:
    sentence, _, step = fail(replay, "--set", "nodeSelector.no=where")
    assert sentence == f"{INSTALLED}no node takes its agents."
    assert step == "next: look at nodeSelector, affinity and tolerations in the values; then run this again"


def test_pods_that_pod_security_refuses_are_told_with_the_way_in(
    replay: Replay, target: Target, falco: str
) -> None:
    enforce = "pod-security.kubernetes.io/enforce"
    target.kubectl("label", "namespace", falco, f"{enforce}=restricted").passed()
    sentence, *words, _, step = fail(replay, "--ready-timeout", "3s")
    assert sentence == f"{INSTALLED}only 0 of 1 agents are ready after 3 s."
    assert any('forbidden: violates PodSecurity "restricted:latest"' in word for word in words)
    way = f"kubectl label namespace falco {enforce}=privileged --overwrite --context k8s-replay-local"
    assert way in step
    target.kubectl(*way.split()[1:]).passed()
    assert replay("setup", "falco").code == 0


def test_a_chart_without_falco_is_told(replay: Replay, tmp_path: Path) -> None:
    chart = helms.copy_chart(tmp_path)
    (chart / "templates" / "daemonset.yaml").unlink()
    sentence, _, step = fail(replay, "--chart", str(chart))
    assert sentence == "Nothing that the chart has installed runs Falco."
    assert step == "next: name Falco's own chart with --chart; then run this again"


def test_the_wait_is_told_while_it_lasts(replay: Replay) -> None:
    replayed = replay("setup", "falco", "--set", "agent=sleep 1; exit 1", "--ready-timeout", "14s")
    assert replayed.code == 20
    told = [line for line in replayed.stderr.splitlines() if line.startswith("waiting for Falco: ")]
    assert len(told) > 2
    assert any("container falco ended with exit code 1 and is restarted" in line for line in told)
    assert replayed.stderr.index(told[-1]) < replayed.stderr.index("error: ")
