"""The criteria of evidence: each kind both ways, and never from what was sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.criteria import look_up
from tests.unit.test_evidence import PROOF, TRACE, after, holds


@pytest.mark.parametrize(
    ("code", "wanted", "held"), [(0, 0, True), (3, 3, True), (0, 1, False), (1, 0, False)]
)
def test_the_exit_code_is_the_wanted_one(code: int, wanted: int, held: bool) -> None:
    assert holds("exit_code", wanted, after(code=code)) is held


def test_the_output_contains_a_text() -> None:
    assert holds("output_contains", "uid=0(root)")
    assert not holds("output_contains", "uid=1")


@pytest.mark.parametrize(
    ("pattern", "held"), [("^uid=[0-9]+", True), (r"root\)$", True), ("^root", False), ("UID", False)]
)
def test_the_output_matches_line_by_line(pattern: str, held: bool) -> None:
    assert holds("output_matches", pattern) is held


def test_the_two_halves_must_be_joined_in_the_output() -> None:
    assert holds("proof", True)
    assert not holds("proof", True, after(output="bcdfgh jklmnp"))
    assert not holds("proof", True, after(output="sh: printf: not found"))


@pytest.mark.parametrize("sent", [(PROOF,), ("a", f"echo {PROOF};"), ("cat", f"x{PROOF}x")])
def test_a_proof_that_was_sent_whole_proves_nothing(sent: tuple[str, ...]) -> None:
    assert not holds("proof", True, after(output=PROOF, sent=sent))


@given(st.text(), st.text(), st.lists(st.text()))
def test_noise_around_a_proof_changes_nothing(before: str, behind: str, sent: list[str]) -> None:
    words = tuple(word for word in sent if PROOF not in word)
    assert holds("proof", True, after(output=before + PROOF + behind, sent=words))


@given(st.text().filter(lambda text: PROOF not in text))
def test_without_the_joined_halves_no_output_is_a_proof(output: str) -> None:
    assert not holds("proof", True, after(output=output))


def test_a_program_succeeded_when_its_exit_code_is_0() -> None:
    assert holds("exec_succeeded", True, after())
    assert not holds("exec_succeeded", True, after(code=1, output="fine"))


@pytest.mark.parametrize("kind", ["process_contains", "file_readable", "network_request", "api_call"])
@pytest.mark.parametrize(
    ("code", "output", "held"), [(0, "words", True), (0, " \n", False), (0, "", False), (1, "words", False)]
)
def test_the_predecessor_s_kinds_want_success_and_some_output(
    kind: str, code: int, output: str, held: bool
) -> None:
    assert holds(kind, "x", after(code=code, output=output)) is held


@pytest.mark.parametrize(
    ("output", "held"),
    [
        ("200", True),
        ("204\n", True),
        ("000", False),
        ("403", False),
        ("HTTP/1.1 200 OK\nContent-Length: 403\n", True),
        ("HTTP/1.1 403 Forbidden\nContent-Length: 243\n", False),
        ("HTTP/2 403 \ndate: x\n\n200 items", False),
        ("HTTP/1.1 200 Connection established\n\nHTTP/1.1 503 Service Unavailable\n", False),
        ("HTTP/1.1 301 Moved\n\nHTTP/1.1 200 OK\n", True),
        ("<html>room 404, building 500</html>", True),
        ("page\n502", False),
        ("1200", True),
    ],
)
def test_a_request_that_a_proxy_refuses_was_not_answered(output: str, held: bool) -> None:
    assert holds("network_request", "https://example.com", after(output=output)) is held


STATUS = """{
  "kind": "Status",
  "apiVersion": "v1",
  "status": "Failure",
  "message": "secrets is forbidden",
  "reason": "Forbidden",
  "code": 403
}"""


@pytest.mark.parametrize(
    ("output", "held"),
    [
        (STATUS, False),
        (STATUS.replace("\n", "").replace(" ", ""), False),
        ('{"kind":"SecretList","items":[{"data":{"code":"403"}}]}', True),
        ('{"kind":"Status","status":"Success","code":200}', True),
    ],
)
def test_an_api_server_that_says_no_did_not_grant_the_call(output: str, held: bool) -> None:
    assert holds("api_call", "/api/v1/secrets", after(output=output)) is held


def test_the_pod_has_all_the_wanted_values() -> None:
    assert holds("pod", {"status.phase": "Running", "spec.nodeName": "node-1"})
    assert not holds("pod", {"status.phase": "Running", "spec.nodeName": "node-2"})
    assert not holds("pod", {"status.phase": "Running"}, replace(TRACE, pod={}))


BODY = {
    "spec": {"hostNetwork": True, "priority": 0, "list": [{"a": "x"}, {"a": None}], "ratio": 1.5},
    "²": "odd",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.hostNetwork", "true"),
        ("spec.priority", "0"),
        ("spec.ratio", "1.5"),
        ("spec.list.0.a", "x"),
        ("spec.list.1.a", None),
        ("spec.list.2.a", None),
        ("spec.list.-1.a", None),
        ("spec.list.²", None),
        ("²", "odd"),
        ("spec.list", None),
        ("spec", None),
        ("spec.hostNetwork.x", None),
        ("nowhere.at.all", None),
        ("", None),
    ],
)
def test_a_value_is_looked_up_by_its_path(path: str, value: str | None) -> None:
    assert look_up(BODY, path) == value


@given(st.text(alphabet="spec.lit0123²٣-", max_size=20))
def test_any_path_leads_to_a_text_or_to_nothing(path: str) -> None:
    assert look_up(BODY, path) is None or isinstance(look_up(BODY, path), str)
