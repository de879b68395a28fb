from __future__ import annotations

from pathlib import Path

from tests.cluster.lifecycle import say_foreign


def test_a_second_checkout_is_told_whose_the_cluster_is() -> None:
    assert say_foreign(Path("/home/me/one")) == (
        "This machine's local cluster belongs to the checkout /home/me/one; there is one a machine, "
        "stop it with: python -m tests.cluster down"
    )


def test_with_another_cache_the_command_names_it() -> None:
    assert say_foreign(Path("/home/me/one"), Path("/x")).endswith(
        "stop it with: XDG_CACHE_HOME=/x python -m tests.cluster down"
    )
