"""Which rules are expected to see which scenario, as the scenarios say, and where these rules come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kubectl_replay.detection.rules_file import OWN_PAGE, STABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kubectl_replay.scenario.spec import Scenario

RULES: Final = "https://github.com/falcosecurity/rules"
PLUGINS: Final = "https://github.com/falcosecurity/plugins"


class File(NamedTuple):
    """A file of rules: what Falco's project calls it, the version that was looked at, and who has it."""

    maturity: str
    version: str
    source: str
    had_by: str


FILES: Final = {
    STABLE: File("stable", "falco-rules 5.1.0", RULES, "every Falco: image and chart load it by themselves"),
    "falco-incubating_rules.yaml": File(
        "incubating", "falco-incubating-rules 6.0.1", RULES, "a Falco that was told to load it"
    ),
    "falco-sandbox_rules.yaml": File(
        "sandbox", "falco-sandbox-rules 6.1.0", RULES, "a Falco that was told to load it"
    ),
    "k8s_audit_rules.yaml": File(
        "plugin k8saudit", "k8saudit 0.18.0", PLUGINS, "a Falco with the plugin that the API server feeds"
    ),
    OWN_PAGE: File("none of Falco's", "", "", "a Falco to which you add the rule of the scenario's page"),
}
"""What is in which of them was looked up at these versions, in November 2026."""


def files() -> Iterator[tuple[str, ...]]:
    """Yield a row for each file of rules."""
    for name, file in FILES.items():
        version = f"[{file.version}]({file.source})" if file.version else ""
        yield f"`{name}`", file.maturity, version, file.had_by


def mapping(scenarios: Iterable[Scenario]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each scenario; raises `KeyError` for a file of rules that nobody looked up."""
    for item in scenarios:
        falco = item.detection.falco
        yield (
            f"[`{item.id}`](../scenarios/{item.id}/README.md)",
            ", ".join(falco.rules),
            FILES[falco.rules_file].maturity,
            "alerts" if falco.rules_file == STABLE else "is silent",
            "<br>".join(f"`{event}`" for event in item.detection.audit.events) or "none",
            ", ".join(technique.id for technique in item.attack) or "none",
        )
