"""A canary: something harmless in the target container that every stock Falco alerts on.

If that alert comes and the expected one does not, Falco can be heard, and its silence means something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.identity import is_ours
from kubectl_replay.kubectl import Exec

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.detection.identity import Target
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

RULE: Final = "Create Symlink Over Sensitive Files"
"""The rule that must speak; a stock Falco has it."""

SEND_SECONDS: Final = 10.0
WAIT_SECONDS: Final = 10.0
"""How long its alert may take: measured are less than two seconds."""


def send(kubectl: Kubectl, target: Target) -> Completed:
    """Make a link to a file that is never opened, where also a read-only root file system lets one."""
    words = ("ln", "-sf", "/etc/shadow", f"/dev/shm/{_name(target)}")  # noqa: S108 - nobody can know the name
    return kubectl.exec(Exec(target.pod, target.container, words, SEND_SECONDS))


def is_canary(alert: Alert, target: Target) -> bool:
    """Whether an alert is of the canary, which no trigger names."""
    return alert.carries(_name(target)) and is_ours(alert, target)


def _name(target: Target) -> str:
    return f"replay-canary-{target.nonce}"
