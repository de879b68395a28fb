"""Why Falco was silent, where a run may ask it: `--diagnose` and `--canary`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.alerting import silence
from tests.e2e.falco.asking import QUICK, run_beside, settle, verdict
from tests.e2e.falco_manifests import CONFIGURATION, RULES, Shape
from tests.e2e.falco_rules import link_alert

if TYPE_CHECKING:
    from tests.e2e.falco.conftest import Install
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

OTHERS = tuple(rule for rule in RULES if rule[0] != "Terminal shell in container")
QUIETER = CONFIGURATION.replace("priority: debug", "priority: warning")
UNPRINTED = CONFIGURATION.replace("enabled: true", "enabled: false")

CAUSES = {
    "rule_not_loaded": (Shape(rules=OTHERS), "not_detected"),
    "minimum_priority": (Shape(configuration=QUIETER), "not_detected"),
    "stdout_output_off": (Shape(configuration=UNPRINTED), "inconclusive"),
    "no_alert": (Shape(), "not_detected"),
}


@pytest.mark.parametrize("reason", CAUSES)
def test_falco_itself_is_asked_why_it_was_silent(
    replay: Replay, install: Install, namespace: Namespace, reason: str
) -> None:
    shape, word = CAUSES[reason]
    stand_in = install(shape)
    settle(stand_in)
    replayed = run_beside(replay, stand_in, namespace, silence, "--diagnose", *QUICK)
    assert verdict(replayed) == (11, word, reason)
    assert "--diagnose" not in replayed.document["detection"]["next_step"]


def test_a_canary_that_sings_makes_silence_a_miss(
    replay: Replay, install: Install, namespace: Namespace
) -> None:
    stand_in = install(Shape())
    stand_in.age()
    replayed = run_beside(replay, stand_in, namespace, link_alert, "--canary", *QUICK, commands=2)
    assert verdict(replayed) == (11, "not_detected", "no_alert")
    assert replayed.document["detection"]["alerts"] == []


def test_a_canary_that_is_silent_too_makes_it_inconclusive(
    replay: Replay, install: Install, namespace: Namespace
) -> None:
    stand_in = install(Shape())
    settle(stand_in)
    replayed = run_beside(replay, stand_in, namespace, silence, "--canary", *QUICK, commands=2)
    assert verdict(replayed) == (11, "inconclusive", "canary_unseen")
