"""Lines of an audit log, plain and as clouds wrap them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.detection.alert import AuditRecord
from kubectl_replay.detection.audit import read
from tests.unit.detection.samples import NAMESPACE, NONCE, POD, RECORD, STAMP, at, audit_event

EVENT = json.dumps(audit_event())


def only(line: str) -> AuditRecord:
    (record,) = read(line)
    return record


def test_a_plain_line_has_all_that_the_api_server_says() -> None:
    assert only(EVENT) == RECORD


@pytest.mark.parametrize(
    "line",
    [
        f"{EVENT}\n",
        f"{STAMP} {EVENT}\r\n",
        f"2026-11-24T06:42:32 kube-apiserver-audit-0123abcd {EVENT}",
        json.dumps({"log": f"{EVENT}\n", "stream": "stderr", "time": STAMP}),
        json.dumps(
            {
                "timestamp": 1795502551300,
                "message": EVENT,
                "logStreamName": "kube-apiserver-audit-0123abcd",
            }
        ),
        json.dumps({"@timestamp": "2026-11-24 06:42:31.300", "@message": audit_event()}),
        json.dumps(
            {
                "category": "kube-audit",
                "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
                "properties": {"log": EVENT, "stream": "stdout", "pod": "kube-apiserver-0"},
                "time": STAMP,
            }
        ),
        json.dumps({"category": "kube-audit", "properties": json.dumps({"log": EVENT})}),
        json.dumps({"records": [{"category": "kube-audit", "properties": {"log": EVENT}}]}),
        json.dumps({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": [audit_event()]}),
    ],
    ids=[
        "a file", "kubectl logs", "aws logs tail", "a container's file", "CloudWatch", "Logs Insights",
        "Azure", "Azure, properties as text", "an event hub", "a webhook",
    ],
)  # fmt: skip
def test_a_wrapped_line_is_the_same(line: str) -> None:
    assert only(line) == RECORD


def test_a_batch_is_read_whole() -> None:
    second = audit_event(auditID="second")
    line = json.dumps({"records": [{"properties": {"log": EVENT}}, {"properties": {"log": second}}]})
    assert [record.audit_id for record in read(line)] == [RECORD.audit_id, "second"]


def test_a_request_from_a_pod_names_the_pod() -> None:
    user = {
        "username": f"system:serviceaccount:{NAMESPACE}:default",
        "extra": {"authentication.kubernetes.io/pod-name": [POD]},
    }
    record = only(json.dumps(audit_event(user=user)))
    assert (record.user, record.caller_pod) == (user["username"], POD)


@pytest.mark.parametrize("extra", [None, [], {"authentication.kubernetes.io/pod-name": []}, {"other": ["x"]}])
def test_a_request_from_elsewhere_names_none(extra: object) -> None:
    assert only(json.dumps(audit_event(user={"username": "jane", "extra": extra}))).caller_pod == ""


def test_a_request_for_no_object_has_empty_parts() -> None:
    record = only(json.dumps(audit_event(objectRef=None, responseStatus=None, requestURI="/healthz")))
    assert (record.resource, record.subresource, record.namespace, record.name) == ("", "", "", "")
    assert record.code is None


def google(
    method: str = "io.k8s.core.v1.pods.exec.create",
    path: str = f"core/v1/namespaces/{NAMESPACE}/pods/{POD}/exec",
    **said: Any,  # noqa: ANN401 - any key of the entry
) -> str:
    """Return a request as Google's Cloud Logging keeps it."""
    inner = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "authenticationInfo": {"principalEmail": "jane@example.com"},
        "authorizationInfo": [{"granted": True, "permission": "io.k8s.core.v1.pods.exec.create"}],
        "methodName": method,
        "requestMetadata": {"callerSuppliedUserAgent": "kubectl/v1.34.0"},
        "resourceName": path,
        "serviceName": "k8s.io",
        "status": {},
        **said,
    }
    entry = {
        "insertId": "0f1e2d3c",
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
        "operation": {"first": True, "id": "5a4e", "producer": "k8s.io"},
        "protoPayload": inner,
        "receiveTimestamp": "2026-11-24T06:42:40.000000000Z",
        "resource": {"type": "k8s_cluster"},
        "timestamp": "2026-11-24T06:42:31.200000Z",
    }
    return json.dumps(entry)


