"""Placeholders and everything that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_replay.scenario.placeholders import NAMES, fill, names, unknown_names

VALUES = {
    "nonce": "n1",
    "proof_a": "A",
    "proof_b": "B",
    "run": "r1",
    "namespace": "ns",
    "pod": "demo-target-r1",
    "node": "node-1",
    "pod_ip.sink-target": "10.0.0.7",
    "set.target": "https://example.com",
}


@pytest.mark.parametrize("name", VALUES)
def test_every_name_is_filled(name: str) -> None:
    assert fill(f"a{{{{replay.{name}}}}}b", VALUES) == f"a{VALUES[name]}b"


OTHER_TEXT = [
    "$X ${X} $(id)",
    "{{.x}} {{ .Values.x }}",
    "{{replay.other}}",
    "{{ replay.nonce }}",
    "{{replay.nonce }}",
    "{{replay. nonce}}",
    "{replay.nonce}",
    "{{replay.Nonce}}",
    "{{Replay.nonce}}",
    "{{replay.nonce.x}}",
    "{{replay.nonces}}",
    "{{replay.set}}",
    "{{replay.set.}}",
    "{{replay.set.A}}",
    "{{replay.pod_ip.}}",
    "{{replay.pod_ip.-a}}",
    "{{replay.pod_ip.a-}}",
    "{{replay.pod_ip.a\n}}",
    "{{replay}}",
    "{{replay.nonce",
    "replay.nonce}}",
]


@pytest.mark.parametrize("text", OTHER_TEXT)
def test_other_text_is_left_alone(text: str) -> None:
    assert fill(text, VALUES) == text


def test_braces_around_a_placeholder_stay() -> None:
    assert fill("{{{replay.nonce}}} {{{{replay.run}}}}", VALUES) == "{n1} {{r1}}"


def test_neighbours_are_filled_each() -> None:
    assert fill("{{replay.proof_a}}{{replay.proof_b}}", VALUES) == "AB"


def test_a_value_is_never_filled_again() -> None:
    values = {"nonce": "{{replay.run}}", "run": r"\g<0>{{replay.nonce}}"}
    assert fill("{{replay.nonce}} {{replay.run}}", values) == r"{{replay.run}} \g<0>{{replay.nonce}}"


def test_a_value_cannot_complete_a_placeholder() -> None:
    assert fill("{{replay.{{replay.nonce}}}}", {"nonce": "run", "run": "no"}) == "{{replay.run}}"


def test_a_known_name_without_a_value_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError, match=r"set\.other"):
        fill("{{replay.set.other}}", VALUES)


def test_the_known_names_of_a_text_are_given_in_order_each_once() -> None:
    text = "{{replay.run}} {{replay.nonce}} {{replay.run}} {{replay.set.a}} {{replay.x}}"
    assert names(text) == ("run", "nonce", "set.a")


def test_what_looks_like_a_placeholder_and_is_none_is_given_in_order_each_once() -> None:
    text = "{{replay.x}} {{ replay.nonce }} {{replay.nonce}} {{replay.set.}} {{replay.x}} {{.x}} {{replayed}}"
    assert unknown_names(text) == ("replay.x", " replay.nonce ", "replay.set.")


PIECES = st.sampled_from(
    ["{", "}", "{{", "}}", "replay.", "nonce", "set.", "pod_ip.", "a", "-", " ", "\\1", "\n"]
)
TEXT = st.text() | st.lists(PIECES).map("".join)
PLACEHOLDER = st.sampled_from(sorted(VALUES)).map(lambda name: f"{{{{replay.{name}}}}}")


@settings(deadline=None)  # the machine may be busy
@given(TEXT)
def test_text_without_our_opening_is_left_alone(text: str) -> None:
    text = text.replace("{{replay.", "")
    assert fill(text, {}) == text
    assert names(text) == ()


@settings(deadline=None)  # the machine may be busy
@given(
    st.text().filter(lambda text: "{" not in text),
    PLACEHOLDER,
    st.text().filter(lambda text: "}" not in text),
)
def test_the_text_around_a_placeholder_stays(before: str, placeholder: str, after: str) -> None:
    value = VALUES[placeholder.removeprefix("{{replay.").removesuffix("}}")]
    assert fill(f"{before}{placeholder}{after}", VALUES) == f"{before}{value}{after}"


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(TEXT | PLACEHOLDER).map("".join), st.dictionaries(st.sampled_from(NAMES), st.text(), min_size=7)
)
def test_any_text_with_all_its_names_is_filled(text: str, values: dict[str, str]) -> None:
    filled = fill(text, values | {name: "" for name in names(text) if "." in name})
    assert names(text) or filled == text


@settings(deadline=None)  # the machine may be busy
@given(TEXT)
def test_a_name_is_known_or_unknown_and_never_both(text: str) -> None:
    assert not {f"replay.{name}" for name in names(text)} & set(unknown_names(text))
