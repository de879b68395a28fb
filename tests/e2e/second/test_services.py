"""What the test cluster gives to other tests, for real: images, audit log, pulls, programs to stop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cluster import control
from tests.cluster.errors import ClusterError
from tests.cluster.health import wait_ready
from tests.cluster.recipes import locate_archives
from tests.e2e.registry import serve
from tests.e2e.second_cluster import SITE, kubectl, run_pod

if TYPE_CHECKING:
    from tests.cluster.state import Cluster


@pytest.mark.parametrize("image", ["curlimages/curl:8.10.1", "debian:12-slim", "busybox:1.36"])
def test_every_image_has_a_shell_accounts_and_a_tmp(cluster: Cluster, image: str) -> None:
    pod = run_pod(cluster, image)
    script = "echo x > /tmp/x && cat /tmp/x && head -c 4 /etc/passwd && test -e /etc/shadow"
    assert kubectl(cluster, "exec", pod, "--", "sh", "-c", script) == "x\nroot"


def test_curl_is_not_root_and_knows_the_authorities_of_the_web(cluster: Cluster) -> None:
    pod = run_pod(cluster, "curlimages/curl:8.10.1")
    assert kubectl(cluster, "exec", pod, "--", "id", "-un") == "curl_user\n"
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    kubectl(cluster, "exec", pod, "--", "grep", "-q", "BEGIN CERTIFICATE", bundle)


def test_debian_has_bash_perl_and_the_usual_tools(cluster: Cluster) -> None:
    pod = run_pod(cluster, "debian:12-slim")
    script = "perl -e 'print 6*7' && awk 'BEGIN {print 1}' && find /bin/ -name bash && mount --version >&2"
    assert kubectl(cluster, "exec", pod, "--", "bash", "-c", script) == "421\n/bin/bash\n"


def test_an_exec_is_in_the_audit_log_and_the_clusters_own_noise_is_not(cluster: Cluster) -> None:
    pod = run_pod(cluster, "busybox:1.36")
    kubectl(cluster, "exec", pod, "--", "true")
    events = [json.loads(line) for line in cluster.audit_log.read_text().splitlines()]
    execs = [event for event in events if event.get("objectRef", {}).get("subresource") == "exec"]
    ours = [event for event in execs if event["objectRef"]["name"] == pod]
    assert [event["stage"] for event in ours] == ["ResponseStarted", "ResponseComplete"]
    assert ours[0]["userAgent"].startswith("kubectl/v1.36.3")
    assert {event["level"] for event in events} == {"Metadata"}
    assert not [event for event in events if event.get("objectRef", {}).get("resource") == "leases"]


def test_an_image_is_pulled_from_a_registry_on_the_bridge(cluster: Cluster) -> None:
    archive = locate_archives(SITE.cache)["docker.io/library/busybox:1.36"]
    with serve(cluster) as registry:
        registry.status = 200
        registry.load(archive)
        pod = run_pod(cluster, registry.image)
    assert kubectl(cluster, "exec", pod, "--", "echo", "pulled") == "pulled\n"
    assert "/v2/e2e/busybox/manifests/1" in [path.partition("?")[0] for path in registry.asked]


def test_the_api_server_can_be_stopped_and_started_again(cluster: Cluster) -> None:
    pod = run_pod(cluster, "busybox:1.36")
    assert control.kill(cluster, "kube-apiserver").states["kube-apiserver"] == "ended with code -9"
    with pytest.raises(ClusterError):
        kubectl(cluster, "--request-timeout=2s", "get", "nodes")
    control.start(cluster, "kube-apiserver")
    wait_ready(cluster)
    assert kubectl(cluster, "get", "pod", pod, "-o", "jsonpath={.status.phase}") == "Running"


def test_a_paused_kubelet_goes_on(cluster: Cluster) -> None:
    assert control.pause(cluster, "kubelet").states["kubelet"] == "paused"
    assert control.resume(cluster, "kubelet").states["kubelet"] == "running"
    run_pod(cluster, "busybox:1.36")
