"""The audit policy: who did what, at level Metadata, without the cluster's talk to itself."""

from __future__ import annotations

import json

SYSTEM_USERS = ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler"]
SYSTEM_GROUPS = ["system:nodes", "system:serviceaccounts:kube-system"]


def render_policy() -> str:
    """The policy as JSON (which is YAML). Users' own calls are all kept, whatever they ask for.

    RequestReceived is left out: it would double the log and says nothing that the later stages do not.
    ResponseStarted stays: an exec has it when it begins and ResponseComplete when it ends.
    """
    events = [{"group": group, "resources": ["events"]} for group in ("", "events.k8s.io")]
    noise: list[dict[str, object]] = [
        {"nonResourceURLs": ["/healthz*", "/livez*", "/readyz*"]},
        {"resources": [{"group": "coordination.k8s.io", "resources": ["leases"]}]},
        {"userGroups": ["system:nodes"], "resources": [{"group": "", "resources": ["nodes/status"]}]},
        {"users": SYSTEM_USERS, "resources": events},
        {"userGroups": SYSTEM_GROUPS, "resources": events},
    ]
    rules = [*({"level": "None", **rule} for rule in noise), {"level": "Metadata"}]
    policy = {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": rules,
    }
    return json.dumps(policy, indent=2)
