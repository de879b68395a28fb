"""The pods of the scenarios that come with the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubectl_replay.scenario.loader import load
from tests.unit.scenario.built_in import PRIVILEGED, each_pod

if TYPE_CHECKING:
    from pathlib import Path

WITH_TOKEN = {"sa-token-read", "secret-enumeration"}
USER = {
    "runAsNonRoot": True,
    "runAsUser": 65534,
    "runAsGroup": 65534,
    "seccompProfile": {"type": "RuntimeDefault"},
}
ROOT = {"runAsUser": 0, "runAsGroup": 0, "seccompProfile": {"type": "RuntimeDefault"}}
UNPRIVILEGED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
NO_SIDECARS = {
    "sidecar.istio.io/inject": "false",
    "linkerd.io/inject": "disabled",
    "kuma.io/sidecar-injection": "disabled",
    "consul.hashicorp.com/connect-inject": "false",
    "vault.hashicorp.com/agent-inject": "false",
    "sidecar.opentelemetry.io/inject": "false",
}


@each_pod
def test_a_pod_goes_at_once_and_raises_nothing_by_itself(folder: Path, pod: dict[str, Any]) -> None:
    spec = pod["spec"]
    (container,) = spec["containers"]
    assert spec["terminationGracePeriodSeconds"] == 0
    assert spec["restartPolicy"] == "Never"
    assert spec["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert not [key for key in container if key.endswith("Probe") or key == "lifecycle"]
    if pod["metadata"]["name"] == load(folder).workload.pod_name:
        assert container["command"] == ["sleep", "3600"]


@each_pod
def test_a_pod_has_no_more_rights_than_it_needs(folder: Path, pod: dict[str, Any]) -> None:
    spec = pod["spec"]
    (container,) = spec["containers"]
    if folder.name in PRIVILEGED:
        assert spec["securityContext"] == ROOT
        assert container["securityContext"] == {"privileged": True, "readOnlyRootFilesystem": True}
    else:
        assert spec["securityContext"] == USER
        assert container["securityContext"] == UNPRIVILEGED
    assert spec["automountServiceAccountToken"] is (folder.name in WITH_TOKEN)
    assert spec["enableServiceLinks"] is False
    assert not {"hostPID", "hostIPC", "hostNetwork"} & set(spec)
    assert not [volume for volume in spec.get("volumes", []) if "hostPath" in volume]


@each_pod
def test_a_pod_is_small_and_takes_no_sidecars(folder: Path, pod: dict[str, Any]) -> None:
    (container,) = pod["spec"]["containers"]
    assert container["resources"] == {
        "requests": {"cpu": "10m", "memory": "16Mi"},
        "limits": {"cpu": "500m", "memory": "64Mi"},
    }, folder
    assert pod["metadata"]["annotations"] == NO_SIDECARS
    assert pod["metadata"]["labels"]["istio.io/dataplane-mode"] == "none"
