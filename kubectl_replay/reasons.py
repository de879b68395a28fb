"""Why a run ended as it did: the closed table of reasons, with the phases and exit codes they belong to."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Phase(StrEnum):
    """The phases of a run, in the order in which they happen."""

    PREFLIGHT = "preflight"
    DEPLOY = "deploy"
    READY = "ready"
    TRIGGER = "trigger"
    BEHAVIOR = "behavior"
    DETECTION = "detection"
    CLEANUP = "cleanup"


FAILURE_CODES = {
    Phase.PREFLIGHT: 20,
    Phase.DEPLOY: 21,
    Phase.READY: 22,
    Phase.TRIGGER: 23,
    Phase.BEHAVIOR: 24,
    Phase.CLEANUP: 25,
}


class Reason(StrEnum):
    """Every reason for which a run can fail; why a detection is missing is no failure (see `detection`)."""

    KUBECTL_MISSING = "kubectl_missing"
    KUBECTL_TOO_OLD = "kubectl_too_old"
    KUBECONFIG_INVALID = "kubeconfig_invalid"
    NO_CONTEXT = "no_context"
    GUARD_REFUSED = "guard_refused"
    NAMESPACE_REFUSED = "namespace_refused"
    PRIVILEGED_NOT_ALLOWED = "privileged_not_allowed"
    SCENARIO_INVALID = "scenario_invalid"
    HOOKS_NOT_ALLOWED = "hooks_not_allowed"
    CLUSTER_UNREACHABLE = "cluster_unreachable"
    SERVER_NOT_TRUSTED = "server_not_trusted"
    CREDENTIALS_REFUSED = "credentials_refused"
    CREDENTIAL_PLUGIN_INTERACTIVE = "credential_plugin_interactive"
    CREDENTIAL_PLUGIN_FAILED = "credential_plugin_failed"
    BACKEND_DISCOVERY_DENIED = "backend_discovery_denied"
    FALCO_MISSING = "falco_missing"
    FALCO_ALREADY_INSTALLED = "falco_already_installed"
    SETUP_NOT_CONFIRMED = "setup_not_confirmed"
    HELM_MISSING = "helm_missing"
    HELM_FAILED = "helm_failed"
    CHART_MISSING = "chart_missing"
    FALCO_NOT_READY = "falco_not_ready"
    RBAC_DENIED = "rbac_denied"
    CONNECTION_LOST = "connection_lost"
    ADMISSION_DENIED = "admission_denied"
    NAMESPACE_TERMINATING = "namespace_terminating"
    MANIFEST_REFUSED = "manifest_refused"
    CREATE_FAILED = "create_failed"
    IMAGE_PULL_FAILED = "image_pull_failed"
    POD_UNSCHEDULABLE = "pod_unschedulable"
    CONTAINER_NOT_STARTED = "container_not_started"
    POD_ENDED = "pod_ended"
    POD_DELETED = "pod_deleted"
    READY_TIMEOUT = "ready_timeout"
    NO_TERMINAL = "no_terminal"
    EXEC_FAILED = "exec_failed"
    TRIGGER_TIMEOUT = "trigger_timeout"
    HOOK_FAILED = "hook_failed"
    EXEC_NOT_CONFIRMED = "exec_not_confirmed"
    FILE_READ_NOT_CONFIRMED = "file_read_not_confirmed"
    NETWORK_REQUEST_FAILED = "network_request_failed"
    API_CALL_NOT_CONFIRMED = "api_call_not_confirmed"
    POD_STATE_NOT_CONFIRMED = "pod_state_not_confirmed"
    BLOCKED_BY_POLICY = "blocked_by_policy"
    OBJECTS_LEFT = "objects_left"
    INTERRUPTED = "interrupted"
    INTERNAL_ERROR = "internal_error"


class Meaning(NamedTuple):
    """One row of the table: where a reason can stand, what it says to a person, and what to do about it."""

    phases: tuple[Phase, ...]
    sentence: str
    advice: str = ""


_BEFORE = (Phase.PREFLIGHT,)
_WITH_SERVER = (Phase.DEPLOY, Phase.READY, Phase.TRIGGER)
_WITH_POD = (Phase.READY, Phase.TRIGGER)
_PROOF = (Phase.BEHAVIOR,)
_BEFORE_OR_LATER = (Phase.PREFLIGHT, Phase.READY, Phase.TRIGGER)
"""Met at the first call it is a matter of preflight; met later, of the phase that met it."""

REASONS: dict[Reason, Meaning] = {
    Reason.KUBECTL_MISSING: Meaning(
        _BEFORE,
        "kubectl is not on PATH.",
        "install kubectl 1.24 or later: https://kubernetes.io/docs/tasks/tools/",
    ),
    Reason.KUBECTL_TOO_OLD: Meaning(
        _BEFORE,  # whichever call meets it: it was so before the run began
        "This kubectl lacks something that kubectl 1.24 and later have.",
        "install kubectl 1.24 or later",
    ),
    Reason.KUBECONFIG_INVALID: Meaning(
        _BEFORE,
        "kubectl cannot read the kubeconfig.",
        "mend the file that kubectl names, or name another one with --kubeconfig or KUBECONFIG",
    ),
    Reason.NO_CONTEXT: Meaning(_BEFORE, "No context names the cluster to use.", "name one with --context"),
    Reason.GUARD_REFUSED: Meaning(_BEFORE, "The safety guard does not accept this cluster."),
    Reason.NAMESPACE_REFUSED: Meaning(
        _BEFORE,
        "This namespace belongs to the cluster or to a detector.",
        "name another one with --namespace; it is created if it does not exist",
    ),
    Reason.PRIVILEGED_NOT_ALLOWED: Meaning(
        _BEFORE,
        "The scenario needs privileges that were not allowed.",
        "allow it with --allow-privileged or REPLAY_ALLOW_PRIVILEGED=true, on a cluster made for tests",
    ),
    Reason.SCENARIO_INVALID: Meaning(_BEFORE, "The scenario's folder has errors."),
    Reason.HOOKS_NOT_ALLOWED: Meaning(
        _BEFORE,
        "The scenario has scripts, and nobody named the folder they came from.",
        "read the scripts, then name their folder with --scenarios or REPLAY_SCENARIOS_PATH",
    ),
    Reason.CLUSTER_UNREACHABLE: Meaning(
        _BEFORE,
        "The API server does not answer.",
        "start the cluster, or mend the connection and try `kubectl version`",
    ),
    Reason.SERVER_NOT_TRUSTED: Meaning(
        _BEFORE_OR_LATER,
        "The API server's certificate is not trusted.",
        "mend certificate-authority or server of this cluster in the kubeconfig",
    ),
    Reason.CREDENTIALS_REFUSED: Meaning(
        _BEFORE_OR_LATER,
        "The API server does not accept these credentials.",
        "log in again, or name another context",
    ),
    Reason.CREDENTIAL_PLUGIN_INTERACTIVE: Meaning(
        _BEFORE,
        "The kubeconfig's credential plugin wants to ask somebody, and here is no terminal.",
        "log in once by hand, or use credentials that need no person",
    ),
    Reason.CREDENTIAL_PLUGIN_FAILED: Meaning(
        _BEFORE,
        "The kubeconfig's credential plugin failed.",
        "run the plugin by hand until it gives credentials",
    ),
    Reason.BACKEND_DISCOVERY_DENIED: Meaning(
        _BEFORE,
        "The API server forbids looking for a Falco that is there already.",
        "ask for a ClusterRole: pods list",
    ),
    Reason.FALCO_MISSING: Meaning(
        _BEFORE,
        "There is no Falco to look at.",
        "install it: `kubectl replay setup falco`; or name its namespace in FALCO_NAMESPACE",
    ),
    Reason.FALCO_ALREADY_INSTALLED: Meaning(
        _BEFORE,
        "A Falco is there already that setup did not install.",
        "use it as it is, or uninstall it first",
    ),
    Reason.SETUP_NOT_CONFIRMED: Meaning(
        _BEFORE,
        "The cluster is not a local one, and nobody confirmed that it is to be changed.",
        "add --yes, on a cluster made for tests",
    ),
    Reason.HELM_MISSING: Meaning(
        _BEFORE,
        "The program helm is not on PATH.",
        "install helm 3.8 or later, or helm 4: https://helm.sh/docs/intro/install/",
    ),
    Reason.HELM_FAILED: Meaning(
        _BEFORE, "The program helm failed.", "see what helm itself said above, and run this again"
    ),
    Reason.CHART_MISSING: Meaning(
        _BEFORE,
        "The chart cannot be downloaded.",
        "name a copy that is in reach with --chart or FALCO_CHART: a path, an oci:// or https:// address",
    ),
    Reason.FALCO_NOT_READY: Meaning(
        _BEFORE, "Falco was installed, but does not run on every node that it is meant for."
    ),
    Reason.RBAC_DENIED: Meaning(
        _WITH_SERVER,
        "The API server forbids this to the user.",
        "ask for a Role: pods create, get, list, watch, delete and pods/exec create, get",
    ),
    Reason.CONNECTION_LOST: Meaning(
        _WITH_SERVER, "The API server had answered, then stopped answering.", "run again when it is back"
    ),
    Reason.ADMISSION_DENIED: Meaning(
        (Phase.DEPLOY,),
        "An admission policy of the cluster refused the workload.",
        "name a namespace whose policy admits it (--namespace), or change that policy",
    ),
    Reason.NAMESPACE_TERMINATING: Meaning(
        (Phase.DEPLOY,), "The namespace is being deleted.", "wait until it is gone, or name another one"
    ),
    Reason.MANIFEST_REFUSED: Meaning(
        (Phase.DEPLOY,), "The scenario's manifests were refused.", "mend the manifest that is named"
    ),
    Reason.CREATE_FAILED: Meaning((Phase.DEPLOY,), "The workload could not be created."),
    Reason.IMAGE_PULL_FAILED: Meaning(
        (Phase.READY,),
        "The image cannot be pulled.",
        "load the image into the cluster's nodes, or mend its name, its registry or its pull secret",
    ),
    Reason.POD_UNSCHEDULABLE: Meaning(
        (Phase.READY,), "No node takes the pod.", "see `kubectl describe nodes` for taints and free resources"
    ),
    Reason.CONTAINER_NOT_STARTED: Meaning((Phase.READY,), "The kubelet cannot start the container."),
    Reason.POD_ENDED: Meaning(_WITH_POD, "The pod ended by itself."),
    Reason.POD_DELETED: Meaning(_WITH_POD, "Somebody deleted the pod during the run.", "run again"),
    Reason.READY_TIMEOUT: Meaning(
        (Phase.READY,), "The pod did not become ready in time.", "allow more time with --ready-timeout"
    ),
    Reason.NO_TERMINAL: Meaning((Phase.TRIGGER,), "kubectl did not accept our terminal."),
    Reason.EXEC_FAILED: Meaning((Phase.TRIGGER,), "kubectl exec failed before the command ended."),
    Reason.TRIGGER_TIMEOUT: Meaning(
        (Phase.TRIGGER,),
        "The command did not end in time.",
        "raise timeouts.trigger_seconds in scenario.yaml",
    ),
    Reason.HOOK_FAILED: Meaning(
        (Phase.TRIGGER, Phase.BEHAVIOR), "A script of the scenario failed.", "run the script by hand"
    ),
    Reason.EXEC_NOT_CONFIRMED: Meaning(_PROOF, "The command left no proof that the behavior happened."),
    Reason.FILE_READ_NOT_CONFIRMED: Meaning(_PROOF, "Nothing proves that the file was read."),
    Reason.NETWORK_REQUEST_FAILED: Meaning(_PROOF, "The network request was not answered with success."),
    Reason.API_CALL_NOT_CONFIRMED: Meaning(_PROOF, "The API server did not grant the call."),
    Reason.POD_STATE_NOT_CONFIRMED: Meaning(_PROOF, "The pod is not in the state that proves the behavior."),
    Reason.BLOCKED_BY_POLICY: Meaning(
        _PROOF,
        "A policy of the cluster blocked the behavior.",
        "that is prevention at work; to see detection, exempt this namespace from the policy",
    ),
    Reason.OBJECTS_LEFT: Meaning(
        (Phase.CLEANUP,),
        "Something of this run could not be removed.",
        "remove it with the command under Cleanup",
    ),
    Reason.INTERRUPTED: Meaning(tuple(Phase), "A signal ended the run."),
    Reason.INTERNAL_ERROR: Meaning(tuple(Phase), "This is a bug in kubectl-replay."),
}
