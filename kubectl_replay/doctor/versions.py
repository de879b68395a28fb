"""The versions of kubectl and the server: each new enough, and near enough to each other."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from kubectl_replay.doctor.finding import Finding, explain, fail, not_made, ok, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubectl_replay.process import Completed

INSTALL = "install kubectl 1.24 or later: https://kubernetes.io/docs/tasks/tools/"


class Version(NamedTuple):
    """A version as far as it decides: two numbers."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST = Version(1, 24)


def parse(text: str, side: str) -> Version | None:
    """Read the version of one side, `clientVersion` or `serverVersion`, of `kubectl version -o json`.

    Vendors add to the minor version ("32+"); what has no such numbers is None.
    """
    try:
        told = json.loads(text)[side]
        numbers = [re.match(r"\d+", str(told[key])) for key in ("major", "minor")]
    except (ValueError, KeyError, TypeError):
        return None
    major, minor = (int(number[0]) if number else -1 for number in numbers)
    return Version(major, minor) if min(major, minor) >= 0 else None


def examine_kubectl(ask: Callable[[], Completed]) -> tuple[Finding, Version | None]:
    """Say which kubectl there is. Raises `ProgramMissing` where there is none."""
    answer = ask()
    version = parse(answer.out, "clientVersion")
    if version is None:
        return not_made("kubectl", explain(answer), "try `kubectl version --client`"), None
    if version < OLDEST:
        return fail("kubectl", f"version {version}, and {OLDEST} is the oldest that works", INSTALL), version
    return ok("kubectl", f"version {version}"), version


def examine_server(version: Version) -> Finding:
    """Say whether the server is new enough."""
    if version < OLDEST:
        message = f"it answers, version {version}, and {OLDEST} is the oldest that works"
        return fail("server", message, f"upgrade the cluster to {OLDEST} or later")
    return ok("server", f"it answers, version {version}")


def examine_skew(client: Version | None, server: Version | None) -> Finding:
    """Compare the two: one minor version of difference is supported.

    https://kubernetes.io/releases/version-skew-policy/#kubectl
    """
    if client is None or server is None:
        side = "kubectl" if client is None else "the server"
        return not_made("version skew", f"the version of {side} is not known", "try `kubectl version`")
    message = f"kubectl {client}, server {server}"
    if client.major == server.major and abs(client.minor - server.minor) <= 1:
        return ok("version skew", message)
    apart = f"{message}: more than one minor version apart, which nobody supports"
    return warn("version skew", apart, f"install kubectl {server}")
