"""The words that calls of the pinned kubectl end with."""

from __future__ import annotations

from tests.unit.fakes import pinned

PIN = ["--namespace", "k8s-replay", "--context", "kind-k8s-replay"]
BOUND = ["--request-timeout", "10s"]
KUBECTL = pinned()
