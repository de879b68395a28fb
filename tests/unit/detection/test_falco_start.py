"""What Falco tells when it starts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.falco_start import Start

FILES = [
    "Falco version: 0.44.1 (x86_64)",
    "Falco initialized with configuration files:",
    "   /etc/falco/falco.yaml | schema validation: ok",
    "   /etc/falco/config.d/shop.yaml | schema validation: none",
    "System info: Linux version 6.18.0",
    "Loading rules from:",
    "   /etc/falco/falco_rules.yaml | schema validation: ok",
    "   /etc/falco/rules.d/shop.yaml",
    "Hostname value has been overridden via environment variable to: node-1",
    "   /etc/falco/of-no-list.yaml",
    "Enabled event sources: k8s_audit, syscall",
    "Opening 'k8s_audit' source with plugin 'k8saudit'",
    "Opening 'syscall' source with modern BPF probe.",
]


def learn(*lines: str) -> Start:
    start = Start()
    for line in lines:
        start.learn(line)
    return start


def test_files_belong_to_the_list_that_they_stand_in() -> None:
    start = learn(*FILES)
    assert start.version == "0.44.1"
    assert start.configuration_files == ["/etc/falco/falco.yaml", "/etc/falco/config.d/shop.yaml"]
    assert start.rules_files == ["/etc/falco/falco_rules.yaml", "/etc/falco/rules.d/shop.yaml"]


def test_each_source_has_the_means_by_which_its_events_come() -> None:
    start = learn(*FILES)
    assert start.sources == ("k8s_audit", "syscall")
    assert start.engines == {"k8s_audit": "plugin 'k8saudit'", "syscall": "modern BPF probe"}


@pytest.mark.parametrize(
    ("words", "engine"),
    [
        ("Kernel module", "Kernel module"),
        ("BPF probe. BPF probe path: /root/.falco/falco-bpf.o", "BPF probe"),
        ("gVisor. Configuration path: /tmp/gvisor.json", "gVisor"),
        ("no driver", "no driver"),
    ],
)
def test_the_means_is_named_without_its_paths(words: str, engine: str) -> None:
    assert learn(f"Opening 'syscall' source with {words}").engines == {"syscall": engine}


def test_an_older_falco_names_its_rules_files_one_by_one() -> None:
    start = learn("Falco version 0.34.1", "Loading rules from file /etc/falco/falco_rules.yaml:")
    assert (start.version, start.rules_files) == ("0.34.1", ["/etc/falco/falco_rules.yaml"])


@given(st.lists(st.text() | st.sampled_from(FILES)))
def test_any_words_are_read(lines: list[str]) -> None:
    known = {line.split(" |")[0].strip() for line in FILES if line.startswith("   /")}
    start = learn(*[line for line in lines if line in FILES])
    assert set(start.rules_files + start.configuration_files) <= known
    learn(*lines)
