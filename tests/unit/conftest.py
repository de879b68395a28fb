"""No unit test starts a program, signals a process or sees this machine's environment, unless it says so."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.interruption import INTERRUPTION, Interruption
from tests.unit import programs

if TYPE_CHECKING:
    from collections.abc import Iterator

REAL_PROGRAMS = "real_programs"

# What our own code and the programs it starts look at.
_VARIABLES = (
    "COLUMNS", "CURL_EGRESS_TARGET", "DRY_RUN", "FALCO_CHART", "FALCO_CHART_VERSION", "FALCO_NAMESPACE",
    "FALCO_VALUES", "FALCO_VERIFY_TIMEOUT", "FAST", "JSON",
    "KEEP", "KIND_CLUSTER", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "NO_COLOR",
    "REPLAY_ALLOW_ANY_CLUSTER", "REPLAY_ALLOW_CONTEXT", "REPLAY_ALLOW_PRIVILEGED", "REPLAY_NAMESPACE",
    "REPLAY_POD_PATCH", "REPLAY_SCENARIOS_PATH", "STRICT",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{REAL_PROGRAMS}: starts real programs and may signal them")


@pytest.fixture
def signals() -> list[tuple[int, int]]:
    """The process ids, or groups, that were signaled, and the signals."""
    return []


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _no_real_programs(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, signals: list[tuple[int, int]]
) -> None:
    if request.node.get_closest_marker(REAL_PROGRAMS):
        return
    request.getfixturevalue("fp")  # pytest-subprocess refuses what a test has not registered
    monkeypatch.setenv("PATH", "/nowhere")
    # pytest-subprocess counts its process ids from 0: they belong to the kernel, to init, to anybody.
    monkeypatch.setattr(os, "kill", lambda pid, signum: signals.append((pid, signum)))
    monkeypatch.setattr(os, "killpg", lambda group, signum: signals.append((group, signum)))
    monkeypatch.setattr(os, "getpgid", lambda pid: pid)


@pytest.fixture(autouse=True)
def _no_signal_yet() -> Iterator[None]:
    vars(INTERRUPTION).update(vars(Interruption()))
    yield
    vars(INTERRUPTION).update(vars(Interruption()))


@pytest.fixture
def nothing_is_left() -> Iterator[None]:
    """Check that a test leaves no open file, no thread and no child, dead or alive."""
    before = (programs.open_files(), threading.active_count(), programs.children())
    yield
    assert (programs.open_files(), threading.active_count(), programs.children()) == before
