"""The way to the server: what it leads to, and the step at which it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay.doctor.approach import Reached, approach
from kubectl_replay.doctor.finding import ok
from kubectl_replay.doctor.versions import Version
from kubectl_replay.kubectl import Connection
from tests.unit.doctor.test_connection import BOTH, CLIENT, PIN, config
from tests.unit.samples import UNREACHABLE

if TYPE_CHECKING:
    from pytest_subprocess import FakeProcess

    from kubectl_replay.doctor.finding import Finding


def go(context: str = "kind-a") -> tuple[list[Finding], Reached | str]:
    """Go the way; return what is found on it and what it leads to."""
    found = []
    way = approach(Connection(), {}, lambda: CLIENT, lambda: config(context))
    while True:
        try:
            found.append(next(way))
        except StopIteration as end:
            return found, end.value


def test_it_leads_to_a_kubectl_that_is_pinned_and_to_both_versions(fp: FakeProcess) -> None:
    fp.register(["kubectl", "version", "-o", "json", *PIN], stdout=BOTH)
    found, reached = go()
    assert isinstance(reached, Reached)
    assert (reached.client, reached.server) == (Version(1, 36), Version(1, 36))
    assert reached.kubectl.connection.context == "kind-a"
    assert [each.check for each in found] == ["kubectl", "context", "server"]
    assert found[2] == ok("server", "it answers, version 1.36")


def test_where_it_ends_the_step_is_told_and_is_the_last_finding(fp: FakeProcess) -> None:
    found, step = go("acme-prod")
    assert (step, [each.check for each in found]) == ("context", ["kubectl", "context"])
    fp.register(["kubectl", "version", "-o", "json", *PIN], stderr=UNREACHABLE, returncode=1)
    found, step = go()
    assert (step, [each.check for each in found]) == ("server", ["kubectl", "context", "server"])
