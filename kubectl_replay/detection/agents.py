"""The pods that run Falco: found among all pods, and what their specs tell of how Falco prints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay import images
from kubectl_replay.detection.timestamp import nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LABEL: Final = "app.kubernetes.io/name=falco"
"""What Falco's Helm chart labels its pods with."""

_HASH: Final = "pod-template-hash"
"""The label with the end of a ReplicaSet's name that its Deployment has not."""

CONTAINER: Final = "falco"
_IMAGES: Final = re.compile(r"falco(-no-driver|-distroless|-debian|-driverless)?")
"""Falco's own images; not falcosidekick, falcoctl or falco-driver-loader."""
_UNBUFFERED: Final = {"-U", "--unbuffered"}
_HOLDS_BACK: Final = range(35, 44)
"""The minor versions of Falco 0 that print to a pipe in blocks (https://github.com/falcosecurity/falco/pull/3830)."""


@dataclass(frozen=True)
class End:
    """How a container ended before its last restart; `time` in nanoseconds UTC on the node's clock."""

    reason: str
    code: int
    time: int | None


@dataclass(frozen=True)
class Agent:
    """A pod that runs Falco. `version` comes from the image's tag, empty where that names none."""

    namespace: str
    pod: str
    container: str
    node: str
    ready: bool
    image: str
    owner: str = ""
    """What made the pod, such as `DaemonSet/falco` or `Deployment/falco`."""
    release: str = ""
    """The Helm release, where the pod's labels name one."""
    terminal: bool = False
    unbuffered: bool = False
    restarts: int = 0
    last_end: End | None = None
    labelled: bool = False
    """Whether it bears the chart's label; else it is known by its container alone."""

    @property
    def version(self) -> tuple[int, ...]:
        """The version in the image's tag, empty where that names none."""
        found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", images.parse(self.image).tag)
        return tuple(int(part) for part in found.groups() if part) if found else ()

    @property
    def holds_output_back(self) -> bool | None:
        """Whether its alerts may come minutes late; None where its version is not known."""
        return holds_back(self.version, unbuffered=self.terminal or self.unbuffered)


def holds_back(version: tuple[int, ...], *, unbuffered: bool) -> bool | None:
    """Whether a Falco of this version prints in blocks; None where the version is not known."""
    if unbuffered:
        return False
    return None if not version else version[0] == 0 and version[1] in _HOLDS_BACK


def find(pods: Iterable[Mapping[str, Any]]) -> tuple[Agent, ...]:
    """Return the agents among pods as the API server lists them; pods that have ended are none."""
    found = (_agent(pod) for pod in pods if pod.get("status", {}).get("phase") not in {"Succeeded", "Failed"})
    return tuple(agent for agent in found if agent)


def _agent(pod: Mapping[str, Any]) -> Agent | None:
    container = next(filter(_runs_falco, pod["spec"].get("containers", ())), None)
    if container is None:
        return None
    metadata, status = pod["metadata"], _status(pod, container["name"])
    labels: Mapping[str, str] = metadata.get("labels", {})
    words = [*container.get("command", ()), *container.get("args", ())]
    return Agent(
        namespace=metadata["namespace"],
        pod=metadata["name"],
        container=container["name"],
        node=pod["spec"].get("nodeName", ""),
        ready=bool(status.get("ready")),
        image=container.get("image", ""),
        owner=_owner(metadata, labels),
        release=labels.get("app.kubernetes.io/instance", ""),
        terminal=bool(container.get("tty")),
        unbuffered=bool(_UNBUFFERED.intersection(words)),
        restarts=int(status.get("restartCount", 0)),
        last_end=_last_end(status),
        labelled=LABEL in {f"{key}={value}" for key, value in labels.items()},
    )


def _owner(metadata: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Name what made the pod; of a Deployment that is a ReplicaSet, which is new with each change."""
    owner: Mapping[str, str] = next(iter(metadata.get("ownerReferences", ())), {})
    if not owner:
        return ""
    ending = f"-{labels.get(_HASH, '')}"
    if owner["kind"] == "ReplicaSet" and _HASH in labels and owner["name"].endswith(ending):
        return f"Deployment/{owner['name'].removesuffix(ending)}"
    return f"{owner['kind']}/{owner['name']}"


def _last_end(status: Mapping[str, Any]) -> End | None:
    ended = status.get("lastState", {}).get("terminated")
    if not ended:
        return None
    time = nanoseconds(str(ended.get("finishedAt", "")))
    return End(str(ended.get("reason", "")), int(ended.get("exitCode", 0)), time)


def _runs_falco(container: Mapping[str, Any]) -> bool:
    """Whether this is Falco: by its image, or by its name where the image is a copy under another name."""
    last = images.parse(container.get("image", "")).name.rpartition("/")[2]
    return container["name"] == CONTAINER or bool(_IMAGES.fullmatch(last))


def _status(pod: Mapping[str, Any], container: str) -> Mapping[str, Any]:
    statuses = pod.get("status", {}).get("containerStatuses", ())
    return next((item for item in statuses if item["name"] == container), {})
