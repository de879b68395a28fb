"""Answers of a stand-in for Falco that knows more than one rule, or knows it otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.e2e.alerting import shell_alert
from tests.e2e.falco_lines import Sighting, json_alert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.e2e.alerting import Answer

SENSITIVE = "/etc/shadow"


def link_alert(seen: Sighting) -> Iterable[str]:
    """Alert as Falco's rule "Create Symlink Over Sensitive Files" does, in JSON."""
    words = seen.cmdline.split()
    if seen.process != "ln" or SENSITIVE not in words or seen.started:
        return []
    details = (("evt.arg.target", "target", SENSITIVE), ("evt.arg.linkpath", "linkpath", words[-1]))
    link = replace(
        seen,
        rule="Create Symlink Over Sensitive Files",
        priority="Warning",
        message="Symlinks created over sensitive files",
        tags=("T1555", "container", "filesystem", "host", "maturity_stable", "mitre_credential_access"),
        event="symlink",
        details=details,
    )
    return [json_alert(link)]


def stock(seen: Sighting) -> Iterable[str]:
    """Alert as a stock Falco does, as far as tests need one: on shells and on links."""
    return [*shell_alert(seen), *link_alert(seen)]


def changed(**changes: Any) -> Answer:  # noqa: ANN401 - any field of a sighting
    """Alert on shells, with something changed in what Falco saw: `changed(rule="Another")`."""

    def answer(seen: Sighting) -> Iterable[str]:
        return [json_alert(replace(seen, **changes)) for _ in shell_alert(seen)]

    return answer
