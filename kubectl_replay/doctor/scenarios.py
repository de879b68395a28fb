"""What each scenario needs: the rights it declares, in its namespace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubectl_replay.doctor.finding import Finding, fail, not_made, ok, warn
from kubectl_replay.doctor.permissions import Right, describe, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kubectl_replay.catalog import Entry
    from kubectl_replay.doctor.permissions import Verdict
    from kubectl_replay.request import RunRequest

CHECK = "permissions"


@dataclass(frozen=True)
class Need:
    """What one scenario declares: where it works, and the rights that could be read, line by line."""

    scenario: str
    namespace: str
    privileged: bool
    rights: Mapping[str, tuple[Right, ...]]


def read_needs(entries: Iterable[Entry], request: RunRequest) -> tuple[list[Need], list[Finding]]:
    """Read what the scenarios declare; a folder with errors is a finding."""
    from kubectl_replay.scenario.loader import load  # noqa: PLC0415 - it imports YAML
    from kubectl_replay.scenario.problem import ScenarioInvalid  # noqa: PLC0415 - as above

    needs, findings = [], []
    for entry in entries:
        try:
            scenario = load(entry.folder)
        except ScenarioInvalid as invalid:
            message = f"{entry.id}: its folder has {len(invalid.problems)} errors"
            findings.append(not_made(CHECK, message, f"see them with `kubectl replay show {entry.id}`"))
            continue
        namespace = request.namespace(scenario)
        rights = {line: parse(line, namespace) for line in scenario.requires.permissions}
        needs.append(Need(scenario.id, namespace, scenario.safety == "privileged", rights))
    return needs, findings


def judge(need: Need, verdicts: Mapping[Right, Verdict]) -> Finding:
    """Say whether this user may do all that a scenario declares.

    Rights that only a privileged scenario lacks do not fail: it runs only where somebody allows it.
    """
    asked = [right for rights in need.rights.values() for right in rights]
    refused = [right for right in asked if right in verdicts and not verdicts[right].allowed]
    denied = [right for right in refused if not verdicts[right].why]
    if denied:
        find = warn if need.privileged else fail
        message = f"{need.scenario}: in {need.namespace} this user may not {describe(denied)}"
        return find(CHECK, message, f"ask for a Role in {need.namespace} that allows it")
    doubts = [f"{describe([right])} ({verdicts[right].why})" for right in refused]
    doubts += [f"{describe([right])} (no answer)" for right in asked if right not in verdicts]
    return _unknown(need, asked, doubts) or ok(
        CHECK, f"{need.scenario}: this user may do all it needs in {need.namespace}"
    )


def _unknown(need: Need, asked: Sequence[Right], doubts: Sequence[str]) -> Finding | None:
    """Say what could not be asked, or not answered."""
    unread = [f'"{line}"' for line, rights in need.rights.items() if not rights]
    if unread:
        message = f"{need.scenario}: no permission can be read from {', '.join(unread)}"
        return not_made(CHECK, message, "write it as RESOURCE[.GROUP][/SUBRESOURCE]: VERB...")
    if doubts:
        message = f"{need.scenario}: the API server could not say: {'; '.join(doubts)}"
        return not_made(CHECK, message, "see `kubectl auth can-i --list`")
    if not asked:
        message = f"{need.scenario}: it declares no permissions"
        return not_made(CHECK, message, "declare them in scenario.yaml: requires.permissions")
    return None
