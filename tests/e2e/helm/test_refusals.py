"""Where `setup falco` must change nothing: another's Falco, another's release, no right to look."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e import helms
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.cluster import Target
    from tests.e2e.helms import Helm
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

BOTH = pytest.mark.parametrize("generation", helms.BUILDS)
LOOKER = "e2e-looker"
ENGINE = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "engine"},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [
            {"name": "falco", "image": "docker.io/library/busybox:1.36", "command": ["sleep", "600"]}
        ],
    },
}
"""A Falco as an operator may run it: without any label of a chart."""


def refuse(replay: Replay, helm: Helm, target: Target, reason: str, *words: str) -> str:
    """Have it refused for this reason, with nothing changed; give what was said."""
    before = helms.objects(target), helm.releases
    replayed = replay("setup", "falco", *words)
    assert (replayed.code, replayed.stdout) == (20, ""), replayed.stderr
    assert replayed.stderr.endswith(f"\nreason: {reason}\n")
    assert not [call for call in helm.calls if not call.startswith("get values ")]
    objects, releases = before
    assert helms.objects(target).items() ^ objects.items() == set()
    assert helm.releases == releases
    return replayed.stderr


@pytest.fixture
def engine(namespace: Namespace) -> Iterator[None]:
    """A Falco that an operator runs, in the test's own namespace."""
    namespace.create()
    namespace.kubectl("create", "-f", "-", stdin=json.dumps(ENGINE)).passed()
    yield
    namespace.kubectl("delete", "pod", "engine", "--now").passed()


@pytest.fixture
def looker(target: Target) -> Iterator[str]:
    """A user who may list pods and nothing else."""
    role = ("clusterrole", LOOKER, "--verb=list", "--resource=pods")
    target.kubectl("create", *role).passed()
    target.kubectl("create", "clusterrolebinding", LOOKER, f"--clusterrole={LOOKER}", f"--user={LOOKER}")
    can = ("auth", "can-i", "list", "pods", "--all-namespaces", "--as", LOOKER)
    until(lambda: target.kubectl(*can).code == 0, "the rights")
    yield LOOKER
    target.kubectl("delete", "clusterrole,clusterrolebinding", LOOKER).passed()


@pytest.mark.usefixtures("engine")
def test_an_operator_s_falco_is_found_without_any_label(
    replay: Replay, helm: Helm, target: Target, namespace: Namespace
) -> None:
    assert refuse(replay, helm, target, "falco_already_installed") == (
        "error: A Falco is there already, and it is not the one that `kubectl replay setup falco` has in the"
        ' namespace "falco". Nothing was changed.\n'
        f"  namespace {namespace.name}: Pod/engine, 1 pod\n"
        f"next: use it as it is, with FALCO_NAMESPACE={namespace.name}; or uninstall it, and run this again\n"
        "reason: falco_already_installed\n"
    )


def test_an_operator_s_falco_beside_our_own_stops_an_upgrade(
    replay: Replay, helm: Helm, target: Target, request: pytest.FixtureRequest
) -> None:
    assert replay("setup", "falco").code == 0
    request.getfixturevalue("engine")
    (helm.folder / "calls").unlink()
    said = refuse(replay, helm, target, "falco_already_installed")
    assert "Pod/engine, 1 pod\n" in said
    assert "namespace falco" not in said


@pytest.mark.parametrize(("generation", "name"), [("3", "falco"), ("4", "falco"), ("4", "theirs")])
def test_somebody_s_release_in_another_namespace_is_left_as_it_is(
    replay: Replay, helm: Helm, target: Target, name: str
) -> None:
    helm.install("e2e-security", "--wait", name=name)
    said = refuse(replay, helm, target, "falco_already_installed")
    assert f"  namespace e2e-security: DaemonSet/{name}, Helm release {name}, 1 pod\n" in said
    assert "next: use it as it is, with FALCO_NAMESPACE=e2e-security; or uninstall it" in said


@pytest.mark.parametrize(("generation", "agents"), [("3", True), ("4", True), ("4", False)])
def test_somebody_s_release_of_the_name_is_left_as_it_is_with_agents_or_without(
    replay: Replay, helm: Helm, target: Target, agents: bool
) -> None:
    helm.install("falco", *(["--wait"] if agents else ["--set", "nodeSelector.no=where"]))
    said = refuse(replay, helm, target, "falco_already_installed")
    if agents:
        assert "  namespace falco: DaemonSet/falco, Helm release falco, 1 pod\n" in said
    else:
        assert said.startswith('error: The Helm release "falco" in the namespace "falco" is not of ')


def test_our_own_release_that_somebody_took_over_is_no_more_ours(
    replay: Replay, helm: Helm, target: Target
) -> None:
    assert replay("setup", "falco").code == 0
    helm("upgrade", "falco", helms.CHART, "-n", "falco", "--reset-values", "--wait").passed()
    (helm.folder / "calls").unlink()
    refuse(replay, helm, target, "falco_already_installed")


def test_without_the_right_to_look_for_pods_nothing_is_installed(
    replay: Replay, helm: Helm, target: Target
) -> None:
    said = refuse(replay, helm, target, "backend_discovery_denied", "--as", "nobody")
    assert said.startswith("error: The API server forbids looking for a Falco that is there already.\n")
    assert 'User "nobody" cannot list resource "pods" in API group "" at the cluster scope' in said
    assert "\nnext: ask for a ClusterRole: pods list\n" in said


@BOTH
def test_without_the_right_to_look_for_releases_nothing_is_installed(
    replay: Replay, helm: Helm, target: Target, looker: str
) -> None:
    said = refuse(replay, helm, target, "backend_discovery_denied", "--as", looker)
    assert said.startswith("error: The API server forbids reading which releases helm has installed.\n")
    assert f'User "{looker}" cannot list resource "secrets" in API group "" in the namespace "falco"' in said
    assert (
        '\nnext: ask for a Role in the namespace "falco": secrets get, list, create, update, delete\n' in said
    )
