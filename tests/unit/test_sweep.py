"""The `cleanup` command's work in one namespace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from kubectl_replay.errors import Failure
from kubectl_replay.kubectl import Connection
from kubectl_replay.reasons import Reason
from kubectl_replay.sweep import Sweep, list_kinds, sweep
from tests.unit.fakes import Clock, pinned
from tests.unit.samples import FORBIDDEN, UNREACHABLE, answer, away, refused
from tests.unit.test_leftovers import item as listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

KINDS = ("pods", "services")
ALL = "app.kubernetes.io/managed-by=kubectl-replay,kubectl-replay/scenario,kubectl-replay/run"
OURS = json.dumps({"metadata": {"labels": {"app.kubernetes.io/managed-by": "kubectl-replay", "a": "b"}}})
FINISHED = {"phase": "Failed"}


class Namespace:
    """A kubectl over a namespace whose answers are written down."""

    def __init__(self) -> None:
        self.connection = Connection("kind-k8s-replay", namespace="k8s-replay")
        self.calls: list[tuple[str, Any]] = []
        self.said: dict[str, Completed] = {
            "kinds": answer(
                "pods\nservices\nevents\nevents.events.k8s.io\nroles.rbac.authorization.k8s.io\n"
            ),
            "objects": answer(json.dumps({"items": []})),
            "everything": answer("serviceaccount/default\n"),
            "read_namespace": answer(""),
            "delete": answer(),
            "existing": answer(),
        }

    def holds(self, *items: dict[str, Any]) -> None:
        self.said["objects"] = answer(json.dumps({"items": list(items)}))

    def argv(self, *words: str) -> tuple[str, ...]:
        return pinned().argv(*words)

    def kinds(self) -> Completed:
        return self._say("kinds", None)

    def objects(self, kinds: Sequence[str], selector: str) -> Completed:
        return self._say("objects", (tuple(kinds), selector))

    def everything(self, kinds: Sequence[str]) -> Completed:
        return self._say("everything", tuple(kinds))

    def read_namespace(self, name: str) -> Completed:
        return self._say("read_namespace", name)

    def delete(self, names: Sequence[str]) -> Completed:
        return self._say("delete", tuple(names))

    def existing(self, names: Sequence[str]) -> Completed:
        return self._say("existing", tuple(names))

    def _say(self, name: str, asked: object) -> Completed:
        self.calls.append((name, asked))
        return self.said[name]

    @property
    def deleted(self) -> list[Any]:
        return [asked for name, asked in self.calls if name == "delete"]


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> Namespace:
    Clock().rule(monkeypatch, "removal")
    return Namespace()


def swept(space: Namespace, scenario: str | None = "demo", *, force: bool = False) -> Sweep:
    work = Sweep(cast("Kubectl", space), force)
    sweep(work, KINDS, scenario)
    return work


def young(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of an item
    """Return an object that was made just now, by today's clock."""
    made = listed(**more)
    made["metadata"]["creationTimestamp"] = "2999-01-01T00:00:00Z"
    return made


def test_kinds_are_all_but_events(space: Namespace) -> None:
    assert list_kinds(cast("Kubectl", space)) == ("pods", "services", "roles.rbac.authorization.k8s.io")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (refused(), Reason.RBAC_DENIED),
        (away(), Reason.CLUSTER_UNREACHABLE),
        (answer(err="something new", code=1), Reason.CLUSTER_UNREACHABLE),
        (answer(code=-9, late=True), Reason.CLUSTER_UNREACHABLE),
    ],
)
def test_kinds_that_cannot_be_listed_are_a_failure(space: Namespace, said: Completed, reason: Reason) -> None:
    space.said["kinds"] = said
    with pytest.raises(Failure) as raised:
        list_kinds(cast("Kubectl", space))
    assert raised.value.reason is reason


def test_nothing_is_done_where_nothing_is_left(space: Namespace) -> None:
    work = swept(space)
    assert (work.lines, work.left) == ([], False)
    assert [name for name, _ in space.calls] == ["objects"]


@pytest.mark.parametrize(
    ("scenario", "selector"),
    [(None, ALL), ("demo", ALL.replace("kubectl-replay/scenario", "kubectl-replay/scenario=demo"))],
)
def test_only_what_carries_our_labels_is_listed(
    space: Namespace, scenario: str | None, selector: str
) -> None:
    swept(space, scenario)
    assert space.calls[0] == ("objects", (KINDS, selector))


def test_what_is_over_is_removed_run_by_run(space: Namespace) -> None:
    space.holds(
        listed(name="a-r1", phase="Failed"),
        listed("Service", "s-r1"),
        listed(name="a-r2", run="r2", phase="Running", keep=True),
    )
    work = swept(space)
    assert work.lines == [
        "removed   run r1 of demo: pod/a-r1, service/s-r1",
        "removed   run r2 of demo: pod/a-r2",
    ]
    assert not work.left
    assert space.deleted == [("pod/a-r1", "service/s-r1"), ("pod/a-r2",)]


def test_a_live_run_is_only_told(space: Namespace) -> None:
    space.holds(young(name="a-r1", phase="Running"))
    work = swept(space)
    assert work.lines == ["live      run r1 of demo: pod/a-r1 (--force removes it)"]
    assert work.left
    assert space.deleted == []


