"""A cluster for the tests of the cluster itself: none before a file's tests, and none after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.second_cluster import ask, require, up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.state import Cluster


@pytest.fixture(scope="module", autouse=True)
def _clean() -> Iterator[None]:
    require()
    ask("down")
    yield
    assert ask("down").code == 0


@pytest.fixture
def cluster() -> Cluster:
    """The cluster, which is up."""
    return up()
