"""What every end-to-end test has: a cluster, a namespace of its own, and the installed `kubectl-replay`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cluster.errors import ClusterError
from tests.e2e import kubectls
from tests.e2e.api import Api, serve
from tests.e2e.audit import AuditLog
from tests.e2e.cluster import CONTEXT_VARIABLE, Target, find_target
from tests.e2e.drafts import Draft
from tests.e2e.gates import Gate
from tests.e2e.kubeconfigs import Kubeconfigs
from tests.e2e.namespaces import Namespace
from tests.e2e.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.state import Cluster


def pytest_report_header() -> str:
    """Say with which kubectl the tests run; one that must be built is built here, where that can be seen."""
    try:
        return kubectls.describe()
    except (ClusterError, ValueError) as error:
        raise pytest.UsageError(f"{error}") from None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep the tests of a file in one process, and those of a folder, which have clusters of their own."""
    file, folder = item.path.stem, item.path.parent
    item.add_marker(pytest.mark.xdist_group(file if folder == Path(__file__).parent else folder.name))


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    """The cluster; every test fails where none can be had."""
    return find_target(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def local(target: Target) -> Cluster:
    """The local cluster, for what a foreign one does not show."""
    if target.local is None:
        pytest.skip(f"it looks into the local cluster, and {CONTEXT_VARIABLE} names {target.context}")
    return target.local


@pytest.fixture(scope="session")
def api(target: Target) -> Iterator[Api]:
    """The cluster's API, asked as the administrator."""
    with serve(target.environment) as api:
        yield api


@pytest.fixture(scope="session")
def kinds(api: Api) -> list[str]:
    """All namespaced kinds of the cluster."""
    return api.kinds()


@pytest.fixture
def namespace(target: Target, api: Api, kinds: list[str]) -> Iterator[Namespace]:
    """A namespace of the test's own, not created yet; at the end nothing of a run may be left in it."""
    namespace = Namespace(target, api, kinds)
    yield namespace
    left = namespace.left()
    namespace.remove()
    assert not left, f"left behind: {left}"


@pytest.fixture
def replay(target: Target, namespace: Namespace, tmp_path: Path) -> Iterator[Replay]:
    """`kubectl-replay` in the test's namespace; at the end no temporary folder may be left."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    own = {"REPLAY_NAMESPACE": namespace.name, "TMPDIR": str(temporary)}
    replay = Replay({**target.environment, **own})
    yield replay
    for running in replay.started:
        running.discard()
    left = [path.name for path in temporary.iterdir() if path.is_dir()]
    assert not left, f"left behind: {left}"


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """A copy of the built-in shell-spawn, under another name, for the test to change and write."""
    return Draft.of("shell-spawn", "probe", tmp_path / "scenarios")


@pytest.fixture
def audit(local: Cluster, namespace: Namespace) -> AuditLog:
    """What the API server writes down from now on of the test's namespace."""
    return AuditLog(local.audit_log, namespace.name)


@pytest.fixture
def gate(target: Target, tmp_path: Path) -> Gate:
    """A kubectl in the way of the real one, once the test has built it."""
    return Gate(tmp_path / "gate", target.environment["PATH"])


@pytest.fixture
def kubeconfigs(target: Target, tmp_path: Path) -> Kubeconfigs:
    """Copies of the target's kubeconfig with something changed."""
    return Kubeconfigs(target, tmp_path / "kubeconfigs")
