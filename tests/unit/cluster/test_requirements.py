from __future__ import annotations

from pathlib import Path

from tests.cluster.requirements import Machine, say_missing

CACHE = Path("/root/.cache/kubectl-replay")


def has(*tools: str) -> Machine:
    return Machine("linux", 0, which={tool: f"/bin/{tool}" for tool in tools}.get)


def test_a_machine_that_has_all_is_told_nothing() -> None:
    assert say_missing(has("ip", "go"), ["ip", "go"], CACHE) is None


def test_one_sentence_names_everything_that_is_missing() -> None:
    machine = Machine("darwin", 501, which=lambda _: None, trustme=False)
    assert say_missing(machine, ["ip", "go"], CACHE) == (
        "The local cluster needs Linux (this is darwin) and root (it makes namespaces and links) "
        "and `ip` on PATH and `go` on PATH "
        "and the Python package trustme (it is among the development dependencies)."
    )


def test_a_cache_that_a_node_would_hide_is_refused() -> None:
    assert say_missing(has(), [], Path("/var/lib/me/kubectl-replay")) == (
        "The cache folder /var/lib/me/kubectl-replay lies in /var/lib, which each node replaces; "
        "set XDG_CACHE_HOME."
    )
