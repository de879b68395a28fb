"""curl-egress: only an answer of the target passes, in curl's own time; the sink is there when asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e.outcomes import assert_not_observed

if TYPE_CHECKING:
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

PORT = 8080


def test_the_sink_is_created_only_for_the_target_sink(replay: Replay) -> None:
    def made(*words: str, **env: str | None) -> list[str]:
        plan = replay("curl-egress", "--dry-run", *words, env=env).stdout
        return re.findall(r"^  name: (curl-egress-[a-z]+)", plan, re.MULTILINE)

    assert made() == ["curl-egress-target"]
    assert sorted(made("--set", "target=sink")) == ["curl-egress-sink", "curl-egress-target"]
    assert sorted(made(CURL_EGRESS_TARGET="sink")) == ["curl-egress-sink", "curl-egress-target"]
    assert made("--set", "target=http://example.org", CURL_EGRESS_TARGET="sink") == ["curl-egress-target"]


def test_a_target_that_answers_passes_and_one_that_refuses_does_not(
    replay: Replay, namespace: Namespace
) -> None:
    assert replay("curl-egress", "--keep", env={"CURL_EGRESS_TARGET": "sink"}).code == 10
    (sink,) = [pod for pod in namespace.pods if pod["metadata"]["name"].startswith("curl-egress-sink")]
    address = sink["status"]["podIP"]
    there = f"http://{address}:{PORT}/"
    found = replay("curl-egress", "--set", f"target={there}")
    missing = replay("curl-egress", "--set", f"target={there}nothing", "-o", "json")
    assert replay("cleanup", "curl-egress").code == 0
    assert found.code == 10
    assert f"  - status: 200\n  - remote: {address}\n" in found.stdout
    assert_not_observed(missing, "network_request_failed")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        pytest.param("http://127.0.0.1:9/", 7, id="nobody listens"),
        pytest.param("http://kubectl-replay.invalid/", 6, id="no such name"),
        pytest.param("not a URL'; echo $(id)", 3, id="no URL"),
    ],
)
def test_curl_egress_without_an_answer_says_what_to_do(replay: Replay, address: str, code: int) -> None:
    replayed = replay("curl-egress", "--set", f"target={address}", "-o", "json")
    assert_not_observed(replayed, "network_request_failed")
    lines = replayed.message.splitlines()
    assert f"  not held: network_request: {address}" in lines
    assert f"  the command ended with exit code {code}" in lines
    assert lines[-1] == "next: without internet: kubectl replay curl-egress --set target=sink"


def test_a_target_that_never_answers_ends_in_curl_s_own_time(replay: Replay, namespace: Namespace) -> None:
    namespace.create()
    listen = f"sleep 600 | nc -l -p {PORT}"
    namespace.kubectl("run", "silent", "--image", "busybox:1.36", "--", "sh", "-c", listen).passed()
    namespace.kubectl("wait", "--for=condition=Ready", "pod/silent", "--timeout=60s").passed()
    (silent,) = namespace.pods
    address = f"http://{silent['status']['podIP']}:{PORT}/"
    replayed = replay("curl-egress", "--set", f"target={address}", "-o", "json")
    namespace.kubectl("delete", "pod", "silent", "--grace-period=0", "--force").passed()
    assert_not_observed(replayed, "network_request_failed")
    assert "  the command ended with exit code 28" in replayed.message.splitlines()
