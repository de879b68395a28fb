"""The canary: what is sent, and which alert is its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from kubectl_replay.backends.canary import RULE, SEND_SECONDS, is_canary, send
from kubectl_replay.kubectl import Exec
from tests.unit.detection.samples import ALERT, NONCE, OTHER_ID, TARGET
from tests.unit.samples import answer

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.kubectl import Kubectl
    from kubectl_replay.process import Completed

LINK = f"/dev/shm/replay-canary-{NONCE}"  # noqa: S108 - nothing is made
CANARY = replace(ALERT, rule=RULE, message=f"Symlinks created | linkpath={LINK}", fields={"fs.path": LINK})


class Recorder:
    """A kubectl that remembers what it was to run."""

    def __init__(self) -> None:
        self.calls: list[Exec] = []

    def exec(self, call: Exec) -> Completed:
        self.calls.append(call)
        return answer("sent")


def test_a_link_to_a_file_that_nobody_opens_is_made_in_the_target_container() -> None:
    kubectl = Recorder()
    assert send(cast("Kubectl", kubectl), TARGET) == answer("sent")
    words = ("ln", "-sf", "/etc/shadow", LINK)
    assert kubectl.calls == [Exec(TARGET.pod, TARGET.container, words, SEND_SECONDS)]


def test_its_alert_is_known_by_the_link() -> None:
    assert is_canary(CANARY, TARGET)
    assert is_canary(replace(CANARY, fields={}), TARGET)
    assert is_canary(replace(CANARY, message=""), TARGET)


@pytest.mark.parametrize(
    "alert",
    [
        ALERT,
        replace(CANARY, container_id=OTHER_ID),
        replace(CANARY, message="Symlinks created", fields={"fs.path": "/dev/shm/replay-canary-other"}),  # noqa: S108
    ],
)
def test_no_other_alert_is_the_canary_s(alert: Alert) -> None:
    assert not is_canary(alert, TARGET)
