"""One run: its identity, its names, what its placeholders stand for."""

from __future__ import annotations

import re

import pytest

from kubectl_replay.manifests import Object
from kubectl_replay.run import Identity, token
from kubectl_replay.scenario.spec import Parameter
from tests.unit.fakes import pinned
from tests.unit.runs import new_run, pinned_run, watched
from tests.unit.samples import ready_pod, scenario


def test_a_token_is_a_random_word_for_names_labels_and_shells() -> None:
    words = {token(8) for _ in range(1000)}
    assert len(words) == 1000
    assert all(re.fullmatch(r"[bcdfghjklmnpqrstvwxz2456789]{8}", word) for word in words)


def test_no_two_runs_share_anything() -> None:
    first, second = Identity(), Identity()
    words = [first.run, first.nonce, first.proof_a, first.proof_b]
    others = [second.run, second.nonce, second.proof_a, second.proof_b]
    assert len({*words, *others}) == 8
    assert [len(word) for word in words] == [8, 12, 12, 12]


def test_the_proof_is_what_the_container_joins() -> None:
    assert Identity(proof_a="ab", proof_b="cd").proof == "abcd"


def test_a_run_s_pods_are_named_after_it() -> None:
    run = pinned_run()
    run.objects = (*run.objects, Object("Pod", "other", {}), Object("Service", "s", {}))
    assert run.pod == "demo-target-r1"
    assert run.pods == ("demo-target-r1", "other-r1")


def test_what_a_phase_has_not_left_yet_is_a_mistake_to_ask_for() -> None:
    run = new_run()
    with pytest.raises(LookupError, match=r"^preflight has not pinned kubectl yet$"):
        _ = run.kubectl
    with pytest.raises(LookupError, match=r"^preflight has not rendered the manifests yet$"):
        _ = run.folder
    with pytest.raises(LookupError, match=r"^deploy has not opened the watch yet$"):
        _ = run.watch


def test_the_watch_is_closed_with_the_run() -> None:
    run = pinned_run()
    kubectl = watched(run)
    stream = kubectl.will_watch()
    run.watch.open()
    assert not stream.closed
    with run.stack:
        pass
    assert stream.closed


PARAMETERS = {
    "target": Parameter(default="https://example.com", help="where", env="CURL_EGRESS_TARGET"),
    "word": Parameter(default="w", help="what"),
}


@pytest.mark.parametrize(
    ("environ", "asked", "target"),
    [
        ({}, {}, "https://example.com"),
        ({"CURL_EGRESS_TARGET": ""}, {}, "https://example.com"),
        ({"CURL_EGRESS_TARGET": "http://variable"}, {}, "http://variable"),
        ({"CURL_EGRESS_TARGET": "http://variable"}, {"target": "http://flag"}, "http://flag"),
    ],
)
def test_a_parameter_is_asked_for_or_its_variable_or_its_default(
    environ: dict[str, str], asked: dict[str, str], target: str
) -> None:
    run = new_run(scenario(parameters=PARAMETERS), environ=environ, settings=asked)
    assert run.settings == {"target": target, "word": "w"}


def test_the_placeholders_stand_for_the_run() -> None:
    run = pinned_run(scenario(parameters=PARAMETERS))
    run.node = "node-1"
    run.described = (*run.objects, Object("Pod", "sink", {}), Object("Service", "s", {}))
    assert run.values == {
        "nonce": "nnnn",
        "proof_a": "bcdf",
        "proof_b": "ghjk",
        "run": "r1",
        "namespace": "k8s-replay",
        "pod": "demo-target-r1",
        "node": "node-1",
        "pod_ip.demo-target": "",
        "pod_ip.sink": "",
        "set.target": "https://example.com",
        "set.word": "w",
    }


def test_a_pod_s_address_is_known_once_the_watch_has_seen_it() -> None:
    run = pinned_run()
    watched(run)
    pod = ready_pod()
    pod["status"]["podIP"] = "10.244.0.7"
    run.watch.pods["demo-target-r1"] = pod
    assert run.values["pod_ip.demo-target"] == "10.244.0.7"


def test_a_privileged_scenario_runs_beside_the_namespace() -> None:
    assert new_run(scenario(safety="privileged")).namespace == "k8s-replay-privileged"
    assert pinned_run().kubectl == pinned("k8s-replay")
