"""Every built-in scenario: it passes twice from a clean state, with few rights, and outlives a killed run."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.e2e.accounts import make_account
from tests.e2e.copies import BUILT_IN
from tests.e2e.twins import twin_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.cluster import Target
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

GOLDEN = Path(__file__).with_name("golden")
SINK = ("--set", "target=sink")
PRIVILEGED = "privileged-start"
WORDS = {
    "shell-spawn": (),
    "sa-token-read": (),
    "kubectl-exec": (),
    "curl-egress": SINK,
    "secret-enumeration": (),
    PRIVILEGED: ("--allow-privileged",),
}
each = pytest.mark.parametrize("scenario", WORDS)


@pytest.fixture
def twin(namespace: Namespace) -> Iterator[Namespace]:
    """The namespace of privileged runs."""
    with twin_of(namespace) as twin:
        yield twin


def timeless(box: str) -> str:
    """Take out of a box what differs from cluster to cluster and from run to run."""
    box = re.sub(r"^(║  context +)\S.*║$", r"\1…", box, flags=re.MULTILINE)
    return re.sub(r"^(  - (?:length|issuer|remote|capabilities): )\S+$", r"\1…", box, flags=re.MULTILINE)


def stated_rules(scenario: str) -> list[dict[str, list[str]]]:
    """The rights that a scenario says it needs."""
    text = (BUILT_IN / scenario / "scenario.yaml").read_text("utf-8")
    stated = [item.split(": ") for item in yaml.safe_load(text)["requires"]["permissions"]]
    return [
        {"apiGroups": [name.partition(".")[2]], "resources": [name.partition(".")[0]], "verbs": verbs.split()}
        for name, verbs in stated
    ]


@each
def test_it_passes_from_a_clean_state_and_once_more_right_away(
    replay: Replay, target: Target, namespace: Namespace, twin: Namespace, scenario: str
) -> None:
    replayed = replay(scenario, *WORDS[scenario], "-o", "json")
    document = replayed.document
    assert (replayed.code, document["failure_reason"]) == (10, "")
    assert [proof["held"] for proof in document["evidence"] if not proof["held"]] == []
    assert document["cleanup"]["status"] == "clean"
    assert namespace.left() + twin.left() == []
    again = replay(scenario, *WORDS[scenario])
    assert again.code == 10
    assert f"║  context             {target.context}" in again.stdout
    assert timeless(again.stdout) == timeless((GOLDEN / f"{scenario}.txt").read_text("utf-8"))


@each
def test_the_rights_that_it_states_are_enough_where_only_restricted_pods_are_admitted(
    replay: Replay, namespace: Namespace, twin: Namespace, kubeconfigs: Kubeconfigs, scenario: str
) -> None:
    place = twin if scenario == PRIVILEGED else namespace
    place.create(enforce="privileged" if scenario == PRIVILEGED else "restricted")
    user = {"token": make_account(place, *stated_rules(scenario))}
    replayed = replay(scenario, *WORDS[scenario], "-o", "json", env=kubeconfigs(user=user))
    assert (replayed.code, replayed.document["failure_reason"]) == (11, "")
    assert replayed.document["cleanup"]["status"] == "clean"


def kill(replay: Replay, scenario: str, temporary: Path) -> None:
    """Kill a run, and not its children, while its workload starts; what it leaves on this side lies apart."""
    running = replay.start(scenario, *WORDS[scenario], env={"TMPDIR": str(temporary)})
    running.wait_for("deploy     PASS")
    running.signal(signal.SIGKILL)
    assert running.child.end().code == -signal.SIGKILL
    running.discard()


@pytest.mark.parametrize("scenario", ["secret-enumeration", "curl-egress", PRIVILEGED])
def test_after_a_killed_run_another_one_passes_and_cleanup_removes_the_rest(
    replay: Replay, namespace: Namespace, twin: Namespace, tmp_path: Path, scenario: str
) -> None:
    kill(replay, scenario, tmp_path)
    left = namespace.left() + twin.left()
    assert left
    assert replay(scenario, *WORDS[scenario]).code == 10
    assert namespace.left() + twin.left() == left
    assert replay("cleanup", scenario).code == 20
    assert namespace.left() + twin.left() == left
    cleaned = replay("cleanup", scenario, "--force")
    assert (cleaned.code, cleaned.stdout.split()[0]) == (0, "removed")
    assert namespace.left() + twin.left() == []


def test_after_killed_runs_one_cleanup_removes_all_of_them(
    replay: Replay, namespace: Namespace, twin: Namespace, tmp_path: Path
) -> None:
    for scenario in ("shell-spawn", "secret-enumeration", PRIVILEGED):
        kill(replay, scenario, tmp_path)
    assert replay("cleanup", "--all").code == 20
    assert replay("cleanup", "--all", "--force").code == 0
    assert namespace.left() + twin.left() == []
    assert [place.api.read(place.path) for place in (namespace, twin)] == [None, None]
