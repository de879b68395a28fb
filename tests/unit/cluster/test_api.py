from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cluster.api import Api
from tests.cluster.certificates import Authority

READY = {
    "metadata": {"name": "one"},
    "spec": {},
    "status": {"conditions": [{"type": "Ready", "status": "True"}]},
}
ACCOUNT = "/api/v1/namespaces/default/serviceaccounts/default"


@pytest.mark.parametrize(
    ("nodes", "account", "lack"),
    [
        (None, True, "the API server does not answer"),
        ([], True, "the node one has not registered"),
        ([READY | {"status": {}}], True, "the node one is not Ready"),
        ([READY | {"spec": {"taints": [{}]}}], True, "the node one is not Ready"),
        ([READY], False, "the namespace default has no ServiceAccount default"),
        ([READY], True, None),
    ],
)
def test_what_is_missing_before_a_pod_can_be_created_is_named(
    nodes: list[Any] | None, account: bool, lack: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"/api/v1/nodes": None if nodes is None else {"items": nodes}, ACCOUNT: {} if account else None}
    monkeypatch.setattr(Api, "get", lambda _, path: answers[path])
    assert Api("172.30.77.11", Authority(Path("/pki"))).lacks(["one"]) == lack
