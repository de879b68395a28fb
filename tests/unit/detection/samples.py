"""Lines as detectors print them, made of this project's own names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from kubectl_replay.detection.alert import Alert, AuditRecord
from kubectl_replay.detection.identity import Target
from kubectl_replay.detection.timestamp import SECOND, nanoseconds
from kubectl_replay.detection.window import Window
from kubectl_replay.scenario.detection import AuditEvent, AuditExpectation, FalcoExpectation

DATA = Path(__file__).parents[1] / "data" / "detection"

NAMESPACE, POD, CONTAINER = "k8s-replay", "kr-shell-bcdfghjk", "shell"
ID = "c0ffee0123456789" * 4
SHORT = ID[:12]
OTHER_ID = "0ddba11dad99"
NONCE, RUN = "zxwvtsrqpnml", "bcdfghjk"
RULE = "Terminal shell in container"
PREFIX = "A shell was spawned in a container with an attached terminal"
OTHER_RULE = "Read sensitive file untrusted"
OTHER_PREFIX = "Sensitive file opened for reading by non-trusted program"

TARGET = Target(NAMESPACE, POD, CONTAINER, (f"containerd://{ID}",), NONCE, RUN)
EXPECTATION = FalcoExpectation(rules=(RULE,), output_prefixes=(PREFIX,))
AUDIT_EXPECTATION = AuditExpectation((AuditEvent("create", "pods", "exec"),))


def at(text: str) -> int:
    """Read a time that is one."""
    time = nanoseconds(text)
    assert time is not None
    return time


TRIGGER = at("2026-11-24T06:42:31.000000000Z")
WINDOW = Window(TRIGGER, resolution=SECOND)
EVENT = "2026-11-24T06:42:31.262161661Z"
STAMP = "2026-11-24T06:42:31.264161661Z"


def falco_json(
    rule: str = RULE,
    *,
    time: str = EVENT,
    stamp: str | None = STAMP,
    container_id: str | None = SHORT,
    name: str | None = CONTAINER,
    namespace: str | None = NAMESPACE,
    pod: str | None = POD,
    command: str = f"sh -c : kr-{NONCE}; id",
    prefix: str = "",
    **changes: Any,  # noqa: ANN401 - any key of the line
) -> str:
    """Return an alert as Falco 0.44 prints it in JSON; a change to None removes the key."""
    prefix = prefix or {RULE: PREFIX, OTHER_RULE: OTHER_PREFIX}.get(rule, rule)
    shown = [value if value is not None else "<NA>" for value in (container_id, name, pod, namespace)]
    output = (
        f"{time[11:29]}: Notice {prefix} | evt_type=execve process=sh command={command} terminal=34816"
        f" container_id={shown[0]} container_name={shown[1]} k8s_pod_name={shown[2]} k8s_ns_name={shown[3]}"
    )
    found: dict[str, Any] = {
        "hostname": "node-1",
        "output": output,
        "output_fields": {
            "container.id": container_id,
            "container.name": name,
            "evt.time": at(time),
            "evt.type": "execve",
            "k8s.ns.name": namespace,
            "k8s.pod.name": pod,
            "proc.cmdline": command,
            "proc.tty": 34816,
        },
        "priority": "Notice",
        "rule": rule,
        "source": "syscall",
        "tags": ["T1059", "container"],
        "time": time,
        **changes,
    }
    line = json.dumps({key: value for key, value in found.items() if value is not None})
    return f"{stamp} {line}" if stamp else line


def falco_text(
    prefix: str = PREFIX,
    *,
    time: str = EVENT,
    stamp: str | None = STAMP,
    container_id: str = SHORT,
    name: str = CONTAINER,
    namespace: str = NAMESPACE,
    pod: str = POD,
    command: str = f"sh -c : kr-{NONCE}; id",
) -> str:
    """Return an alert as Falco 0.44 prints it in text."""
    line = (
        f"{time[11:29]}: Notice {prefix} | evt_type=execve user=nobody process=sh command={command}"
        f" terminal=34816 container_id={container_id} container_name={name}"
        f" container_image_repository=docker.io/library/busybox container_image_tag=1.36"
        f" k8s_pod_name={pod} k8s_ns_name={namespace}"
    )
    return f"{stamp} {line}" if stamp else line


def falco_text_0_40(
    prefix: str = PREFIX,
    *,
    time: str = EVENT,
    stamp: str | None = STAMP,
    container_id: str = SHORT,
    name: str = CONTAINER,
    command: str = f"sh -c : kr-{NONCE}; id",
    metadata: str = "",
) -> str:
    """Return an alert as Falco 0.40 prints it in text; `metadata`: what -pk adds."""
    line = (
        f"{time[11:29]}: Notice {prefix} (evt_type=execve user=<NA> process=sh command={command}"
        f" terminal=34816 container_id={container_id} container_name={name}{metadata})"
    )
    return f"{stamp} {line}" if stamp else line


def audit_event(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any key of the event
    """Return an exec as the API server writes it."""
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": "5a4e0d1c-0000-4000-8000-000000000001",
        "stage": "ResponseStarted",
        "requestURI": f"/api/v1/namespaces/{NAMESPACE}/pods/{POD}/exec"
        f"?command=sh&command=-c&command=%3A+kr-{NONCE}%3B+id&container={CONTAINER}&stdout=true",
        "verb": "create",
        "user": {"username": "jane", "groups": ["system:authenticated"]},
        "sourceIPs": ["192.0.2.7"],
        "userAgent": "kubectl/v1.34.0 (linux/amd64)",
        "objectRef": {
            "resource": "pods",
            "namespace": NAMESPACE,
            "name": POD,
            "apiVersion": "v1",
            "subresource": "exec",
        },
        "responseStatus": {"metadata": {}, "code": 101},
        "requestReceivedTimestamp": "2026-11-24T06:42:31.200000Z",
        "stageTimestamp": "2026-11-24T06:42:31.300000Z",
        "annotations": {"authorization.k8s.io/decision": "allow"},
        **changes,
    }


ALERT = Alert(
    source="syscall",
    rule=RULE,
    priority="Notice",
    time=at(EVENT),
    message=f"{PREFIX} | command=sh -c : kr-{NONCE}; id container_id={SHORT}",
    raw="{}",
    container_id=SHORT,
    container_name=CONTAINER,
    namespace=NAMESPACE,
    pod=POD,
    stamp=at(STAMP),
    fields={"proc.cmdline": f"sh -c : kr-{NONCE}; id"},
)

RECORD = AuditRecord(
    verb="create",
    resource="pods",
    subresource="exec",
    namespace=NAMESPACE,
    name=POD,
    user="jane",
    user_agent="kubectl/v1.34.0 (linux/amd64)",
    stage="ResponseStarted",
    time=at("2026-11-24T06:42:31.300000Z"),
    received=at("2026-11-24T06:42:31.200000Z"),
    code=101,
    request_uri=str(audit_event()["requestURI"]),
    audit_id="5a4e0d1c-0000-4000-8000-000000000001",
)


def unnamed(alert: Alert = ALERT) -> Alert:
    """Return an alert without the nonce and without a container's id."""
    return replace(alert, container_id=None, message=PREFIX, fields={})
