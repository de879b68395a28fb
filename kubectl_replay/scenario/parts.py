"""The mappings below a scenario's own keys: what is created, where, what sets it off, what a run may do."""

# ruff: noqa: RUF009 - `spec` makes a dataclass field, as dataclasses.field does
from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from kubectl_replay.scenario.declaration import spec
from kubectl_replay.scenario.evidence import Evidence  # noqa: TC001 - read through typing.get_type_hints

TriggerKind = Literal["kubectl-exec", "curl", "api-call", "file-read", "pod-start", "kubectl", "script"]

PARAMETER_NAME: Final = "[a-z][a-z0-9_-]*"
DNS_LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DNS_LABEL_MEANS: Final = "lower-case letters, digits and inner hyphens, at most 63"


@dataclass(frozen=True)
class Parameter:
    """Something a user may set for a run: `--set NAME=VALUE`."""

    default: str = spec("The value when nobody sets one", example="https://example.com", blank=True)
    help: str = spec("What the parameter is for", example="address that the request goes to")
    env: str | None = spec(
        "Environment variable that sets it too",
        example="CURL_EGRESS_TARGET",
        default=None,
        pattern="[A-Z_][A-Z0-9_]*",
        pattern_means="capital letters, digits and underscores",
    )


@dataclass(frozen=True)
class Manifest:
    """A file of Kubernetes objects that a run creates."""

    path: str = spec("The file, below the scenario's folder", example="manifests/pod.yaml", plain=True)
    when: str | None = spec(
        "Create it only when this parameter has this value",
        example="target=sink",
        default=None,
        pattern=f"{PARAMETER_NAME}=.*",
        pattern_means="PARAMETER=VALUE",
    )


@dataclass(frozen=True)
class Deploy:
    """What is created in the cluster."""

    manifests: tuple[Manifest, ...] = spec(
        "The files to create, in this order", example=["manifests/pod.yaml"]
    )


@dataclass(frozen=True)
class Workload:
    """Where the behavior happens."""

    selector: str = spec("Label selector of the pod", example="scenario=shell-spawn")
    pod_name: str = spec(
        "The pod's name as its manifest has it (a run adds a suffix)",
        example="shell-spawn-target",
        pattern=DNS_LABEL,
        pattern_means=DNS_LABEL_MEANS,
    )
    container: str = spec(
        "The container in that pod",
        example="target",
        default="target",
        pattern=DNS_LABEL,
        pattern_means=DNS_LABEL_MEANS,
    )


@dataclass(frozen=True)
class Trigger:
    """What sets the behavior off."""

    kind: TriggerKind = spec(
        "How it is set off: exec in the container (kubectl-exec, curl, api-call, file-read: all the same), "
        "the pod's own start, a kubectl command, or a script",
        example="kubectl-exec",
    )
    command: tuple[str, ...] = spec(
        "The words of the command (after `kubectl` for kind kubectl)",
        example=["sh", "-c", ": kr-{{replay.nonce}}; id"],
        default=(),
        placeholders=True,
        blank=True,
    )
    stdin: str | None = spec(
        "Text that the command reads from its standard input",
        example="hello\n",
        default=None,
        placeholders=True,
        blank=True,
    )
    tty: bool = spec("Whether the command gets a terminal", example=True, default=False)


@dataclass(frozen=True)
class Behavior:
    """What happens, and how a run knows that it did."""

    description: str = spec(
        "The behavior in a few words, as the summary prints it", example="shell execution in container"
    )
    evidence: tuple[Evidence, ...] = spec(
        "What must hold, all of it, each a mapping with one key", example=[{"exit_code": 0}, {"proof": True}]
    )
    next_step: str = spec(
        "What to do when it was not observed", example="without internet: --set target=sink", default=""
    )


@dataclass(frozen=True)
class Requires:
    """What a run needs; stated for the reader, and checked by `lint` and `doctor`."""

    permissions: tuple[str, ...] = spec(
        "Rights in the namespace", example=["pods: create get list watch delete"], default=()
    )
    images: tuple[str, ...] = spec("Container images that are pulled", example=["busybox:1.36"], default=())
    privileges: tuple[str, ...] = spec(
        "What the pod has beyond an ordinary user", example=["hostPID"], default=()
    )


@dataclass(frozen=True)
class Timeouts:
    """How long a phase may take, in seconds."""

    ready_seconds: int = spec("Until the pod is ready", example=60, default=60, minimum=1, maximum=3600)
    trigger_seconds: int = spec("Until the trigger ends", example=30, default=30, minimum=1, maximum=3600)
    detect_seconds: int = spec("Until the alert is seen", example=20, default=20, minimum=1, maximum=3600)


@dataclass(frozen=True)
class Hooks:
    """Scripts of the folder that a run executes; no other script of the folder runs."""

    trigger: str | None = spec("Sets the behavior off (kind script only)", example="trigger.sh", default=None)
    verify: str | None = spec("Judges the behavior, after the evidence", example="verify.sh", default=None)
    cleanup: str | None = spec("Removes what the other scripts made", example="cleanup.sh", default=None)


@dataclass(frozen=True)
class Control:
    """The benign twin, which must raise no alert. Read and linted, run by no command yet."""

    command: tuple[str, ...] = spec("The words of the command", example=["id"], placeholders=True, blank=True)
    description: str = spec("What the twin does", example="id without a shell", default="")
    tty: bool = spec("Whether the command gets a terminal", example=False, default=False)


@dataclass(frozen=True)
class Cleanup:
    """The predecessor's cleanup: read so that its folders load; a run removes its own objects."""

    script: str | None = spec("Not used; `hooks.cleanup` is", example="cleanup.sh", default=None)
