"""Clusters that may be harmed: one for each file, beside the one of all other tests, which must not feel it.

A file says which in `CLUSTER`: its number, and how many nodes it has. Everything else is as in the other
end-to-end tests: `namespace`, `replay`, `draft`, `gate` are of that cluster.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.e2e.api import Api, serve
from tests.e2e.cluster import CONTEXT_VARIABLE
from tests.e2e.frail import bring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.cluster import Target


@pytest.fixture(scope="module")
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The cluster."""
    if CONTEXT_VARIABLE in os.environ:
        pytest.skip(f"it harms a cluster, and {CONTEXT_VARIABLE} names somebody's")
    instance, nodes = request.module.CLUSTER
    with bring(instance, nodes, tmp_path_factory.mktemp("home")) as target:
        yield target


@pytest.fixture(scope="module")
def api(target: Target) -> Iterator[Api]:
    """Its API, asked as the administrator."""
    with serve(target.environment) as api:
        yield api


@pytest.fixture(scope="module")
def kinds(api: Api) -> list[str]:
    """All namespaced kinds of the cluster."""
    return api.kinds()
