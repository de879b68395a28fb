"""A cluster of two nodes for these tests alone: a Falco in the cluster of all tests would disturb all others.

Everything else is as in the other end-to-end tests: `namespace`, `replay`, `audit` are of this cluster.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.e2e.alerting import alerting
from tests.e2e.api import Api, serve
from tests.e2e.cluster import CONTEXT_VARIABLE
from tests.e2e.falco_manifests import Shape
from tests.e2e.frail import bring
from tests.e2e.stand_in import StandIn, deploy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.cluster.state import Cluster
    from tests.e2e.alerting import Watcher
    from tests.e2e.cluster import Target
    from tests.e2e.namespaces import Namespace

    Alerts = Callable[..., AbstractContextManager[Watcher]]
    Install = Callable[[Shape], StandIn]


@pytest.fixture(scope="package")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The cluster."""
    if CONTEXT_VARIABLE in os.environ:
        pytest.skip(f"it installs a stand-in for Falco, and {CONTEXT_VARIABLE} names somebody's cluster")
    with bring(5, 2, tmp_path_factory.mktemp("home")) as target:
        yield target


@pytest.fixture(scope="package")
def local(target: Target) -> Cluster:
    """The cluster, for what only its host sees."""
    assert target.local
    return target.local


@pytest.fixture(scope="package")
def api(target: Target) -> Iterator[Api]:
    """Its API, asked as the administrator."""
    with serve(target.environment) as api:
        yield api


@pytest.fixture(scope="package")
def kinds(api: Api) -> list[str]:
    """All namespaced kinds of the cluster."""
    return api.kinds()


@pytest.fixture(scope="package")
def falco_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the stand-in's images are made."""
    return tmp_path_factory.mktemp("falco-images")


@pytest.fixture
def install(target: Target, api: Api, falco_images: Path) -> Iterator[Install]:
    """Install a stand-in of a shape; at the end all are removed, and none may be left."""
    installed: list[StandIn] = []

    def one(shape: Shape) -> StandIn:
        installed.append(deploy(target, api, falco_images, shape))
        return installed[-1]

    yield one
    for stand_in in installed:
        stand_in.remove()


@pytest.fixture
def stand_in(install: Install) -> StandIn:
    """A Falco 0.44.1 on every node."""
    return install(Shape())


@pytest.fixture
def nodes(local: Cluster) -> tuple[str, str]:
    """The names of its nodes."""
    first, second = local.nodes
    return first.name, second.name


@pytest.fixture
def stand_in_node(nodes: tuple[str, str]) -> str:
    """The node of a stand-in that runs on one only."""
    return nodes[1]


@pytest.fixture
def alerts(stand_in: StandIn, namespace: Namespace) -> Alerts:
    """Have the stand-in alert on what runs in the test's namespace: `with alerts(answer, delay=3): ...`."""
    return partial(alerting, stand_in, namespace.name)
