"""Whether Falco alerted on this very run: through real `kubectl logs` of a stand-in's pods."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.e2e.alerting import alerting, shell_alert, silence
from tests.e2e.falco.asking import QUICK, RULE, run_beside, settle, verdict
from tests.e2e.falco_lines import Sighting, json_alert, text_alert
from tests.e2e.falco_manifests import Shape
from tests.e2e.stand_in import deploy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.e2e.api import Api
    from tests.e2e.cluster import Target
    from tests.e2e.drafts import Draft
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay
    from tests.e2e.stand_in import StandIn


@pytest.fixture(scope="module")
def stand_in(target: Target, api: Api, falco_images: Path) -> Iterator[StandIn]:
    """A Falco on every node for all tests here, which has printed an alert and did not start just now."""
    installed = deploy(target, api, falco_images, Shape())
    settle(installed)
    yield installed
    installed.remove()


def test_an_alert_on_this_very_run_ends_0_and_names_rule_pod_and_latency(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    replayed = run_beside(replay, stand_in, namespace)
    document = replayed.document
    assert verdict(replayed) == (0, "detected", None)
    assert (document["detection_backend"], document["detection_verification"]) == ("Falco", "pass")
    detection = document["detection"]
    assert (detection["rule"], detection["weak"]) == (RULE, False)
    (alert,) = detection["alerts"]
    assert (alert["rule"], alert["expected"], alert["pod"]) == (RULE, True, document["pod"])
    assert 0 < detection["latency_seconds"] < detection["readable_seconds"]


def test_the_box_says_who_detected_it_by_which_rule(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    with alerting(stand_in, namespace.name):
        replayed = replay("shell-spawn")
    assert (
        "║  detection backend   Falco           ║\n║  detection           PASS            ║"
        in replayed.stdout
    )
    assert f'  - detected by Falco: "{RULE}", ' in replayed.stdout


@pytest.mark.parametrize("iso", [False, True])
def test_text_output_is_known_by_how_the_rule_s_message_begins(
    replay: Replay, stand_in: StandIn, namespace: Namespace, iso: bool
) -> None:
    replayed = run_beside(replay, stand_in, namespace, lambda seen: [text_alert(seen, iso=iso)])
    assert verdict(replayed) == (0, "detected", None)
    assert replayed.document["detection"]["alerts"][0]["rule"].startswith(
        "A shell was spawned in a container"
    )


def test_without_metadata_the_run_s_nonce_tells(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    replayed = run_beside(replay, stand_in, namespace, lambda seen: [json_alert(seen.without_container())])
    assert verdict(replayed) == (0, "detected", None)


def test_an_alert_counts_once_however_often_it_is_printed(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    replayed = run_beside(replay, stand_in, namespace, lambda seen: [json_alert(seen)] * 3)
    assert verdict(replayed) == (0, "detected", None)
    assert len(replayed.document["detection"]["alerts"]) == 1


def sidecar(seen: Sighting) -> Sighting:
    return replace(seen, container_id="ffffffffffff", container_name="sidecar")


STRANGERS: dict[str, Callable[[Sighting], Sighting]] = {
    "another container of the pod": sidecar,
    "the host": lambda seen: replace(seen, container_id="host", container_name="host"),
    "another pod": lambda seen: replace(seen, container_id="0123456789ab", pod="shell-spawn-target-zzzzzzzz"),
    "another namespace, no id": lambda seen: replace(
        seen, container_id=None, namespace="shop", cmdline="sh -c id"
    ),
    "an hour ago": lambda seen: replace(seen, time=seen.time - 3600 * 10**9),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_an_alert_on_something_else_is_none_on_this_run(
    replay: Replay, stand_in: StandIn, namespace: Namespace, stranger: str
) -> None:
    change = STRANGERS[stranger]
    if stranger == "an hour ago":  # the nonce would prove that it is of this run: no clock can be so wrong
        change = lambda seen: replace(STRANGERS["an hour ago"](seen), cmdline="sh -c id")  # noqa: E731
    replayed = run_beside(replay, stand_in, namespace, lambda seen: [json_alert(change(seen))], *QUICK)
    assert verdict(replayed) == (11, "not_detected", "no_alert")
    assert replayed.document["detection"]["alerts"] == []
    assert replayed.document["detection"]["noise"] >= 1


def test_another_rule_on_this_run_is_named_and_is_no_pass(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    other = "Run shell untrusted"
    replayed = run_beside(
        replay, stand_in, namespace, lambda seen: [json_alert(replace(seen, rule=other))], *QUICK
    )
    assert verdict(replayed) == (11, "detected_by_other_rule", "other_rule")
    assert replayed.document["detection"]["rule"] == other
    assert replayed.document["detection_verification"] == "not_verified"


def test_silence_of_a_falco_that_could_be_heard_is_a_miss_with_a_next_step(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    replayed = run_beside(replay, stand_in, namespace, silence, *QUICK)
    assert verdict(replayed) == (11, "not_detected", "no_alert")
    assert replayed.document["detection"]["next_step"] == (
        "run again with --diagnose, which asks Falco itself; not checked: rule_not_loaded, minimum_priority"
    )


def test_a_late_line_is_waited_for_and_one_after_the_time_is_late(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    with alerting(stand_in, namespace.name, delay=1.5):
        replayed = replay("shell-spawn", "-o", "json", "--detect-timeout", "10s")
    assert verdict(replayed) == (0, "detected", None)
    detection = replayed.document["detection"]
    assert detection["latency_seconds"] < 1.5 <= detection["readable_seconds"]


@pytest.mark.parametrize("place", [0, 1])
def test_the_agent_of_the_pod_s_node_is_the_one_that_counts(
    replay: Replay, stand_in: StandIn, namespace: Namespace, nodes: tuple[str, str], place: int
) -> None:
    with alerting(stand_in, namespace.name):
        replayed = replay("shell-spawn", "-o", "json", "--node", nodes[place])
    assert verdict(replayed) == (0, "detected", None)
    assert replayed.document["node"] == nodes[place]


def test_a_rotation_while_the_log_is_followed_hides_nothing(
    replay: Replay, stand_in: StandIn, namespace: Namespace
) -> None:
    def rotate_and_alert(seen: Sighting) -> Iterable[str]:
        stand_in.on(seen.node).rotate()
        return shell_alert(seen)

    replayed = run_beside(replay, stand_in, namespace, rotate_and_alert, "--detect-timeout", "10s")
    assert verdict(replayed) == (0, "detected", None)


def test_switched_off_nobody_looks_for_it(replay: Replay, stand_in: StandIn, namespace: Namespace) -> None:
    for words in (("--no-detection",), ("--backend", "none")):
        replayed = run_beside(replay, stand_in, namespace, shell_alert, *words)
        assert verdict(replayed) == (10, "skipped", "disabled")


def test_a_scenario_that_expects_nothing_of_falco_is_skipped(
    replay: Replay, stand_in: StandIn, draft: Draft
) -> None:
    draft.scenario["detection"] = {"falco": {"enabled": False}}
    assert stand_in.agents
    replayed = replay(*draft.write(), "-o", "json")
    assert verdict(replayed) == (10, "skipped", "no_expectation")
