"""Lines in the shapes that a real Falco prints, of what it saw in one container."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.e2e.api import Object

Generation = Literal["0.44", "0.40", "0.40 -pk"]
"""Whose shapes: falco-rules 4 and later end with the pod; Falco 0.40 names it only when started with -pk."""

TERMINAL = 34816
"""The device number of a container's first terminal; 0 is none."""

# What every rule's output has, by the field and the word that stands for it.
_BODY = {
    "evt.type": "evt_type",
    "user.name": "user",
    "user.uid": "user_uid",
    "user.loginuid": "user_loginuid",
    "proc.name": "process",
    "proc.exepath": "proc_exepath",
    "proc.pname": "parent",
    "proc.cmdline": "command",
    "proc.tty": "terminal",
}
_EXECVE = {"evt.arg.flags": "exe_flags"}
"""What those have besides that tell of a program's start."""
_ENDS: dict[Generation, dict[str, str]] = {
    "0.44": {
        "container.id": "container_id",
        "container.name": "container_name",
        "container.image.repository": "container_image_repository",
        "container.image.tag": "container_image_tag",
        "k8s.pod.name": "k8s_pod_name",
        "k8s.ns.name": "k8s_ns_name",
    },
    "0.40": {"container.id": "container_id", "container.name": "container_name"},
    "0.40 -pk": {
        "container.id": "container_id",
        "container.image.repository": "container_image",
        "container.image.tag": "container_image_tag",
        "container.name": "container_name",
        "k8s.ns.name": "k8s_ns",
        "k8s.pod.name": "k8s_pod_name",
    },
}


@dataclass(frozen=True)
class Sighting:
    """What Falco saw and which rule spoke; None is what Falco does not know. Change it with `replace`.

    `time` is in nanoseconds UTC. `container_id` may be whole and with its scheme: 12 characters are printed.
    """

    time: int
    container_id: str | None
    container_name: str | None
    namespace: str | None
    pod: str | None
    cmdline: str
    node: str = "k8s-replay-control-plane"
    image: str = "docker.io/library/busybox:1.36"
    terminal: int = TERMINAL
    rule: str = "Terminal shell in container"
    priority: str = "Notice"
    message: str = "A shell was spawned in a container with an attached terminal"
    """The words of the rule's output before its fields."""
    tags: tuple[str, ...] = ("T1059", "container", "maturity_stable", "mitre_execution", "shell")
    event: str = "execve"
    """The system call."""
    details: tuple[tuple[str, str, str], ...] = ()
    """What the rule's output names first: a field, the word that stands for it, and its value."""
    started: bool = False
    """Whether it is the container's own first program, not a command that was run in it."""

    @property
    def process(self) -> str:
        """The name of the process."""
        return self.cmdline.partition(" ")[0]

    def without_container(self) -> Sighting:
        """Give the same where Falco has found no metadata of the container."""
        return replace(self, container_id="", container_name=None, namespace=None, pod=None)


def see(pod: Object, container: str, cmdline: str, *, time: int, terminal: int = TERMINAL) -> Sighting:
    """Give what Falco sees of a command in a container of a pod, as the API server describes the pod.

    The rule is the one that speaks of a shell with a terminal.
    """
    statuses = pod["status"]["containerStatuses"]
    status = next(status for status in statuses if status["name"] == container)
    return Sighting(
        time=time,
        container_id=status["containerID"],
        container_name=container,
        namespace=pod["metadata"]["namespace"],
        pod=pod["metadata"]["name"],
        cmdline=cmdline,
        node=pod["spec"]["nodeName"],
        image=status["image"],
        terminal=terminal,
    )


def json_alert(seen: Sighting, generation: Generation = "0.44", *, iso: bool = False) -> str:
    """Give the line of a Falco with `json_output: true`."""
    shown = {name: _fields(seen)[name] for name in _words(seen, generation)}
    alert = {
        "hostname": seen.node,
        "output": text_alert(seen, generation, iso=iso),
        "output_fields": shown | {"evt.time.iso8601" if iso else "evt.time": seen.time},
        "priority": seen.priority,
        "rule": seen.rule,
        "source": "syscall",
        "tags": sorted(seen.tags),
        "time": f"{_moment(seen.time):%Y-%m-%dT%H:%M:%S}.{_fraction(seen.time)}Z",
    }
    return _dump(alert)


def text_alert(seen: Sighting, generation: Generation = "0.44", *, iso: bool = False) -> str:
    """Give the line of a Falco without `json_output`; `iso`: with `time_format_iso_8601: true`."""
    fields = _fields(seen)
    words = (f"{word}={_shown(fields[name])}" for name, word in _words(seen, generation).items())
    body = f"| {' '.join(words)}" if generation == "0.44" else f"({' '.join(words)})"
    return f"{_clock(seen.time, iso=iso)}: {seen.priority} {seen.message} {body}"


def json_drops(time: int, *, node: str, count: int = 1) -> str:
    """Give the line with which a Falco with `json_output: true` says that it lost events."""
    words = f"Falco internal: syscall event drop. {count} system calls dropped in last second."
    fields = {"ebpf_enabled": "1", "n_drops": str(count), "n_drops_buffer_total": str(count), "n_evts": "998"}
    alert = {
        "hostname": node,
        "output": words,
        "output_fields": fields,
        "priority": "Debug",
        "rule": "Falco internal: syscall event drop",
        "source": "internal",
        "time": f"{_moment(time):%Y-%m-%dT%H:%M:%S}.{_fraction(time)}Z",
    }
    return _dump(alert)


def _words(seen: Sighting, generation: Generation) -> dict[str, str]:
    """Give the fields of the output in their order, with the words that stand for them."""
    first = {name: word for name, word, _ in seen.details}
    return first | _BODY | (_EXECVE if seen.event == "execve" else {}) | _ENDS[generation]


def _fields(seen: Sighting) -> dict[str, Any]:
    short = seen.container_id and seen.container_id.rpartition("://")[2][:12]
    repository, _, tag = seen.image.rpartition(":")
    return {
        **{name: value for name, _, value in seen.details},
        "evt.type": seen.event,
        "user.name": "nobody",
        "user.uid": 65534,
        "user.loginuid": -1,
        "proc.name": seen.process,
        "proc.exepath": "/bin/busybox",
        "proc.pname": "containerd-shim",
        "proc.cmdline": seen.cmdline,
        "proc.tty": seen.terminal,
        "evt.arg.flags": "EXE_LOWER_LAYER",
        "container.id": short,
        "container.name": seen.container_name,
        "container.image.repository": repository,
        "container.image.tag": tag,
        "k8s.pod.name": seen.pod,
        "k8s.ns.name": seen.namespace,
    }


def _shown(value: object) -> str:
    return "<NA>" if value is None else str(value).replace("\n", "\ufffd").replace("\t", "\ufffd")


def _moment(time: int) -> datetime:
    return datetime.fromtimestamp(time // 1_000_000_000, UTC)


def _fraction(time: int) -> str:
    return f"{time % 1_000_000_000:09}"


def _clock(time: int, *, iso: bool) -> str:
    moment, fraction = _moment(time), _fraction(time)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction}+0000" if iso else f"{moment:%H:%M:%S}.{fraction}"


def _dump(alert: dict[str, Any]) -> str:
    return json.dumps(alert, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