def test_a_live_run_is_removed_by_force(space: Namespace) -> None:
    space.holds(young(name="a-r1", phase="Running"))
    work = swept(space, force=True)
    assert (work.lines, work.left) == (["removed   run r1 of demo: pod/a-r1"], False)


def test_what_cannot_be_removed_is_told_with_a_command(space: Namespace) -> None:
    space.holds(listed(name="a-r1", phase="Failed"))
    space.said["delete"] = refused()
    work = swept(space)
    assert work.left
    assert work.lines == [
        "incomplete run r1 of demo: pod/a-r1",
        f"  {FORBIDDEN.strip()}",
        "  to remove it: kubectl delete pod/a-r1 --namespace k8s-replay --context kind-k8s-replay",
    ]


def test_what_cannot_be_seen_gone_is_unproven(space: Namespace) -> None:
    space.holds(listed(name="a-r1", phase="Failed"))
    space.said["existing"] = refused()
    work = swept(space)
    assert work.left
    assert work.lines[0] == "unproven  run r1 of demo: pod/a-r1"


def forbidden(*kinds: str) -> str:
    return "".join(
        f'Error from server (Forbidden): {kind} is forbidden: User "me" cannot list\n' for kind in kinds
    )


def test_kinds_that_this_user_may_not_list_are_told(space: Namespace) -> None:
    items = json.dumps({"items": [listed(name="a-r1", phase="Failed")]})
    space.said["objects"] = answer(items, forbidden("services", "configmaps"), 1)
    work = swept(space)
    assert work.lines == [
        "unseen    not allowed to list configmaps, services in k8s-replay",
        "removed   run r1 of demo: pod/a-r1",
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer("", forbidden("pods"), 1), Reason.RBAC_DENIED),
        (answer("", forbidden("pods", "services"), 1), Reason.RBAC_DENIED),
        (answer("", forbidden("services") + UNREACHABLE, 1), Reason.RBAC_DENIED),
        (answer("", UNREACHABLE, 1), Reason.CLUSTER_UNREACHABLE),
        (answer("", forbidden("services"), -9, late=True), Reason.RBAC_DENIED),
        (answer("", "", -9, late=True), Reason.CLUSTER_UNREACHABLE),
    ],
)
def test_a_list_that_is_not_whole_removes_nothing(space: Namespace, said: Completed, reason: Reason) -> None:
    space.said["objects"] = said
    with pytest.raises(Failure) as raised:
        swept(space)
    assert raised.value.reason is reason
    assert space.deleted == []


def test_no_output_is_nothing_left(space: Namespace) -> None:
    space.said["objects"] = answer("", forbidden("services"), 1)
    assert swept(space).lines == ["unseen    not allowed to list services in k8s-replay"]


def test_an_empty_namespace_of_ours_goes_with_all_scenarios(space: Namespace) -> None:
    space.said["read_namespace"] = answer(OURS)
    work = swept(space, None)
    assert (work.lines, work.left) == (["removed   namespace k8s-replay"], False)
    assert space.deleted == [("namespace/k8s-replay",)]


def test_one_scenario_s_cleanup_touches_no_namespace(space: Namespace) -> None:
    space.said["read_namespace"] = answer(OURS)
    swept(space, "demo")
    assert [name for name, _ in space.calls] == ["objects"]


def test_a_namespace_with_a_live_run_stays(space: Namespace) -> None:
    space.holds(young(name="a-r1", phase="Running"))
    swept(space, None)
    assert [name for name, _ in space.calls] == ["objects"]


@pytest.mark.parametrize("labels", [{}, {"app.kubernetes.io/managed-by": "Helm"}])
def test_a_namespace_that_we_did_not_create_stays(space: Namespace, labels: dict[str, str]) -> None:
    space.said["read_namespace"] = answer(json.dumps({"metadata": {"labels": labels}}))
    work = swept(space, None)
    assert work.lines == ["kept      namespace k8s-replay: kubectl-replay did not create it"]
    assert space.deleted == []
    assert not work.left


def test_a_namespace_with_something_foreign_in_it_stays(space: Namespace) -> None:
    space.said["read_namespace"] = answer(OURS)
    space.said["everything"] = answer("serviceaccount/default\nconfigmap/theirs\npod/theirs\n")
    work = swept(space, None)
    assert work.lines == ["kept      namespace k8s-replay: configmap/theirs, pod/theirs"]
    assert space.deleted == []


def test_no_namespace_is_nothing_to_remove(space: Namespace) -> None:
    assert swept(space, None).lines == []


@pytest.mark.parametrize("asked", ["read_namespace", "everything"])
@pytest.mark.parametrize("said", [refused(), away(), answer(code=-9, late=True)])
def test_a_namespace_that_is_not_seen_whole_stays(space: Namespace, asked: str, said: Completed) -> None:
    space.said["read_namespace"] = answer(OURS)
    space.said[asked] = said
    work = swept(space, None)
    (line,) = work.lines
    assert line.startswith("kept      namespace k8s-replay: ")
    assert space.deleted == []


def test_a_namespace_that_does_not_go_is_left(space: Namespace) -> None:
    space.said["read_namespace"] = answer(OURS)
    space.said["delete"] = refused()
    work = swept(space, None)
    assert work.left
    assert work.lines == ["incomplete namespace k8s-replay", f"  {FORBIDDEN.strip()}"]
