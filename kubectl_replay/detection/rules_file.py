"""Where a Falco that lacks the expected rule gets it: the files of Falco's project and what they take.

https://github.com/falcosecurity/rules, https://github.com/falcosecurity/plugins
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.reasons import Missed

if TYPE_CHECKING:
    from kubectl_replay.detection.verdict import Verdict

STABLE: Final = "falco_rules.yaml"
"""The only one that Falco's image and chart load by themselves."""
OWN_PAGE: Final = "README.md"

_HOW: Final = {
    "": "",
    STABLE: "",
    "falco-incubating_rules.yaml": "a stock Falco does not have this rule: load falco-incubating_rules.yaml",
    "falco-sandbox_rules.yaml": "a stock Falco does not have this rule: load falco-sandbox_rules.yaml",
    "k8s_audit_rules.yaml": "a stock Falco does not have this rule: load the plugin k8saudit with its"
    " k8s_audit_rules.yaml, and feed it the API server's audit log",
    OWN_PAGE: "no Falco comes with this rule: add it from the scenario's README.md",
}
DISABLED: Final = "disabled"
"""What is said of a rule that is loaded and speaks no word."""
_LACKS: Final = {Missed.RULE_NOT_LOADED, Missed.SOURCE_NOT_LOADED}


def how_to_have(file: str) -> str:
    """Say what it takes to have the rules of a file, empty where a stock Falco has them or nobody knows."""
    return _HOW.get(file, f"this rule is in {file}: load that")


def advise(verdict: Verdict, file: str) -> Verdict:
    """Let the next step name what has the rule, unless Falco is known to have it."""
    how = how_to_have(file)
    is_open = any(
        check.about is Missed.RULE_NOT_LOADED and check.words != DISABLED for check in verdict.checks
    )
    if verdict.verdict != "not_detected" or not how or not is_open:
        return verdict
    more = "" if verdict.reason in _LACKS else f"; where it is loaded, {verdict.next_step}"
    return replace(verdict, next_step=how + more)
