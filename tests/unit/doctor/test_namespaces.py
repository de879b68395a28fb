"""What is said of a namespace by what the API server answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.doctor.finding import Finding, Status
from kubectl_replay.doctor.namespaces import About, examine_namespace
from kubectl_replay.doctor.permissions import Verdict
from tests.unit.samples import answer, away

if TYPE_CHECKING:
    from kubectl_replay.process import Completed

MADE = "kubectl create namespace ns"
UNREAD = Finding(
    "pod security",
    Status.WARN,
    "not made: the labels of ns could not be read",
    "ask for the right to get it",
)


def namespace(phase: str = "Active", **labels: str) -> Completed:
    """Return what the API server says of one, with these labels of Pod Security."""
    named = {f"pod-security.kubernetes.io/{key}": value for key, value in labels.items()}
    return answer(json.dumps({"metadata": {"name": "ns", "labels": named}, "status": {"phase": phase}}))


def examine(said: Completed, *, needed: bool = True, make: Verdict | None = None) -> list[Finding]:
    return list(examine_namespace(About("ns", needed, make), said))


def test_one_that_exists_without_a_level_is_ok() -> None:
    assert examine(namespace(warn="restricted")) == [
        Finding("namespace", Status.OK, "ns exists"),
        Finding("pod security", Status.OK, "ns has no label that enforces a level"),
    ]


@pytest.mark.parametrize("level", ["restricted", "baseline"])
def test_a_level_that_refuses_pods_is_a_warning(level: str) -> None:
    message = f"ns enforces the level {level}: which pods it refuses is only known when they are created"
    fix = "should a run end 21 admission_denied, name another one with --namespace"
    assert examine(namespace(enforce=level)) == [
        Finding("namespace", Status.OK, "ns exists"),
        Finding("pod security", Status.WARN, message, fix),
    ]


def test_the_level_that_refuses_nothing_is_ok() -> None:
    found = examine(namespace(enforce="privileged"))[1]
    assert found == Finding("pod security", Status.OK, "ns enforces the level privileged")


def test_one_that_is_being_deleted_fails() -> None:
    fix = "wait until it is gone, or name another one"
    found = examine(namespace("Terminating"))[0]
    assert found == Finding("namespace", Status.FAIL, "ns is being deleted", fix)


def test_one_that_does_not_exist_is_ok_where_it_may_be_created() -> None:
    assert examine(answer(), make=Verdict(allowed=True)) == [
        Finding("namespace", Status.OK, "ns does not exist; the first run creates it"),
        Finding("pod security", Status.OK, "ns does not exist yet, so no label of it asks for anything"),
    ]


@pytest.mark.parametrize(("needed", "status"), [(True, Status.FAIL), (False, Status.WARN)])
def test_one_that_may_not_be_created_fails_where_it_is_needed(needed: bool, status: Status) -> None:
    message = "ns does not exist, and this user may not create it"
    fix = f"have it made ({MADE}), or name another one with --namespace"
    found = examine(answer(), needed=needed, make=Verdict(allowed=False))[0]
    assert found == Finding("namespace", status, message, fix)


@pytest.mark.parametrize("make", [None, Verdict(allowed=False, why="webhook down")])
def test_one_of_which_it_is_not_known_whether_it_may_be_created_is_a_warning(make: Verdict | None) -> None:
    message = "not made: ns does not exist, and whether this user may create it is not known"
    found = examine(answer(), make=make)[0]
    assert found == Finding("namespace", Status.WARN, message, f"have it made: {MADE}")


def test_one_that_may_not_be_looked_at_is_a_warning() -> None:
    forbidden = (
        'Error from server (Forbidden): namespaces "ns" is forbidden: User "nobody" cannot get resource '
        '"namespaces" in API group "" in the namespace "ns"\n'
    )
    message = "not made: this user may not look whether ns exists"
    fix = f"nothing, if it exists; else have it made: {MADE}"
    said = examine(answer(err=forbidden, code=1))
    assert said == [Finding("namespace", Status.WARN, message, fix), UNREAD]


def test_one_that_the_server_did_not_tell_of_is_a_warning_in_its_words() -> None:
    said = examine(away())
    message = (
        "not made: ns: The connection to the server 127.0.0.1:1 was refused - did you specify the right "
        "host or port?"
    )
    assert said == [Finding("namespace", Status.WARN, message, "run this again"), UNREAD]


def test_an_answer_that_came_too_late_is_a_warning() -> None:
    said = examine(answer(late=True, argv=("kubectl", "get")))
    message = "not made: ns: kubectl did not end in time: kubectl get"
    assert said == [Finding("namespace", Status.WARN, message, "run this again"), UNREAD]
