"""Why a detection is missing: a closed table, in the form of the table of failure reasons."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from kubectl_replay.reasons import Meaning, Phase


class Missed(StrEnum):
    """Every reason for a verdict that is not `detected`."""

    NO_BACKEND = "no_backend"
    DISABLED = "disabled"
    NO_EXPECTATION = "no_expectation"
    BACKEND_DISCOVERY_DENIED = "backend_discovery_denied"
    BACKEND_DISCOVERY_FAILED = "backend_discovery_failed"
    NO_AGENT_ON_NODE = "no_agent_on_node"
    AGENT_NOT_READY = "agent_not_ready"
    STDOUT_OUTPUT_OFF = "stdout_output_off"
    LOGS_DENIED = "logs_denied"
    LOG_UNREADABLE = "log_unreadable"
    LOG_ROTATED = "log_rotated"
    LOG_SILENT = "log_silent"
    RESTARTED = "restarted"
    DROPS = "drops"
    STDOUT_BUFFERED = "stdout_buffered"
    CONTAINER_UNKNOWN = "container_unknown"
    CANARY_UNSEEN = "canary_unseen"
    CHECK_NOT_MADE = "check_not_made"
    RULE_NOT_NAMED = "rule_not_named"
    TIME_UNKNOWN = "time_unknown"
    NONCE_MISSING = "nonce_missing"
    ALERT_LATE = "alert_late"
    OTHER_RULE = "other_rule"
    SOURCE_NOT_LOADED = "source_not_loaded"
    RULE_NOT_LOADED = "rule_not_loaded"
    MINIMUM_PRIORITY = "minimum_priority"
    TRIGGER_WITHOUT_TERMINAL = "trigger_without_terminal"
    AUDIT_POLICY_SILENT = "audit_policy_silent"
    NO_ALERT = "no_alert"


def _row(sentence: str, advice: str) -> Meaning:
    return Meaning((Phase.DETECTION,), sentence, advice)


MEANINGS: Final[dict[Missed, Meaning]] = {
    Missed.NO_BACKEND: _row(
        "No detector was found to ask.",
        "install Falco with `kubectl replay setup falco`, or name the API server's audit log with"
        " --audit-log",
    ),
    Missed.DISABLED: _row("Detection was switched off.", "leave out --no-detection and --backend none"),
    Missed.NO_EXPECTATION: _row(
        "The scenario expects nothing of this detector.",
        "name what it should report under detection in scenario.yaml",
    ),
    Missed.BACKEND_DISCOVERY_DENIED: _row(
        "The API server forbids looking for detectors.",
        "ask for a ClusterRole: pods list; or name Falco's namespace in FALCO_NAMESPACE and ask for a Role"
        " there: pods get, list and pods/log get",
    ),
    Missed.BACKEND_DISCOVERY_FAILED: _row(
        "The API server did not answer when detectors were looked for.", "run again when it is back"
    ),
    Missed.NO_AGENT_ON_NODE: _row(
        "The detector does not run on the node of the pod, and only there its system calls are seen.",
        "let the detector's DaemonSet tolerate the node's taints, or name another node with --node",
    ),
    Missed.AGENT_NOT_READY: _row(
        "The detector on the node of the pod is not ready.", "see `kubectl replay doctor falco`"
    ),
    Missed.STDOUT_OUTPUT_OFF: _row(
        "Falco's log holds no alert at all, so nothing shows that alerts are printed there.",
        "run again with --canary, which has Falco alert on something; see that stdout_output.enabled is true"
        " in falco.yaml",
    ),
    Missed.LOGS_DENIED: _row(
        "The API server forbids reading the detector's log.",
        "ask for a Role in the detector's namespace: pods/log get",
    ),
    Missed.LOG_UNREADABLE: _row(
        "The detector's log could not be read over the whole time.",
        "mend what is said of it, and run again; `kubectl replay logs falco` reads Falco's",
    ),
    Missed.LOG_ROTATED: _row(
        "The detector's log was rotated during the run, and what was in the old file is lost to us.",
        "run again; a larger containerLogMaxSize of the kubelet makes this rarer",
    ),
    Missed.LOG_SILENT: _row(
        "The audit log has not one request of this run: its policy leaves all of them out, it is another"
        " server's, or it comes late.",
        "see that this is the audit log of the API server that the context names; where it comes late, allow"
        " more time with --detect-timeout",
    ),
    Missed.RESTARTED: _row(
        "The detector restarted or loaded its rules anew during the run, and was blind meanwhile.",
        "run again when it is ready",
    ),
    Missed.DROPS: _row(
        "Falco lost events during the run.",
        "run again on a calmer node, or give Falco a larger buffer (engine.modern_ebpf.buf_size_preset)",
    ),
    Missed.STDOUT_BUFFERED: _row(
        "This Falco holds its output back, so that alerts can come minutes late.",
        "start Falco with -U or with a terminal (chart: --set tty=true), or use Falco 0.44 or later",
    ),
    Missed.CONTAINER_UNKNOWN: _row(
        "The id of the target container is not known, so no alert can be told to be of it.", "run again"
    ),
    Missed.CANARY_UNSEEN: _row(
        "Falco was also silent about the canary, so that its silence says nothing of the rule.",
        "see `kubectl replay doctor falco`; the canary needs the rule Create Symlink Over Sensitive Files",
    ),
    Missed.CHECK_NOT_MADE: _row(
        "Nothing was reported, and it could not be checked whether it would have been seen.",
        "see `kubectl replay doctor falco` for what could not be checked",
    ),
    Missed.RULE_NOT_NAMED: _row(
        "Falco alerted on this run, but its text output does not name the rule.",
        "set json_output: true in falco.yaml, or name output_prefixes in scenario.yaml",
    ),
    Missed.TIME_UNKNOWN: _row(
        "An alert fits, but its time cannot be told, so that it may be older than the run.",
        "set json_output or time_format_iso_8601: true in falco.yaml",
    ),
    Missed.NONCE_MISSING: _row(
        "An alert fits, but the pod is an earlier run's and nothing shows that the alert is of this run.",
        "run without --fast",
    ),
    Missed.ALERT_LATE: _row(
        "An alert fits, but it was written after the deadline.", "allow more time with --detect-timeout"
    ),
    Missed.OTHER_RULE: _row(
        "The detector alerted on this run, but by another rule than the scenario expects.",
        "add that rule to detection.falco.rules in scenario.yaml, if it will do; else set rule_matching: all"
        " in falco.yaml, because by default only the first rule that matches an event speaks",
    ),
    Missed.SOURCE_NOT_LOADED: _row(
        "Falco does not watch the kind of event that the expected rule is about.",
        "load the plugin of that source, for requests to the API server k8saudit",
    ),
    Missed.RULE_NOT_LOADED: _row(
        "Falco has not loaded the expected rule, or has it disabled.",
        "load the rules file that has it, or enable it; `kubectl replay rules falco` lists what is loaded",
    ),
    Missed.MINIMUM_PRIORITY: _row(
        "Falco's minimum priority is above that of the expected rule.",
        "set priority in falco.yaml to that of the rule, or to debug",
    ),
    Missed.TRIGGER_WITHOUT_TERMINAL: _row(
        "The expected rule looks for a terminal, and the command had none.",
        "set trigger.tty: true in scenario.yaml",
    ),
    Missed.AUDIT_POLICY_SILENT: _row(
        "The audit log has other requests of this run, and not the expected one: its policy leaves that out,"
        " or the trigger does not make it.",
        "let the policy log it at level Metadata, ResponseStarted included",
    ),
    Missed.NO_ALERT: _row(
        "The detector could be heard, and reported nothing of this run.",
        "compare the rule's condition with what the scenario does",
    ),
}
