"""A cluster for these tests alone, in which they may install Falco's stand-in, and helm.

Everything else is as in the other end-to-end tests: `namespace`, `replay`, `gate` are of this cluster.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.e2e.api import Api, serve
from tests.e2e.cluster import CONTEXT_VARIABLE
from tests.e2e.frail import bring
from tests.e2e.helms import CHART, NAMESPACE, Helm
from tests.e2e.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.cluster import Target


@pytest.fixture(scope="package")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The cluster."""
    if CONTEXT_VARIABLE in os.environ:
        pytest.skip(f"it installs a stand-in for Falco, and {CONTEXT_VARIABLE} names somebody's cluster")
    with bring(6, 1, tmp_path_factory.mktemp("home")) as target:
        yield target


@pytest.fixture(scope="package")
def api(target: Target) -> Iterator[Api]:
    """Its API, asked as the administrator."""
    with serve(target.environment) as api:
        yield api


@pytest.fixture(scope="package")
def kinds(api: Api) -> list[str]:
    """All namespaced kinds of the cluster."""
    return api.kinds()


@pytest.fixture
def generation() -> str:
    """Which helm, where it does not matter; a test to which it does is given both."""
    return "4"


@pytest.fixture
def helm(
    generation: str, target: Target, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Helm]:
    """A helm; at the end nothing that it installed may be left. One that must be built first says so."""
    with capsys.disabled():
        helm = Helm.place(generation, tmp_path, target)
    yield helm
    helm.clear()


@pytest.fixture
def replay(replay: Replay, helm: Helm) -> Replay:
    """`kubectl-replay` as everywhere, with that helm first on PATH, and the tests' own chart."""
    path = f"{helm.folder}:{replay.environment['PATH']}"
    return Replay({**replay.environment, "PATH": path, "FALCO_CHART": str(CHART)}, replay.started)


@pytest.fixture
def falco(target: Target) -> Iterator[str]:
    """The namespace falco, which exists before the test; it has no policy when the test is over."""
    target.kubectl("create", "namespace", NAMESPACE)
    yield NAMESPACE
    target.kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce-").passed()