def test_google_keeps_a_method_and_a_path_instead_of_an_event() -> None:
    assert only(google()) == AuditRecord(
        verb="create",
        resource="pods",
        subresource="exec",
        namespace=NAMESPACE,
        name=POD,
        user="jane@example.com",
        user_agent="kubectl/v1.34.0",
        stage="",
        time=at("2026-11-24T06:42:31.2Z"),
        received=at("2026-11-24T06:42:31.2Z"),
        code=200,
        request_uri=f"/core/v1/namespaces/{NAMESPACE}/pods/{POD}/exec",
        audit_id="5a4e",
    )


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("core/v1/namespaces/shop/secrets", ("secrets", "", "shop", "")),
        ("core/v1/namespaces/shop", ("namespaces", "", "", "shop")),
        ("core/v1/nodes/node-1", ("nodes", "", "", "node-1")),
        ("core/v1/nodes/node-1/proxy", ("nodes", "proxy", "", "node-1")),
        (
            "rbac.authorization.k8s.io/v1/clusterrolebindings",
            ("clusterrolebindings", "", "", ""),
        ),
        ("", ("", "", "", "")),
    ],
)
def test_a_path_of_google_is_an_object(path: str, parts: tuple[str, str, str, str]) -> None:
    record = only(google(path=path))
    assert (record.resource, record.subresource, record.namespace, record.name) == parts


@pytest.mark.parametrize(
    ("status", "code"),
    [({}, 200), (None, 200), ({"code": 0}, 200), ({"code": 7}, 403), ({"code": 5}, 404), ({"code": 13}, 500),
     ({"code": "7"}, None)],
)  # fmt: skip
def test_an_outcome_in_grpcs_codes_is_one_of_http(status: object, code: int | None) -> None:
    assert only(google(status=status)).code == code


def test_without_an_operation_google_names_an_entry() -> None:
    entry = json.loads(google())
    del entry["operation"]
    assert only(json.dumps(entry)).audit_id == "0f1e2d3c"


@pytest.mark.parametrize(
    "line",
    [
        "", "{", EVENT[:-1], EVENT[:300], "I1124 06:42:31.000000       1 trace.go:236] Trace[1]: {a}",
        '{"kind":"Event","apiVersion":"v1"}', '{"kind":"Pod"}', '{"message":"hello"}', '{"records":"none"}',
        '{"log":"not json"}', google(serviceName="compute.googleapis.com"),
    ],
)  # fmt: skip
def test_what_is_no_request_is_none(line: str) -> None:
    assert list(read(line)) == []


def test_a_wrapper_in_endless_wrappers_is_none() -> None:
    line = EVENT
    for _ in range(9):
        line = json.dumps({"log": line})
    assert list(read(line)) == []


@given(st.integers(0, len(EVENT) - 1))
def test_half_a_line_is_none(length: int) -> None:
    assert list(read(EVENT[:length])) == []


@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert list(read(text)) == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(sorted(set(audit_event()) - {"kind", "apiVersion"})), _JSON))
def test_any_values_are_read_without_a_crash(changes: dict[str, Any]) -> None:
    assert isinstance(only(json.dumps(audit_event(**changes))).verb, str)


@given(st.dictionaries(st.sampled_from(["methodName", "resourceName", "status", "requestMetadata"]), _JSON))
def test_any_values_of_google_are_read_without_a_crash(said: dict[str, Any]) -> None:
    assert only(google(**said)).stage == ""


def test_the_words_of_a_command_stay_as_they_were_sent() -> None:
    assert f"kr-{NONCE}%3B" in only(EVENT).request_uri
    assert replace(only(EVENT), request_uri="").request_uri == ""
