"""The namespace of privileged runs beside a test's own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.namespaces import Namespace


@contextmanager
def twin_of(namespace: Namespace) -> Iterator[Namespace]:
    """Give it, not created yet; at the end nothing of a run may be left in it, and it is removed."""
    twin = replace(namespace, name=f"{namespace.name}-privileged")
    yield twin
    left = twin.left()
    twin.remove()
    assert not left, f"left behind: {left}"
